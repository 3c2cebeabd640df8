"""Time limits and repetitions of steps, with real processes."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from borgplan.compiler.plan.exits import Outcome
from borgplan.compiler.plan.model import Phase, Plan, Repeat, Status, Step, Trigger
from borgplan.compiler.plan.words import Late
from borgplan.compiler.plan.work import Process, Shell
from borgplan.runtime.engine.ended import Report
from borgplan.runtime.engine.reporters import Silent
from borgplan.runtime.engine.runner import DryRunner, Result
from borgplan.runtime.engine.walk import interpret
from borgplan.runtime.process.runner import ProcessRunner
from borgplan.runtime.process.signals import Signals
from tests.runtime.build import FAILED_LEAVE, FAILED_NEXT, command, plan, run_scope, shell, step
from tests.runtime.conftest import Recorder

SECOND_LIMIT = 1  # limits are whole seconds; less is given where a test needs no plan


def is_gone(pid: int) -> bool:
    """Ended, collected or not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return True
    return state in "ZX"


class Lab:
    """Runs plans and single steps with a short time of grace."""

    def __init__(self, signals: Signals, grace: float = 0.2) -> None:
        self.signals = signals
        self.sink = Recorder()
        self.runner = ProcessRunner((), {}, signals, self.sink, grace)
        self.again: list[tuple[str, int]] = []

    def step(self, work: Shell | Process, limit: float, phase: Phase = Phase.BODY) -> Result:
        return self.runner.run(limited(work, limit, phase), {})

    def interpret(self, tested: Plan) -> Report:
        lab = self

        class Noting(Silent):
            def again(self, step: Step, attempt: int) -> None:
                lab.again.append((step.id, attempt))

        return interpret(tested, self.runner, Noting())


@pytest.fixture
def lab() -> Iterator[Lab]:
    with Signals() as signals:
        yield Lab(signals)


def limited(work: Shell | Process, limit: float, phase: Phase = Phase.BODY) -> Step:
    return step("limited", phase=phase, work=work)._replace(timeout=limit)  # type: ignore[arg-type]


@contextmanager
def signal_when(lab: Lab, word: bytes, number: int = signal.SIGTERM) -> Iterator[None]:
    """This process gets a signal once a step has printed the word."""

    def send(data: bytes) -> None:
        if word in data:
            lab.sink.on_output = None
            signal.raise_signal(number)

    lab.sink.on_output = send
    yield


# --- time limits ---


def test_a_step_that_ends_in_time_is_not_stopped(lab: Lab) -> None:
    result = lab.step(shell("echo done"), 5)
    assert (result.outcome, result.code, result.note) == (Outcome.DONE, 0, "")


def test_a_hook_that_sleeps_is_stopped(lab: Lab) -> None:
    result = lab.step(shell("echo begun; sleep 1000"), 0.2)
    assert (result.outcome, result.code) == (Outcome.HARD, -signal.SIGTERM)
    assert result.note == "was stopped after 0.2 s, its time limit"
    assert result.output == "begun"
    assert result.seconds < 2


def test_the_limit_is_a_hard_failure_whatever_the_hook_ends_with(lab: Lab) -> None:
    for code in (0, 75):
        script = f"trap 'exit {code}' TERM; echo begun; while :; do sleep 0.02; done"
        result = lab.step(shell(script), 0.2)
        assert (result.outcome, result.code) == (Outcome.HARD, code)
        assert "time limit" in result.note


def test_a_hook_that_ignores_sigterm_is_ended_by_force(lab: Lab) -> None:
    result = lab.step(shell("trap '' TERM; while :; do sleep 0.02; done"), 0.1)
    assert (result.outcome, result.code) == (Outcome.HARD, -signal.SIGKILL)
    assert 0.3 <= result.seconds < 2


def test_what_the_hook_prints_on_leaving_is_kept(lab: Lab) -> None:
    script = "trap 'echo cleaned; exit 1' TERM; echo begun; while :; do sleep 0.02; done"
    output = lab.step(shell(script), 0.2).output
    assert output.startswith("begun\n")
    assert output.endswith("\ncleaned")


def test_children_are_stopped_too(lab: Lab) -> None:
    result = lab.step(shell("sleep 1000 & echo $!; (sleep 1000; true) & echo $!; wait"), 0.2)
    assert result.outcome is Outcome.HARD
    pids = [int(line) for line in result.output.splitlines()]
    assert len(pids) == 2
    assert all(is_gone(pid) for pid in pids)


def test_children_that_ignore_sigterm_are_ended_by_force(lab: Lab) -> None:
    script = "(trap '' TERM; while :; do sleep 0.02; done) & echo $!; exec sleep 1000"
    result = lab.step(shell(script), 0.2)
    assert (result.outcome, result.code) == (Outcome.HARD, -signal.SIGTERM)
    assert is_gone(int(result.output))


def test_what_a_hook_leaves_in_the_background_is_not_limited(lab: Lab) -> None:
    result = lab.step(shell("sleep 1000 & echo $!"), 0.5)
    assert result.outcome is Outcome.DONE
    assert not is_gone(int(result.output))
    os.kill(int(result.output), signal.SIGKILL)


def test_without_pidfd_the_limit_holds_too(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "pidfd_open")
    assert lab.step(shell("sleep 1000"), 0.2).outcome is Outcome.HARD


def test_output_without_end_does_not_put_the_limit_off(lab: Lab) -> None:
    lab.sink.on_output = lambda _: lab.sink.__setattr__("data", b"")
    result = lab.step(shell("exec yes"), 0.3)
    assert result.outcome is Outcome.HARD
    assert result.seconds < 3


def test_a_borg_command_is_limited_as_well(lab: Lab, tmp_path: Path) -> None:
    borg = tmp_path / "borg"
    borg.write_text("#!/bin/sh\necho $1; exec sleep 1000\n")
    borg.chmod(0o755)
    result = lab.step(command(str(borg), "create"), 0.2)
    assert (result.outcome, result.output) == (Outcome.HARD, "create")


@pytest.mark.parametrize("phase", [Phase.EXIT, Phase.RECOVER])
def test_steps_for_leaving_are_limited_as_well(lab: Lab, phase: Phase) -> None:
    trigger = Trigger.ALWAYS if phase is Phase.EXIT else Trigger.FAILURE
    tested = plan(
        [run_scope()],
        [
            step("false", hard=FAILED_NEXT),
            step("sleep 1000", phase=phase, trigger=trigger, hard=FAILED_NEXT)._replace(timeout=1),
            step("true", phase=phase, trigger=trigger),
        ],
    )
    report = lab.interpret(tested)
    assert report.failed == ("false", "sleep 1000")
    assert list(report.results) == ["false", "sleep 1000", "true"]
    assert report.exit_code == 1


def test_error_hooks_are_told_of_the_limit(lab: Lab, tmp_path: Path) -> None:
    told = shell('printf "%s" "$E"', late=(("E", Late.ERROR),))
    tested = plan(
        [run_scope()],
        [
            step("sleep 1000")._replace(timeout=SECOND_LIMIT),
            step("tell", phase=Phase.RECOVER, trigger=Trigger.FAILURE, work=told),
        ],
    )
    report = lab.interpret(tested)
    assert report.results["tell"].output == "`sleep 1000` was stopped after 1 s, its time limit"


def test_a_signal_before_the_limit_makes_it_an_interrupt(lab: Lab) -> None:
    with signal_when(lab, b"begun"):
        result = lab.step(shell("trap '' TERM; echo begun; while :; do sleep 0.02; done"), 0.3)
    assert result.outcome is Outcome.INTERRUPTED
    assert "time limit" not in result.note


def test_a_signal_after_the_limit_ends_the_run_all_the_same(lab: Lab) -> None:
    lab = Lab(lab.signals, grace=5)
    with signal_when(lab, b"asked"):
        script = "trap 'echo asked' TERM; for i in 1 2 3 4 5 6 7 8 9; do sleep 0.1; done; exit 0"
        result = lab.step(shell(script), 0.2)
    assert result.outcome is Outcome.INTERRUPTED
    assert result.seconds < 4


def test_after_a_signal_a_cleanup_still_has_its_limit(lab: Lab) -> None:
    tested = plan(
        [run_scope()],
        [
            step("echo begun; sleep 1000"),
            step("sleep 1001", phase=Phase.EXIT, trigger=Trigger.ALWAYS, hard=FAILED_NEXT)._replace(timeout=1),
            step("true", phase=Phase.EXIT, trigger=Trigger.ALWAYS),
        ],
    )  # fmt: skip
    with signal_when(lab, b"begun"):
        report = lab.interpret(tested)
    assert report.results["sleep 1001"].note == "was stopped after 1 s, its time limit"
    assert report.results["true"].outcome is Outcome.DONE
    assert report.exit_code == 128 + signal.SIGTERM


@pytest.mark.parametrize("limit", [30 * 86400, 999999 * 3600])
def test_a_limit_of_more_than_24_days(lab: Lab, limit: int) -> None:
    assert lab.step(shell("echo done"), limit).outcome is Outcome.DONE


# --- repetitions ---


def repeated(script: str, times: int, wait: int = 0, limit: int | None = None) -> Plan:
    first = step("first", work=shell(script, step("x").work.exits), hard=FAILED_LEAVE)
    return plan(
        [run_scope()],
        [first._replace(repeat=Repeat(times, wait), timeout=limit), step("true")],
    )


def counting(tmp_path: Path, then: str) -> str:
    """A script that knows in `$n` for which time it runs."""
    return f"echo >> {tmp_path}/runs; n=$(wc -l < {tmp_path}/runs); {then}"


def runs(tmp_path: Path) -> int:
    return (tmp_path / "runs").read_text().count("\n")


def test_a_hook_that_succeeds_at_the_second_attempt_has_not_failed(
    lab: Lab, tmp_path: Path
) -> None:
    report = lab.interpret(repeated(counting(tmp_path, "[ $n = 2 ]"), 5))
    assert runs(tmp_path) == 2
    assert lab.again == [("first", 1)]
    assert (report.status, report.exit_code, report.failed) == (Status.OK, 0, ())
    assert list(report.results) == ["first", "true"]


def test_a_hook_that_never_succeeds_fails_once(lab: Lab, tmp_path: Path) -> None:
    report = lab.interpret(repeated(counting(tmp_path, "echo $n; exit 3"), 2))
    assert runs(tmp_path) == 3
    assert lab.again == [("first", 1), ("first", 2)]
    assert (report.status, report.exit_code, report.failed) == (Status.FAILED, 1, ("first",))
    assert report.results["first"].output.strip() == "3"
    assert list(report.results) == ["first"]


def test_a_soft_failure_is_not_repeated(lab: Lab, tmp_path: Path) -> None:
    report = lab.interpret(repeated(counting(tmp_path, "exit 75"), 5))
    assert runs(tmp_path) == 1
    assert report.status is Status.SKIPPED


def test_a_hard_failure_may_be_followed_by_a_soft_one(lab: Lab, tmp_path: Path) -> None:
    report = lab.interpret(repeated(counting(tmp_path, "[ $n = 2 ] && exit 75; exit 1"), 5))
    assert runs(tmp_path) == 2
    assert (report.status, report.exit_code) == (Status.SKIPPED, 0)


def test_a_limit_holds_for_each_attempt(lab: Lab, tmp_path: Path) -> None:
    report = lab.interpret(repeated(counting(tmp_path, "[ $n = 2 ] || sleep 1000"), 2, limit=1))
    assert runs(tmp_path) == 2
    assert report.exit_code == 0


def test_a_command_that_can_not_be_started_is_tried_again(lab: Lab, tmp_path: Path) -> None:
    missing = step("first", work=command(str(tmp_path / "nope"), "create"))
    report = lab.interpret(plan([run_scope()], [missing._replace(repeat=Repeat(2))]))
    assert lab.again == [("first", 1), ("first", 2)]
    assert report.exit_code == 1


def test_it_waits_between_attempts(lab: Lab, tmp_path: Path) -> None:
    began = time.monotonic()
    lab.interpret(repeated(counting(tmp_path, "[ $n = 2 ]"), 1, wait=1))
    assert 1 <= time.monotonic() - began < 3


def test_a_signal_while_waiting_ends_the_run_at_once(lab: Lab, tmp_path: Path) -> None:
    began = time.monotonic()
    timer = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGTERM))
    timer.start()
    tested = repeated(counting(tmp_path, "exit 1"), 5, wait=1000)
    cleanup = step("echo cleanup", phase=Phase.RECOVER, trigger=Trigger.FAILURE)
    report = lab.interpret(tested._replace(steps=(*tested.steps, cleanup)))
    timer.join()
    assert time.monotonic() - began < 5
    assert runs(tmp_path) == 1
    assert report.exit_code == 128 + signal.SIGTERM
    assert report.results["echo cleanup"].outcome is Outcome.DONE


def test_an_interrupted_step_is_not_repeated(lab: Lab, tmp_path: Path) -> None:
    with signal_when(lab, b"begun"):
        report = lab.interpret(repeated(counting(tmp_path, "echo begun; sleep 1000"), 5))
    assert runs(tmp_path) == 1
    assert report.exit_code == 128 + signal.SIGTERM


def test_in_a_dry_run_hooks_neither_run_nor_repeat(lab: Lab, tmp_path: Path) -> None:
    tested = repeated(counting(tmp_path, "exit 1"), 5, limit=1)
    report = interpret(tested, DryRunner(lab.runner))
    assert not (tmp_path / "runs").exists()
    assert report.exit_code == 0


def test_in_a_dry_run_borgs_dry_form_is_limited_and_repeated(lab: Lab, tmp_path: Path) -> None:
    borg = tmp_path / "borg"
    borg.write_text("#!/bin/sh\n" + counting(tmp_path, "[ $n = 2 ] || exec sleep 1000"))
    borg.chmod(0o755)
    work = command(str(borg), "create", dry=(str(borg), "create", "--dry-run"))
    tested = step("first", work=work)._replace(repeat=Repeat(3), timeout=1)
    report = interpret(plan([run_scope()], [tested]), DryRunner(lab.runner))
    assert runs(tmp_path) == 2
    assert report.exit_code == 0


def test_a_wait_of_more_than_24_days(lab: Lab) -> None:
    timer = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGTERM))
    timer.start()
    try:
        lab.runner.wait(30 * 86400)
    finally:
        timer.join()
    assert lab.runner.signal == signal.SIGTERM
