"""The page of a past run in a real Chromium: its timeline, outputs of failures, narrow windows and paper."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from borgplan.runtime.render.page.run_page import run_page
from tests.page.runs import BAD, GOOD, night, plan
from tests.page.windows import width_in_a_window_of


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    of = plan()
    past = night(of, 1, {"create": [GOOD, BAD], "check": [GOOD]})
    steps = [step._replace(output=f"said by {step.step}") for step in past.steps]
    file = tmp_path_factory.mktemp("run") / "run.html"
    file.write_text(run_page(past._replace(steps=steps), of))
    return file


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_in_the_way_of_anybody(browser: Any, place: Path, axe: str, scheme: str) -> None:
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    browser.get(f"file://{place}")
    browser.find_element("css selector", "#step-1 button").click()
    browser.execute_script(axe)
    found = browser.execute_async_script("axe.run().then(arguments[0])")
    assert [(v["id"], v["help"], v["nodes"][0]["target"]) for v in found["violations"]] == []
    assert browser.get_log("browser") == []


def test_the_output_of_what_failed_is_open_and_others_are_folded(browser: Any, place: Path) -> None:
    browser.get(f"file://{place}")
    rows = browser.find_elements("css selector", "tbody tr")
    is_open = {
        "failed" in row.text: bool(row.find_elements("css selector", "details[open]"))
        for row in rows
    }
    assert is_open == {True: True, False: False}


def test_it_fits_a_narrow_window(browser: Any, place: Path) -> None:
    assert width_in_a_window_of(browser, place, 360) <= 360


def test_on_paper_it_is_light_and_unfolded_without_controls(browser: Any, place: Path) -> None:
    browser.get(f"file://{place}")
    browser.execute_script("document.documentElement.dataset.theme = 'dark'")
    browser.find_element("css selector", "#fold").click()
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        browser.execute_script("dispatchEvent(new Event('beforeprint'))")
        assert browser.find_elements("css selector", "details:not([open])") == []
        assert not browser.find_element("css selector", ".tools").is_displayed()
        back = browser.execute_script("return getComputedStyle(document.body).backgroundColor")
        assert back == "rgb(255, 255, 255)"
    finally:
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
