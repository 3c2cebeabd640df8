"""Windows of other sizes than the browser's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

_PAGE = "return document.documentElement.scrollWidth"


def width_in_a_window_of(browser: Any, page: Path, width: int, of: str = _PAGE) -> int:
    """How wide the page is, or another part of it, in pixels, in a window of this width. `of`: a script."""
    size = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    browser.get(f"file://{page}")
    try:
        return int(browser.execute_script(of))
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
