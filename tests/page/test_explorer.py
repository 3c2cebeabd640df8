"""The failure explorer in a real Chromium: clicks and keys, and that what it shows is what `--failures` says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from borgplan.runtime.main import main

ROOT = Path(__file__).parents[2]
CONFIG = r"""
repositories: [{path: /b/one.borg, label: "</script><img src=x onerror=document.title=1>"}, {path: /b/two.borg}]
source_directories: [/etc]
keep_daily: 7
before_everything: [mount /mnt/disk]
after_everything: [umount /mnt/disk]
before_backup: [systemctl stop app, "test -e '</script>'"]
after_backup: [systemctl start app]
on_error: [systemctl start app, "mail -s failed root"]
"""
WORDS = ["--offline", "--semantics", "1.3"]
SCHEMES = ("light", "dark")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("page")
    (folder / "c.yaml").write_text(CONFIG)
    (folder / "c.yaml").chmod(0o600)
    words = ["--format", "html", "-o", str(folder / "plan.html"), str(folder / "c.yaml")]
    assert main(["plan", *WORDS, *words]) == 0
    return folder


@pytest.fixture
def page(browser: Any, place: Path) -> Any:
    browser.get(f"file://{place}/plan.html")
    return browser


def states(page: Any) -> dict[str, list[int]]:
    """Numbers of steps by what is shown of them."""
    found: dict[str, list[int]] = page.execute_script(
        "const all = {fails: [], skipped: [], called: []};"
        "for (const row of document.querySelectorAll('.step[data-state]'))"
        " all[row.dataset.state].push(Number(row.dataset.number));"
        "return all"
    )
    return found


def select(page: Any, selector: str) -> Any:
    return page.find_element("css selector", selector)


def lines(page: Any) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for each in page.find_elements("css selector", "#outcome dd"):
        found.setdefault(each.get_dom_attribute("data-what"), []).append(each.text)
    return found


def said(config: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    assert main(["plan", *WORDS, "--failures", "--format", "json", str(config)]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_every_click_shows_what_the_analysis_says(
    page: Any, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = said(place / "c.yaml", capsys)
    rare = {
        int(e.get_dom_attribute("data-number")) for e in page.find_elements("css selector", ".rare")
    }
    assert rare
    cases = [(step, each) for each in data["failures"] for step in each["steps"]]
    assert {each["outcome"] for _, each in cases} >= {"hard", "interrupted"}
    for step, each in cases:
        select(page, f"input[value={each['outcome']}]").click()
        select(page, f"#step-{step} button").click()
        skipped = {n for first, last in each["not_run"] for n in range(first, last + 1)}
        if each["rest_not_run_to"] and not each["rest_runs_if_owed"]:
            skipped |= set(range(step + 1, each["rest_not_run_to"] + 1))
        shown = states(page)
        assert shown["fails"] == [step]
        assert shown["called"] == [n for n in each["called"] if n > step]
        if not each["rest_runs_if_owed"]:
            assert set(shown["skipped"]) == skipped - rare
        told = lines(page)
        stays = [s["what"] for s in each["stays"] if s["if_from"] <= step <= s["if_to"]]
        assert len(told.get("left behind", [])) == len(stays)
        is_silent = not (each["told"] or each["pings_missed"])
        assert (told["reported by"] == ["exit code only"]) == is_silent
        assert "exit code" in select(page, "#outcome p").text
        select(page, f"#step-{step} button").click()
    assert states(page) == {"fails": [], "skipped": [], "called": []}


def test_keys_move_choose_search_and_leave(page: Any) -> None:
    from selenium.webdriver.common.keys import Keys

    body = select(page, "body")
    body.send_keys(Keys.ARROW_DOWN)
    page.switch_to.active_element.send_keys(Keys.ARROW_DOWN)
    page.switch_to.active_element.send_keys(Keys.ENTER)
    assert states(page)["fails"] == [2]
    assert page.switch_to.active_element.get_dom_attribute("aria-pressed") == "true"
    page.switch_to.active_element.send_keys("/")
    page.switch_to.active_element.send_keys("systemctl start")
    assert select(page, "#found").text.startswith("2 of ")
    page.switch_to.active_element.send_keys(Keys.ESCAPE)
    assert states(page)["fails"] == []
    assert select(page, "#found").text == ""


def test_boxes_fold_and_unfold(page: Any) -> None:
    def opened() -> int:
        return len(page.find_elements("css selector", "details.scope[open]"))

    everything = opened()
    select(page, "#fold").click()
    assert opened() == 1
    select(page, "#unfold").click()
    assert opened() == everything


@pytest.mark.parametrize("scheme", SCHEMES)
def test_nothing_is_in_the_way_of_anybody(page: Any, axe: str, scheme: str, tmp_path: Path) -> None:
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    select(page, "#step-3 button").click()
    page.execute_script(axe)
    found = page.execute_async_script("axe.run().then(arguments[0])")
    assert [(v["id"], v["help"], v["nodes"][0]["target"]) for v in found["violations"]] == []
    assert page.save_screenshot(str(tmp_path / f"{scheme}.png"))
    back = page.execute_script("return getComputedStyle(document.body).backgroundColor")
    assert (back == "rgb(255, 255, 255)") == (scheme == "light")


def test_the_button_changes_light_to_dark(page: Any) -> None:
    back = "return getComputedStyle(document.body).backgroundColor"
    before = page.execute_script(back)
    select(page, "#theme").click()
    assert page.execute_script(back) != before


def test_no_word_of_the_configuration_runs_and_nothing_is_complained_of(page: Any) -> None:
    assert page.title.startswith("borgplan: Plan: ")
    assert page.find_elements("css selector", "img") == []
    assert page.get_log("browser") == []
    assert page.execute_script("return performance.getEntriesByType('resource').length") == 0


MANY = """
source_directories: [/srv]
repositories: [{path: /b/a}, {path: /b/b}, {path: /b/c}, {path: /b/d}, {path: /b/e}, {path: /b/f}]
keep_daily: 7
commands:
  - {before: configuration, run: [systemctl stop app]}
  - {after: configuration, run: [systemctl start app]}
  - {before: repository, run: [mount /mnt/x, echo one, echo two]}
  - {after: repository, run: [umount /mnt/x]}
"""


def test_ten_thousand_steps_open_at_once(browser: Any, tmp_path: Path) -> None:
    """Of the browser's own time: about 1.3 s, which a busy or slower machine may double."""
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(200):
        file = folder / f"c{number}.yaml"
        file.write_text(MANY.replace("/b/", f"/b/{number}"))
        file.chmod(0o600)
    page = tmp_path / "many.html"
    words = ["--offline", "--semantics", "2.1", "--format", "html", "-o", str(page)]
    assert main(["plan", *words, str(folder)]) == 0
    browser.get("about:blank")
    browser.execute_cdp_cmd("Performance.enable", {"timeDomain": "threadTicks"})
    try:
        browser.get(f"file://{page}")
        browser.find_element("css selector", "#step-2 button").click()
        assert states(browser)["fails"] == [2]
        metrics = browser.execute_cdp_cmd("Performance.getMetrics", {})["metrics"]
    finally:
        browser.execute_cdp_cmd("Performance.disable", {})
    assert browser.execute_script("return document.querySelectorAll('.step').length") >= 10_000
    (seconds,) = [each["value"] for each in metrics if each["name"] == "TaskDuration"]
    assert 0 < seconds < 3
