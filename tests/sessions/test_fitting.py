"""What commands say at a terminal fits its columns, and its colours are colours."""

from __future__ import annotations

import re

import pytest

from tests.sessions.test_sessions import Lab, lab

__all__ = ["lab"]

COMMANDS = (
    ("plan", "web.yaml", "--fail", "2"),
    ("plan", "web.yaml", "--against-semantics", "2.0"),
    ("plan", "web.yaml", "--against-semantics", "1.8"),
    ("--help",),
    ("apply", "--help"),
    ("explain", "3", "web.yaml"),
    ("diff", "web.yaml", "other.yaml"),
    ("lint", "web.yaml"),
    ("history",),
    ("show", "last"),
    ("apply", "old.plan"),
    ("apply", "-a", "sleep", "web.yaml"),
)


def printed(lab: Lab, columns: int, *words: str) -> str:
    """All that a command writes to a terminal, with its escape codes."""
    terminal = lab.start_command(columns, *words)
    terminal.end()
    terminal.close()
    lab.terminal = None
    return terminal.written.decode().replace("\r\n", "\n")


@pytest.fixture
def used(lab: Lab) -> Lab:
    """With a failed run, a saved plan that is stale, and another configuration."""
    lab.never_waits("hook", "create-near", "create-far", "check-near")
    (lab.path / "go-hook").write_text("go\n")
    terminal = lab.start(80, FAILS="near")
    terminal.end()
    terminal.close()
    file = lab.path / "web.yaml"
    printed(lab, 80, "plan", "web.yaml", "--semantics", "2.1", "-o", "old.plan")
    other = lab.path / "other.yaml"
    other.write_text(file.read_text().replace("keep_daily: 7", "keep_daily: 9"))
    other.chmod(0o600)
    file.write_text(file.read_text().replace("[/etc/hostname]", "[/etc/hostname, /nowhere/at/all]"))
    return lab


@pytest.mark.timeout(120)
def test_lines_fit(used: Lab) -> None:
    for words in COMMANDS:
        text = printed(used, 80, *words)
        assert "\\x1b" not in text, text  # a colour that was taken for somebody's text
        plain = re.sub(r"\x1b\[[0-9;]*m", "", text)
        assert plain.strip(), words
        wide = [
            line
            for line in plain.splitlines()
            # A word of a command that is longer, the line of a file that a diagnostic is about, what a step printed.
            if len(line) > 80
            and not re.search(r"'\{hostname\}|^ {4}.*read -r word|^ {24}[|] ", line)
        ]
        assert not wide, (words, wide)
