"""What the system may refuse in the middle of a run: a step fails, and the plan says what becomes of that.

Faults are put before real processes; limits are those of a real process of borgplan.
"""

from __future__ import annotations

import errno
import os
import resource
import select
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from borgplan.compiler.plan.exits import Outcome
from borgplan.compiler.plan.model import Phase, Plan, Step, Trigger
from borgplan.compiler.plan.scratch import Scratch, ScratchKind
from borgplan.compiler.plan.words import ScratchPath, Value
from borgplan.runtime.engine.ended import Report
from borgplan.runtime.engine.runner import Result, Runner
from borgplan.runtime.engine.walk import interpret
from borgplan.runtime.process.guard import GuardedRunner
from borgplan.runtime.process.runner import ProcessRunner
from borgplan.runtime.process.signals import Signals
from borgplan.runtime.system.descriptors import provide
from tests.runtime.build import FAILED_LEAVE, command, plan, run_scope, scope, shell, step
from tests.runtime.conftest import Recorder
from tests.runtime.test_limits import is_gone
from tests.support.made import MADE

FAULTS = {
    "os.pipe": os, "os.memfd_create": os, "os.dup": os, "os.set_blocking": os, "os.read": os,
    "os.lseek": os, "os.fdopen": os, "os.pidfd_open": os, "select.poll": select, "subprocess.Popen": subprocess,
}  # fmt: skip
ERRORS = [
    errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EAGAIN, errno.ENOSPC, errno.EIO, errno.EINVAL,
    errno.EPERM, errno.E2BIG, errno.ENOENT, errno.EDQUOT, errno.EROFS,
]  # fmt: skip
HARMLESS = {"os.pidfd_open"}  # looked for from time to time, then


class Fault:
    """Before one step: a function of the system fails from its `nth` call on."""

    def __init__(
        self, inner: Runner, name: str, error: BaseException, nth: int, patch: Any
    ) -> None:
        self.inner, self.name, self.error, self.nth, self.patch = inner, name, error, nth, patch

    def run(self, step: Step, values: Mapping[Value, str]) -> Result:
        if step.id != "target":
            return self.inner.run(step, values)
        module, function = FAULTS[self.name], self.name.partition(".")[2]
        original = getattr(module, function)
        calls = 0

        def failing(*arguments: Any, **named: Any) -> Any:
            nonlocal calls
            calls += 1
            if calls >= self.nth:
                raise self.error
            return original(*arguments, **named)

        with self.patch.context() as patch:
            patch.setattr(module, function, failing)
            return self.inner.run(step, values)

    def wait(self, seconds: float) -> None:
        self.inner.wait(seconds)

    @property
    def signal(self) -> int | None:
        return self.inner.signal


def case(place: Path, script: str = "sleep 1000") -> Plan:
    """A service that is stopped, a command in whose way something comes, and what is owed and told then."""
    borg = place / "borg"
    borg.write_text(f"#!/bin/sh\ncd {place}; {script}\n")
    borg.chmod(0o755)
    target = step(
        "target",
        "file",
        work=command(str(borg), "create", (ScratchPath("patterns"),)),
        hard=FAILED_LEAVE,
    )
    notes = [
        step("stop", "file", Phase.ENTER, work=shell(f"touch {place}/stopped")),
        step("start", "file", Phase.RECOVER, Trigger.ALWAYS, work=shell(f"rm {place}/stopped")),
        step("alarm", "file", Phase.RECOVER, Trigger.FAILURE, work=shell(f"touch {place}/alarm")),
        step("other", "next", work=shell(f"touch {place}/next")),
    ]  # fmt: skip
    made = plan([run_scope(), scope("file"), scope("next")], [target, *notes])
    return made._replace(scratch=(Scratch("patterns", "", ScratchKind.TEXT, ("R /etc",)),))


def run(made: Plan, around: Callable[[Runner], Runner]) -> Report:
    with Signals() as signals:
        processes = ProcessRunner(made.scratch, {}, signals, Recorder(), 0.3)
        return interpret(made, GuardedRunner(around(processes)))


@pytest.mark.parametrize("name", FAULTS)
@pytest.mark.parametrize("nth", [1, 2, 3])
def test_what_the_system_refuses_is_a_failed_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, nth: int
) -> None:
    if name == "os.read":
        nth += 1  # after that of `subprocess`, which asks a child that has begun
    for number in ERRORS:
        report = run(
            case(tmp_path, "sleep 0.05"),
            lambda inner, n=number: Fault(
                inner, name, OSError(n, os.strerror(n)), nth, monkeypatch
            ),  # type: ignore[misc]
        )
        ended_well = report.results["target"].outcome is Outcome.DONE
        if name in HARMLESS:
            assert ended_well
        elif not ended_well:
            assert report.results["target"].outcome is Outcome.HARD
            assert report.results["target"].note
        elif nth == 1 + (name == "os.read") and number != errno.EAGAIN:
            pytest.fail(f"{name} is not called")
        assert report.exit_code == (0 if ended_well else 1)
        assert (tmp_path / "alarm").exists() is not ended_well
        assert (tmp_path / "stopped").exists() is False or ended_well
        assert (tmp_path / "next").exists()
        for path in ("alarm", "stopped", "next"):
            (tmp_path / path).unlink(missing_ok=True)


@pytest.mark.parametrize("error", [MemoryError(), subprocess.SubprocessError("no word from it")])
def test_no_memory_is_a_failed_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    made = case(tmp_path)
    report = run(made, lambda inner: Fault(inner, "subprocess.Popen", error, 1, monkeypatch))
    assert report.results["target"].outcome is Outcome.HARD
    assert (tmp_path / "alarm").exists()
    assert (tmp_path / "next").exists()


@pytest.mark.parametrize("name", ["select.poll", "os.set_blocking", "os.read"])
def test_a_process_that_can_not_be_watched_is_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    made = case(tmp_path, "echo $$ > pid; echo begun; sleep 1000")
    error = OSError(errno.EIO, os.strerror(errno.EIO))
    nth = 2 if name == "os.read" else 1
    result = run(made, lambda inner: Fault(inner, name, error, nth, monkeypatch)).results["target"]
    assert (result.outcome, result.stopped) == (Outcome.HARD, True)
    assert result.note == "could not be watched to its end, and was stopped: input/output error"
    assert result.ran
    if (tmp_path / "pid").exists() and (pid := (tmp_path / "pid").read_text()):
        assert is_gone(int(pid))


def test_a_relay_without_descriptors_still_stops_a_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import threading

    def none(*_: object) -> tuple[int, int]:
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    with Signals() as signals:
        with monkeypatch.context() as patch:
            patch.setattr(os, "pipe2", none)
            lane = signals.relay()
            relay = lane.__enter__()
        assert relay.fileno() is None
        runner = ProcessRunner((), {}, relay, Recorder(), 0.3)
        timer = threading.Timer(0.3, os.kill, (os.getpid(), 15))
        timer.start()
        began = time.monotonic()
        found: list[Result] = []
        worker = threading.Thread(
            target=lambda: found.append(runner.run(step("s", work=shell("sleep 1000")), {}))
        )
        worker.start()
        worker.join(20)
        assert [result.outcome for result in found] == [Outcome.INTERRUPTED]
        runner.wait(100)
        assert time.monotonic() - began < 10
        lane.__exit__(None, None, None)
        timer.join()


# How many files may be open


def test_what_is_needed_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[int, int]] = []
    monkeypatch.setattr(resource, "getrlimit", lambda _: (1024, 4096))
    monkeypatch.setattr(resource, "setrlimit", lambda _, limits: asked.append(limits))
    assert provide(locks=10, lanes=1) == ""
    assert asked == []
    assert provide(locks=2000, lanes=16) == ""
    ((soft, hard),) = asked
    assert 2000 + 16 * 12 < soft <= hard == 4096
    told = provide(locks=9000, lanes=16)
    assert "9000 locks" in told
    assert "the limit is 4096" in told
    assert len(asked) == 1


def many(place: Path, repositories: int) -> Path:
    lines = [f"  - path: {place}/r{number}.borg\n" for number in range(repositories)]
    path = place / "many.yaml"
    path.write_text(
        "source_directories: [/etc/hostname]\nrepositories:\n" + "".join(lines) + "commands:\n"
        f"  - before: configuration\n    run: [touch {place}/stopped]\n"
        f"  - after: configuration\n    run: [rm {place}/stopped]\n"
        f"  - after: error\n    run: [touch {place}/alarm]\n"
    )
    path.chmod(0o600)
    return path


def limited(place: Path, limits: str, *words: str) -> subprocess.CompletedProcess[str]:
    """A run below limits of the shell's `ulimit`."""
    (place / "bin").mkdir()
    borg = place / "bin/borg"
    borg.write_text(f'#!/bin/sh\n{MADE}\ncase "$*" in *--version*) echo borg 1.2.4;; esac\n')
    borg.chmod(0o755)
    environment = {
        "PATH": f"{place}/bin:/usr/bin:/bin",
        "HOME": str(place),
        "BORGPLAN_STATE_DIRECTORY": f"{place}/state",
    }
    program = [sys.executable, "-m", "borgplan.runtime", "apply", *words]
    return subprocess.run(
        ["bash", "-c", f'{limits}; exec "$@"', "bash", *program],
        env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_a_run_of_many_repositories_raises_its_limit(tmp_path: Path) -> None:
    ran = limited(tmp_path, "ulimit -Sn 64", str(many(tmp_path, 70)), "-j", "4", "-a", "create")
    assert ran.returncode == 0, ran.stderr
    assert not (tmp_path / "stopped").exists()


@pytest.mark.parametrize("limit", [24, 64, 150])
def test_a_run_that_needs_more_than_there_is_does_not_begin(tmp_path: Path, limit: int) -> None:
    ran = limited(
        tmp_path, f"ulimit -n {limit}", str(many(tmp_path, 70)), "-j", "4", "-a", "create"
    )
    assert ran.returncode == 2
    assert "Traceback" not in ran.stderr
    assert (
        f"open files at once (70 locks, and 16 for each of 4 steps), and the limit is {limit}"
        in ran.stderr
    )
    assert not (tmp_path / "stopped").exists()
    assert not (tmp_path / "alarm").exists()


def test_a_disk_that_takes_nothing_for_pattern_files_is_a_failed_step(tmp_path: Path) -> None:
    """Files in memory count, too. Neither can the journal be written then."""
    ran = limited(tmp_path, "ulimit -f 0", str(many(tmp_path, 2)), "-a", "create")
    assert ran.returncode == 1, ran.stderr
    assert "borg create could not be started: file too large" in ran.stderr
    assert (tmp_path / "alarm").exists()


def test_a_hook_that_is_too_long_for_the_system_is_a_failed_step(tmp_path: Path) -> None:
    with Signals() as signals:
        runner = ProcessRunner((), {}, signals, Recorder(), 0.3)
        long = step("s", work=shell(f": {'x' * 200_000}"))
        result = GuardedRunner(runner).run(long, {})
    assert result.outcome is Outcome.HARD
    assert result.note == "could not be started: argument list too long"


def test_a_directory_that_is_gone_is_a_failed_step(tmp_path: Path) -> None:
    with Signals() as signals:
        runner = ProcessRunner((), {}, signals, Recorder(), 0.3)
        work = shell("true")._replace(directory=f"{tmp_path}/gone")
        result = GuardedRunner(runner).run(step("s", work=work), {})
    assert (result.outcome, result.ran) == (Outcome.HARD, False)
    assert result.note == f"could not be started: there is no directory {tmp_path}/gone"
