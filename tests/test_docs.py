"""Generated pages are what the code would write now."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from borgplan.compiler.options import OPTIONS
from borgplan.compiler.reference import page

ROOT = Path(__file__).parent.parent


def test_the_page_of_options_is_current() -> None:
    assert (ROOT / "docs" / "options.md").read_text() == page(), "make docs writes it"


def test_every_option_is_on_it() -> None:
    assert all(f"| `{option.name}`" in page() for option in OPTIONS)


@pytest.mark.skipif(not shutil.which("git"), reason="it shows a change in a git repository")
def test_the_page_on_pull_requests_is_current() -> None:
    borgplan = Path(sys.executable).with_name("borgplan")
    done = subprocess.run(
        [ROOT / "scripts" / "pull-request-page", borgplan],
        capture_output=True,
        text=True,
        check=True,
    )
    assert (ROOT / "docs" / "pull-request.md").read_text() == done.stdout, "make docs writes it"
