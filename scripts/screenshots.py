"""The pictures of docs/images, from pages as borgplan writes them, in the Chromium of scripts/ensure-chromium:
`.venv/bin/python -m scripts.screenshots [DIR]`, with more of them for DIR."""

from __future__ import annotations

import base64
import itertools
import math
import os
import shutil
import sys
import tempfile
from pathlib import Path

from selenium import webdriver

from borgplan.runtime.main import main
from borgplan.runtime.render.page.history_page import history_page
from borgplan.runtime.render.page.run_page import run_page
from tests.page.runs import BAD, GOOD, NOW, night, plan

ROOT = Path(__file__).parents[1]
IMAGES = ROOT / "docs" / "images"
HISTORY = """\
source_directories: [/etc]
repositories: [{path: /backups/one, label: near}, {path: "ssh://backup@example.org/./two", label: far}]
keep_daily: 7
checks: [{name: repository}]
"""


def driver(profile: str) -> webdriver.Chrome:
    options = webdriver.ChromeOptions()
    for word in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu",
                 "--hide-scrollbars", f"--user-data-dir={profile}"):  # fmt: skip
        options.add_argument(word)
    options.binary_location = shutil.which("chromium") or "chromium"
    service = webdriver.ChromeService(shutil.which("chromedriver"))
    return webdriver.Chrome(options=options, service=service)


def picture(
    browser: webdriver.Chrome,
    page: Path,
    name: str,
    *,
    size: tuple[int, int],
    dark: bool = False,
    click: str = "",
) -> None:
    scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})
    metrics = {"width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    browser.get(f"file://{page}")
    if click:
        browser.find_element("css selector", click).click()
    form = {"format": "webp", "quality": 80, "optimizeForSpeed": False}
    made = browser.execute_cdp_cmd("Page.captureScreenshot", form)
    (IMAGES / name).write_bytes(base64.b64decode(made["data"]))  # IMAGES / "/a/b" is /a/b


def explorer(home: Path) -> Path:
    """The page of the README's configuration."""
    block = (ROOT / "README.md").read_text().partition("$ cat shop.yaml\n")[2].partition("$ ")[0]
    (home / "shop").mkdir()
    (home / "backups/shop.borg/data").mkdir(parents=True)
    (home / "backups/shop.borg/config").write_text("[repository]\n")
    (home / "shop.yaml").write_text(block.replace("/home/anna", str(home)))
    (home / "shop.yaml").chmod(0o600)
    page = home / "plan.html"
    os.chdir(home)
    main(["plan", "--format", "html", "--semantics", "2.1", "-o", str(page), "shop.yaml"])
    page.write_text(page.read_text().replace(str(home), "/home/anna"))
    return page


def history(home: Path) -> Path:
    of = plan(HISTORY)
    past = [
        night(
            of, day, {"create": [GOOD, BAD if day in (5, 6) else GOOD], "check": [GOOD, GOOD] if day % 7 == 1 else []},
            size=int(40e9 - 4e8 * day + 1e9 * math.sin(day)), archive=f"web-{day}",
            seconds=300 + 200 * math.cos(day * day),
        )
        for day in range(1, 50) if day not in (22, 23)
    ]  # fmt: skip
    page = home / "history.html"
    page.write_text(history_page(past, NOW))
    return page


def run(home: Path) -> Path:
    """A night on which the second repository was full."""
    of = plan(HISTORY)
    ends = {"create": [GOOD, BAD], "check": [GOOD]}
    past = night(of, 1, ends, size=int(40e9), archive="web-1", seconds=312)
    starts = itertools.accumulate(
        (step.seconds or 0 for step in past.steps), initial=past.run.began
    )
    said = "borg: No space left on device: /two/data/1/2314"
    steps = [
        step._replace(began=began, output="" if step.archive or step.code == 0 else said)
        for step, began in zip(past.steps, starts, strict=False)
    ]
    page = home / "run.html"
    end = steps[-1].began + (steps[-1].seconds or 0)
    whole = past.run._replace(id="20260920-141320", seconds=end - past.run.began)
    page.write_text(run_page(past._replace(run=whole, steps=steps), of))
    return page


def all_pictures(extra: str = "") -> None:
    """`extra`: a directory for more of them, to be looked at."""
    os.environ |= {"BORGPLAN_BORGMATIC": "", "TZ": "UTC"}
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        browser = driver(f"{folder}/profile")
        try:
            pages = {"explorer": explorer(home), "run": run(home), "history": history(home)}
            for name, page in pages.items():
                click = "#step-2 button" if name == "explorer" else ""
                picture(browser, page, f"{name}.webp", size=(1000, 900), click=click)
                if extra:
                    dark, narrow = f"{extra}/{name}-dark.webp", f"{extra}/{name}-narrow.webp"
                    picture(browser, page, dark, size=(1000, 1400), dark=True)
                    picture(browser, page, narrow, size=(380, 1600))
        finally:
            browser.quit()


if __name__ == "__main__":
    all_pictures(*sys.argv[1:])
