"""The page of past runs: what it calls good, and that it can be read by everybody."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from borgplan.runtime.render.page.history_page import history_page
from tests.page.runs import BAD, GOOD, NOW, WARNED, night, plan
from tests.page.windows import width_in_a_window_of

PLAN = plan()


def rows(page: str) -> list[str]:
    """Of the table of repositories, as text: one for each."""
    table = page.partition('aria-label="Repositories"')[2].partition("</table>")[0]
    return [re.sub(r"<[^>]*>", " ", row) for row in table.split("<tr>")[2:]]


def test_the_last_good_backup_and_check_of_each_repository_are_told() -> None:
    past = [
        night(PLAN, 1, {"create": [BAD, GOOD]}),
        night(PLAN, 3, {"create": [GOOD, GOOD], "check": [GOOD, WARNED]}),
        night(PLAN, 4, {"create": [GOOD, GOOD], "check": [GOOD]}),
    ]
    near, far = rows(history_page(past, NOW))
    assert re.search(r"2026-09-\d\d \d\d:\d\d:\d\d +3 days ago +1 failure since", near)
    assert near.count("3 days ago") == 2
    assert "near &lt;b&gt;" in near
    # A check with a warning may have found damage.
    assert re.search(r"24 hours ago .* none in these runs +1 failure", far, re.DOTALL)
    assert "ssh://backup@host/./two" in far


def test_a_backup_with_a_warning_has_an_archive_and_counts() -> None:
    (near, *_) = rows(history_page([night(PLAN, 1, {"create": [WARNED]})], NOW))
    assert "24 hours ago" in near
    assert "failure" not in near


def test_what_was_never_done_is_told() -> None:
    (near, *_) = rows(history_page([night(PLAN, 1, {"create": [BAD]})], NOW))
    assert near.count("none in these runs") == 2


def test_runs_whose_plan_is_gone_are_listed_and_that_is_told() -> None:
    past = night(PLAN, 1, {"create": [BAD]})._replace(plan=None)
    page = history_page([past], NOW)
    assert "The plans of 1 run can't be read" in page
    assert past.steps[0].step in page
    assert rows(page) == []


def test_no_run_has_a_page_too() -> None:
    assert "No run is recorded" in history_page([], NOW)


def test_nothing_written_elsewhere_is_markup() -> None:
    page = history_page([night(PLAN, 1, {"create": [GOOD, GOOD], "check": [GOOD, GOOD]})], NOW)
    assert "<b>" not in page
    assert page.count("</script>") == 2
    assert page.count("<svg") == 2 * 4 + 1  # durations of backups and checks, two sizes; of runs


# --- in a browser ---


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    past = [
        night(
            PLAN, day, {"create": [BAD if day == 9 else GOOD, GOOD], "check": [GOOD] * (day % 7 == 1)},
            size=5_000_000_000 - 40_000_000 * day,
        )
        for day in range(1, 60)
    ]  # fmt: skip
    file = tmp_path_factory.mktemp("history") / "history.html"
    file.write_text(history_page(past, NOW))
    return file


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_in_the_way_of_anybody(
    browser: Any, place: Path, axe: str, scheme: str, tmp_path: Path
) -> None:
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    browser.get(f"file://{place}")
    browser.execute_script(axe)
    found = browser.execute_async_script("axe.run().then(arguments[0])")
    assert [(v["id"], v["help"], v["nodes"][0]["target"]) for v in found["violations"]] == []
    assert browser.save_screenshot(str(tmp_path / f"{scheme}.png"))
    assert browser.get_log("browser") == []


def test_it_fits_a_narrow_window(browser: Any, place: Path) -> None:
    assert width_in_a_window_of(browser, place, 360) <= 360
    # What counts most is read without scrolling sideways.
    wide = "return document.querySelector('[aria-label=Repositories]').scrollWidth"
    assert width_in_a_window_of(browser, place, 360, of=wide) <= 360


def test_a_last_good_backup_with_little_in_it_is_no_good_news() -> None:
    ends = {"create": [GOOD, GOOD], "check": [GOOD, GOOD]}
    nights = [night(PLAN, day, ends, size=size) for day, size in ((1, 3_000), (2, 5_000_000_000))]
    assert history_page(nights, NOW).count("WARNING: this backup is less than a tenth") == 2
    assert "WARNING" not in history_page(nights[1:], NOW)
