"""What a run says reaches the system's log where nobody watches a terminal."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from borgplan.compiler.plan.exits import Outcome
from borgplan.runtime.engine.runner import Result
from borgplan.runtime.report import syslog
from borgplan.runtime.report.console import Console
from borgplan.runtime.report.style import Style
from borgplan.runtime.report.syslog import Syslog, syslog_for_run
from tests.runtime.build import compiled

CONFIGURATION = """\
location:
    source_directories: [/etc]
    repositories: [/repo]
retention:
    keep_daily: 1
hooks:
    before_backup: [echo hello]
"""


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[socket.socket]:
    """A datagram socket as the system's log has it; its path is its name."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "log"))
        listening.settimeout(5)
        yield listening


def received(daemon: socket.socket) -> str:
    return daemon.recv(65536).decode().rstrip("\0")


def test_lines_arrive_with_their_priority(daemon: socket.socket) -> None:
    log = Syslog(daemon.getsockname())
    log.line("a step", error=False)
    log.line("it failed \x1b[31m", error=True)
    first, second = received(daemon), received(daemon)
    assert first.startswith("<14>borgplan[")  # facility user, severity informational
    assert first.endswith("]: a step")
    assert second.startswith("<11>borgplan[")  # severity error
    assert second.endswith("it failed \\x1b[31m")


def test_output_of_hooks_is_logged_line_by_line(
    daemon: socket.socket, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "test.yaml"
    path.write_text(CONFIGURATION)
    plan = compiled(str(path))
    console = Console(plan, Style(), [Syslog(daemon.getsockname())], quiet=False)
    hook = plan.steps[0]
    console.started(hook)
    console.output(b"one\ntw")
    console.output(b"o\nthree")
    console.ended(hook, Result(Outcome.HARD, 1))
    lines = [received(daemon).partition("]: ")[2] for _ in range(5)]
    assert lines[0].endswith("echo hello")
    assert lines[1:4] == ["one", "two", "three"]
    assert "FAILED" in lines[4]
    assert "\none\ntwo\nthree\n" in capfd.readouterr().err


def test_a_log_that_goes_away_does_not_end_a_run(daemon: socket.socket) -> None:
    log = Syslog(daemon.getsockname())
    daemon.close()
    log.line("nobody hears this", error=False)


def test_it_is_used_without_a_terminal_and_not_twice_under_systemd(
    daemon: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(syslog, "_SOCKETS", (daemon.getsockname(),))
    monkeypatch.setattr(sys.stderr, "isatty", lambda: False, raising=False)
    assert syslog_for_run({}) is not None
    assert syslog_for_run({"JOURNAL_STREAM": "8:1"}) is None
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    assert syslog_for_run({}) is None
