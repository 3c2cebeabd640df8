"""Completion where it is used: in zsh and fish themselves, at a terminal, loaded as docs/install.md says."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from borgplan.runtime.completions import script
from tests.support.terminal import Terminal

_ZSH = "autoload -Uz compinit && compinit -u -D\nPS1='ready: '\n"
# What is pressed, and what is to be seen: a command, an option, a choice, a file, an option of an action.
PRESSED = [
    (b"borgplan expl\t", "borgplan explain "),
    (b"borgplan plan --failu\t", "borgplan plan --failures "),
    (b"borgplan plan --format mark\t", "borgplan plan --format markdown "),
    (b"borgplan completion f\t", "borgplan completion fish "),
    (b"borgplan units her\t", "borgplan units here.yaml "),
    (b"borgplan repo-list --sho\t", "borgplan repo-list --short "),
]
LOADED = ["zsh from its path", "zsh by eval", "fish"]


@pytest.fixture(params=LOADED)
def shell(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Terminal]:
    """A shell at its prompt that has the script; `here.yaml` is in its folder."""
    loaded: str = request.param
    name = loaded.split()[0]
    if not shutil.which(name):
        pytest.skip(f"no {name}")
    (tmp_path / "here.yaml").touch()
    environment = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "ZDOTDIR": str(tmp_path),
        "XDG_CONFIG_HOME": str(tmp_path),
        "XDG_DATA_HOME": str(tmp_path),
        "LANG": "C.UTF-8",
        "TERM": "xterm",
    }
    if name == "fish":
        folder = tmp_path / "fish/completions"
        folder.mkdir(parents=True)
        (folder / "borgplan.fish").write_text(script("fish"))
        (folder.parent / "config.fish").write_text(
            "set -g fish_greeting\nfunction fish_prompt; echo -n 'ready: '; end\n"
        )
    elif loaded == "zsh by eval":
        (tmp_path / ".zshrc").write_text(_ZSH + 'eval "$(borgplan completion zsh)"\n')
    else:
        folder = tmp_path / "site-functions"
        folder.mkdir()
        (folder / "_borgplan").write_text(script("zsh"))
        (tmp_path / ".zshrc").write_text(f"fpath=({folder} $fpath)\n{_ZSH}")
    terminal = Terminal([name, "-i"], 120, environment, str(tmp_path))
    try:
        terminal.until("ready:")
        yield terminal
    finally:
        terminal.close()


def test_what_is_begun_is_completed(shell: Terminal) -> None:
    for keys, seen in PRESSED:
        shell.press(keys)
        line(shell, f"ready: {seen}")
        shell.press(b"\x15")  # empties the line
        line(shell, "ready: ")


def test_what_is_open_is_listed(shell: Terminal) -> None:
    shell.press(b"borgplan plan --fail\t\t")
    text = shell.until("--failures ")
    assert "show what would happen if this step failed" in text
    assert "show for every single failure" in text


def line(shell: Terminal, expected: str) -> None:
    """Waits until the cursor stands at the end of exactly this, and nothing is on its right."""
    until = time.monotonic() + 30
    while True:
        cursor = shell.screen.cursor
        if (
            cursor.x == len(expected)
            and shell.screen.display[cursor.y].rstrip() == expected.rstrip()
        ):
            return
        assert time.monotonic() < until, f"{expected!r} never came:\n{shell.text()}"
        assert shell.code is None, shell.text()
        shell.look(0.1)
