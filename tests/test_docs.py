"""Generated pages are what the code would write now."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from argparse import SUPPRESS
from pathlib import Path

import pytest

from borgplan.compiler.config.options import OPTIONS
from borgplan.compiler.config.publish.options_page import page
from borgplan.runtime import reference_page as reference
from borgplan.runtime.cli.parser import COMMANDS

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


def test_the_page_on_the_command_line_is_current() -> None:
    assert (ROOT / "docs" / "command-line.md").read_text() == reference.page(), (
        "make docs writes it"
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_of_a_command_is_on_it(command: str) -> None:
    page = reference.page()
    own = page.partition(f"\n## `borgplan {command}`\n")[2].partition("\n## ")[0]
    shared = page.partition("\n## Options of every plan\n")[2]
    places = own + shared if "#options-of-every-plan" in own else own
    assert flags(command) - {"-h", "--help", "--help-actions"} <= set(
        re.findall(r"`(--?[a-z][\w-]*)", places)
    )


def flags(command: str) -> set[str]:
    arguments = reference.parser_for(command).arguments()
    shown = [argument for argument in arguments if argument.help is not SUPPRESS]
    return {flag for argument in shown for flag in argument.option_strings}


def test_command_lines_in_the_documentation_can_be_given() -> None:
    """In code, a line `borgplan COMMAND ... --option`: the command knows that option."""
    files = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    text = "\n".join(file.read_text() for file in files)
    lines = re.findall(rf"\bborgplan ({'|'.join(COMMANDS)})\b([^\n`|#]*)", text)
    used = {(command, flag) for command, rest in lines for flag in _flags_in(rest)}
    assert len(used) > 30
    assert [(command, flag) for command, flag in used if flag not in flags(command)] == []


def _flags_in(rest: str) -> list[str]:
    for_borgplan = rest.partition(" -- ")[0]
    return re.findall(r"(?<=\s)-(?:[a-zA-Z]|-[a-z][\w-]*)(?=[\s=]|$)", for_borgplan)
