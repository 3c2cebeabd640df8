"""`borgplan completion`: scripts for shells, which complete every command and option."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from borgplan.runtime.cli.parser import COMMANDS
from borgplan.runtime.completions import SHELLS, script
from borgplan.runtime.main import main
from borgplan.runtime.reference_page import parser_for

ASK = {
    "bash": "source {}; COMP_WORDS=({} {}); COMP_CWORD=2; _shtab_borgplan; printf '%s\\n' \"${{COMPREPLY[@]}}\"",
    "fish": "source {}; complete -C'{} {}'",
}


@pytest.mark.parametrize("shell", SHELLS)
def test_the_command_prints_the_script(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell]) == 0
    assert capsys.readouterr().out == script(shell)


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_is_in_it(shell: str, command: str) -> None:
    """`make docs` writes them."""
    flags = {
        flag for argument in parser_for(command).arguments() for flag in argument.option_strings
    }
    words = set(re.findall(r"[\w-]+", script(shell)))
    missing = {
        flag for flag in flags if flag not in words and not {flag[2:], flag[1:]} & words - {""}
    }
    assert command in words
    assert missing == set()


@pytest.mark.parametrize("shell", SHELLS)
def test_the_shell_can_read_it(shell: str) -> None:
    if not shutil.which(shell):
        pytest.skip(f"no {shell}")
    done = subprocess.run([shell, "-n"], input=script(shell), text=True, capture_output=True)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("shell", sorted(ASK))
@pytest.mark.parametrize(
    ("words", "start", "found"),
    [("borgplan plan", "--failu", "--failures"), ("borgplan extract", "--dest", "--destination")],
)
def test_the_shell_completes(
    shell: str, words: str, start: str, found: str, tmp_path: Path
) -> None:
    if not shutil.which(shell):
        pytest.skip(f"no {shell}")
    file = tmp_path / "script"
    file.write_text(script(shell))
    text = ASK[shell].format(file, words, start)
    done = subprocess.run([shell, "-c", text], text=True, capture_output=True, check=True)
    assert [line.split("\t")[0] for line in done.stdout.splitlines()] == [found]
