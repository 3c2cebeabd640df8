"""`--help`: a command's own options first, those of actions on demand, or for the command that is the action."""

from __future__ import annotations

import pytest

from borgplan.runtime.main import main


def shown(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(words) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("command", ["plan", "apply", "diff", "explain"])
def test_own_options_come_before_those_of_every_plan(
    capsys: pytest.CaptureFixture[str], command: str
) -> None:
    own, _, shared = shown(capsys, command, "--help").partition("\noptions of every plan:\n")
    assert "--format" in own
    assert "--semantics" in shared
    assert "  --archive NAME" not in own + shared
    assert len(own.splitlines()[0]) < 80


@pytest.mark.parametrize("command", ["plan", "apply", "diff", "explain"])
def test_options_of_actions_have_a_help_of_their_own(
    capsys: pytest.CaptureFixture[str], command: str
) -> None:
    text = shown(capsys, command, "--help-actions")
    assert "  --archive NAME" in text
    assert "--semantics" not in text
    assert f"borgplan {command} --help\n" in text


def test_a_command_that_is_an_action_shows_the_options_of_the_action_first(
    capsys: pytest.CaptureFixture[str],
) -> None:
    own, _, others = shown(capsys, "list", "--help").partition("\noptions:\n")
    assert "options of list:\n  --archive NAME" in own
    assert "--encryption" not in own + others
    assert "--dry-run" in others
