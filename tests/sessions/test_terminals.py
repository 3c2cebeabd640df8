"""What terminals do to a run with a block at its bottom: they stand still, change their width, go away, and have pagers."""

from __future__ import annotations

import os
import signal
import time

from tests.sessions.test_sessions import Lab, lab

__all__ = ["lab"]

STOP, GO_ON = b"\x13", b"\x11"  # Ctrl-S, Ctrl-Q


def waiting(lab: Lab, *words: str, **variables: str) -> None:
    """A run that stands in its first `create`, with a block to be seen where there is one."""
    lab.never_waits("hook", "create-far", "check-near")
    (lab.path / "go-hook").write_text("go\n")
    lab.start(80, "-a", "create", *words, **variables)


def test_a_terminal_that_stands_still_holds_up_no_step(lab: Lab) -> None:
    waiting(lab)
    assert lab.terminal
    lab.terminal.until("1,204 files")
    lab.terminal.press(STOP)
    lab.terminal.look(1)
    lab.let_go("create-near")  # Borg ends, while frames find no room
    time.sleep(1)
    before = lab.terminal.text()
    lab.terminal.press(GO_ON)
    after = lab.terminal.end()
    assert lab.terminal.code == 0
    assert "[3/4] borg create" not in before  # it stood still indeed
    assert "[3/4] borg create" in after
    assert "─" not in after


def test_a_terminal_that_stands_still_holds_up_no_signal(lab: Lab) -> None:
    waiting(lab)
    assert lab.terminal
    lab.terminal.until("1,204 files")
    lab.terminal.press(STOP)
    lab.terminal.look(1)
    os.kill(lab.terminal.pid, signal.SIGTERM)
    time.sleep(4)
    lab.terminal.press(GO_ON)
    lab.terminal.end(10)
    assert lab.terminal.code == 128 + signal.SIGTERM


def test_a_killed_run_leaves_text_and_a_line_of_its_own_for_the_prompt(lab: Lab) -> None:
    waiting(lab)
    assert lab.terminal
    lab.terminal.until("1,204 files")
    os.kill(lab.terminal.pid, signal.SIGKILL)
    lab.terminal.end()
    assert lab.terminal.screen.cursor.x == 0
    assert not lab.terminal.screen.cursor.hidden
    last = lab.terminal.text().split("\n")[-1]
    assert last.strip().startswith("srv/www")
    modes = [
        code for code in (b"\x1b[?25l", b"\x1b[?1049h", b"\x1b[?7l") if code in lab.terminal.written
    ]
    assert not modes


def test_a_width_that_changes_leaves_all_output(lab: Lab) -> None:
    waiting(lab)
    assert lab.terminal
    lab.terminal.until("1,204 files")
    for columns in (120, 50, 80):
        lab.terminal.resize(columns)
        lab.terminal.look(0.8)
    lab.let_go("create-near")
    text = lab.terminal.end()
    assert lab.terminal.code == 0
    for line in ("dumping the database", "3 of 7 tables, done", "[3/4] borg create", "Done: "):
        assert line in text


def test_there_is_no_block_where_a_pager_or_a_program_has_the_output(lab: Lab) -> None:
    for words, variables in (
        (("-q",), {}),
        (("--format", "json"), {}),
        (("--log-format", "json"), {}),
        ((), {"TERM": "dumb"}),
    ):
        (lab.path / "trace").unlink(missing_ok=True)
        for name in ("hook", "create-near", "create-far", "check-near"):
            (lab.path / f"go-{name}").unlink(missing_ok=True)
        (lab.path / "go-hook").write_text("go\n")
        terminal = lab.start(80, "-a", "create", *words, **variables)
        terminal.end()
        assert b"\x1b[J" not in terminal.written
        assert "watched" not in (lab.path / "trace").read_text()
        assert "yes" not in (lab.path / "trace").read_text()
        terminal.close()
    lab.terminal = None


def test_colours_go_where_nobody_wants_them(lab: Lab) -> None:
    waiting(lab, NO_COLOR="1")
    assert lab.terminal
    lab.terminal.until("1,204 files")
    lab.let_go("create-near")
    lab.terminal.end()
    assert b"\x1b[J" in lab.terminal.written
    assert b"\x1b[36m" not in lab.terminal.written
    assert b";36m" not in lab.terminal.written


def test_a_stopped_run_goes_on_below_what_the_shell_has_written(lab: Lab) -> None:
    waiting(lab)
    assert lab.terminal
    lab.terminal.until("1,204 files")
    os.kill(lab.terminal.pid, signal.SIGSTOP)
    lab.terminal.look(0.5)
    lab.terminal.screen.draw("$ fg")  # a shell writes
    lab.terminal.screen.linefeed()
    lab.terminal.screen.carriage_return()
    os.kill(lab.terminal.pid, signal.SIGCONT)
    lab.terminal.look(1.5)
    assert "$ fg" in lab.terminal.text()
    lab.let_go("create-near")
    assert "$ fg" in lab.terminal.end()
