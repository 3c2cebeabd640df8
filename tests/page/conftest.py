"""A real Chromium, without a window; tests that need it are skipped where scripts/ensure-chromium has not been run."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

AXE = sorted((Path(__file__).parents[2] / ".cache/axe").glob("axe-core-*.js"))


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A driver of Selenium, whose browser has a profile of its own."""
    webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")
    programs = [shutil.which(name) for name in ("chromium", "chromedriver")]
    if not all(programs):
        pytest.skip("no chromium and chromedriver: scripts/ensure-chromium installs them")
    options = webdriver.ChromeOptions()
    profile = tmp_path_factory.mktemp("chromium")
    for word in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu",
                 "--window-size=1200,1000", f"--user-data-dir={profile}"):  # fmt: skip
        options.add_argument(word)
    options.binary_location = programs[0]
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(programs[1]))
    yield driver
    driver.quit()


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core."""
    if not AXE:
        pytest.skip("no axe-core: scripts/ensure-chromium fetches it")
    return AXE[-1].read_text()
