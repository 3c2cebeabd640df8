"""Generated pages are what the code would write now."""

from __future__ import annotations

from pathlib import Path

from borgplan.compiler.options import OPTIONS
from borgplan.compiler.reference import page

ROOT = Path(__file__).parent.parent


def test_the_page_of_options_is_current() -> None:
    assert (ROOT / "docs" / "options.md").read_text() == page(), "make docs writes it"


def test_every_option_is_on_it() -> None:
    assert all(f"| `{option.name}`" in page() for option in OPTIONS)
