"""The table of flags against the help of the Borg that is installed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess

import pytest

from tests.lowering.flags import grammar
from tests.lowering.versions import HARVESTED, at_least, harvested

# Asking takes a second each.
COMMANDS = ("check", "create", "init", "prune")
_FLAG = re.compile(r"(?<![\w-])--?[A-Za-z][\w-]*")


def output(*words: str) -> str:
    environment = {**os.environ, "COLUMNS": "200"}
    return subprocess.run(
        ["borg", *words], check=True, capture_output=True, text=True, env=environment
    ).stdout


def usage_flags(command: str) -> set[str]:
    """The flags that begin a line of help; prose mentions others."""
    found = set()
    for line in output(*command.split(), "--help").splitlines():
        start = re.match(r" {2}(-{1,2}\w[\w-]*.*?)(?:\s{2,}|$)", line)
        if start:
            found |= set(_FLAG.findall(start[1]))
    return found - {"-h", "--help"}


@pytest.mark.borg
@pytest.mark.skipif(shutil.which("borg") is None, reason="no Borg")
@pytest.mark.parametrize("command", COMMANDS)
def test_help_names_the_same_flags(command: str) -> None:
    version = output("--version").split()[1]
    if version not in HARVESTED:
        pytest.skip(f"flags of {version} were not harvested")
    found = grammar(version, command)
    assert found is not None
    table = {name for flag in found.flags for name in flag.names}
    helped = usage_flags(command)
    assert helped - table == set()
    # Deprecated flags are left out of the help.
    hidden = {
        "--nobsdflags",
        "--numeric-owner",
        "--remote-ratelimit",
        "--remote-buffer",
        "--noatime",
    }
    assert len(table - helped - hidden) <= 4, table - helped


def test_versions() -> None:
    assert at_least("1.4.5", "1.4.0")
    assert not at_least("2.0.0b9", "2.0.0b10")
    assert at_least("2.0.0", "2.0.0rc1")
    assert [harvested(v) for v in ("1.1.18", "1.2.9", "1.4.0", "2.0.0a1", "2.0.0b25")] == [
        "1.2.4", "1.2.4", "1.4.5", "2.0.0b19", "2.0.0b19",
    ]  # fmt: skip


def test_commands_by_version() -> None:
    assert grammar("1.4.5", "repo-create") is None
    assert grammar("2.0.0b19", "repo-create") is not None
    threshold = [grammar(version, "compact") for version in ("2.0.0b19", "2.0.0b25")]
    assert [bool(found and found.flag("--threshold")) for found in threshold] == [False, True]
