"""Manual pages for packages: one for each command, with all that it takes, and no fault of roff in them."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from borgplan.runtime.cli.parser import COMMANDS
from borgplan.runtime.manual_pages import pages
from borgplan.runtime.reference_page import parser_for


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_of_a_command_is_on_its_page(command: str) -> None:
    page = pages()[f"borgplan-{command}.1"].replace("\\", "")
    flags = {flag for a in parser_for(command).arguments() for flag in a.option_strings}
    missing = [flag for flag in flags - {"-h", "--help", "--help-actions"} if flag not in page]
    assert missing == []
    assert f"borgplan-{command}(1)" in pages()["borgplan.1"].replace("\\", "")


def test_words_are_not_divided() -> None:
    if not shutil.which("groff"):
        pytest.skip("no groff")
    page = pages()["borgplan-plan.1"].encode()
    done = subprocess.run(
        ["groff", "-man", "-Tutf8", "-P-c"], input=page, capture_output=True, check=True
    )
    lines = [line.rstrip() for line in done.stdout.decode().splitlines()]
    assert [line for line in lines if line.endswith("\u2010")] == []


def test_groff_finds_nothing_wrong() -> None:
    if not shutil.which("groff"):
        pytest.skip("no groff")
    done = subprocess.run(
        ["groff", "-man", "-ww", "-Tutf8", "-z"],
        input="".join(pages().values()), capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stderr == ""
