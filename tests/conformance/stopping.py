"""Real runs of `apply` that get a real signal at a chosen step, and what their plan announced for that.

The announcement comes from interpreting the plan without any process; the run is seen by its journal, by
the stand-ins that noted themselves, by its exit code and by the processes that are left.
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import Enum
from pathlib import Path
from typing import Any, NamedTuple

from borgplan.compiler.plan.exits import Outcome
from borgplan.compiler.plan.index import index
from borgplan.compiler.plan.model import LEAVING, Plan, ScopeKind, Step, StepId
from borgplan.compiler.plan.words import Value
from borgplan.compiler.plan.work import Shell
from borgplan.runtime.engine.runner import Result
from borgplan.runtime.engine.walk import interpret
from borgplan.runtime.journal.marks import groups, marked
from borgplan.runtime.journal.records import Run, runs, steps
from borgplan.runtime.journal.store import open_for_reading
from tests.conformance.scenario import Scenario, comparable, told_failures
from tests.conformance.test_traces import FaultRunner
from tests.support.laboratory import Laboratory, Server, normal
from tests.support.stand_in_rules import Faults

STAND_IN = Path(__file__).parents[1] / "support/held_stand_in.sh"
_PATIENCE = 60.0  # seconds until a run that doesn't come to its step is given up


class Moment(Enum):
    DURING = "during"  # a step
    AFTER = "after"  # it has ended, and the next one has not begun


class Point(NamedTuple):
    """Where a signal comes. `turn`: of the steps as they run, from 0; a repeated one has several."""

    turn: int
    moment: Moment
    number: signal.Signals


class Story(NamedTuple):
    """A run: its steps and how each ended, what the stand-ins were started as, the exit code."""

    ended: list[tuple[StepId, Outcome]]
    trace: list[list[str]]
    exit_code: int


class Turn(NamedTuple):
    """One step that runs. `ends`: what becomes of each stand-in that it starts. `leaves`: it is a cleanup,
    which no signal stops."""

    step: StepId
    outcome: Outcome
    ends: list[str]
    leaves: bool

    def can_be_held(self, moment: Moment) -> bool:
        """Whether it starts a stand-in, and one that ends by itself where no signal ends it."""
        if moment is Moment.DURING and not self.leaves:
            return bool(self.ends)
        held = self.ends[:1] if moment is Moment.DURING else self.ends[-1:]
        return bool(held) and not held[0].startswith("kill")


class _Noting(Faults):
    """Faults that are remembered as they strike."""

    def __init__(self, faults: Sequence[dict[str, Any]]) -> None:
        super().__init__(faults)
        self.taken: list[str] = []

    def take(self, event: str, argv: list[str]) -> dict[str, Any]:
        fault = super().take(event, argv)
        ends = f"kill {fault['signal']}" if fault.get("signal") else str(fault.get("exit", 0))
        self.taken.append(ends)
        return fault


class Prediction(FaultRunner):
    """What runs if a signal comes at a point, or if none does."""

    def __init__(
        self,
        scenario: Scenario,
        faults: Sequence[dict[str, Any]],
        stage: Stage,
        name_of: Callable[[str, ScopeKind], str],
        point: Point | None = None,
    ) -> None:
        super().__init__(scenario, stage.laboratory, name_of)
        self._stage = stage
        self._noting = self._faults = _Noting(faults)
        self._point = point
        self.turns: list[Turn] = []

    def run(self, step: Step, values: Mapping[Value, str]) -> Result:
        before = len(self.trace)
        self._noting.taken.clear()
        result = self._result(step, values)
        started = len(self.trace) - before
        ends = list(self._noting.taken) or ["0"] * started
        if self._point and self._point.turn == len(self.turns):
            self.signal = self._point.number
            if self._point.moment is Moment.DURING and step.phase in LEAVING:
                ends[0] = f"hold {ends[0]}"
            elif self._point.moment is Moment.DURING:
                result = Result(Outcome.INTERRUPTED, -self._point.number)
                ends = ["hold 0"]
                del self.trace[before + 1 :]
            else:
                ends[-1] = f"hold {ends[-1]}"
        self.turns.append(Turn(step.id, result.outcome, ends, step.phase in LEAVING))
        return result

    def _by_itself(self, work: Shell, late: Mapping[str, str], umask: str) -> Result:
        code, trace = self._stage.script(
            work.script, {**self._environment, **late}, Path(self._cwd, work.directory or ""), umask
        )
        self.trace += trace
        return Result(work.exits.outcome(code), code)


class Stage:
    """A laboratory with stand-ins that can be stopped at."""

    def __init__(self, laboratory: Laboratory, server: Server) -> None:
        self.laboratory = laboratory
        self._server = server
        self._state = laboratory.tmp / "state"
        self._scripts: dict[object, tuple[int, list[list[str]]]] = {}
        for name in ("borg", "hook"):
            (laboratory.tmp / "bin" / name).write_bytes(STAND_IN.read_bytes())
        for name in ("ready", "go"):
            os.mkfifo(self._state / name)
        # Both ways, so that nobody's opening it waits.
        self._ready = os.open(self._state / "ready", os.O_RDWR | os.O_NONBLOCK)
        self._go = os.open(self._state / "go", os.O_RDWR | os.O_NONBLOCK)

    def close(self) -> None:
        os.close(self._ready)
        os.close(self._go)

    def predicted(
        self,
        plan: Plan,
        scenario: Scenario,
        faults: Sequence[dict[str, Any]],
        point: Point | None = None,
    ) -> tuple[Story, list[Turn]]:
        runner = Prediction(scenario, faults, self, index(plan).name_of, point)
        report = interpret(plan, runner)
        ended = [(turn.step, turn.outcome) for turn in runner.turns]
        return Story(
            ended, self._comparable(runner.trace, scenario), report.exit_code
        ), runner.turns

    def ran(
        self, words: Sequence[str], scenario: Scenario, turns: Sequence[Turn], point: Point
    ) -> tuple[Story, list[str]]:
        """How a real run with a signal went, and everything about it that must not be."""
        self._prepare([end for turn in turns for end in turn.ends])
        tmp = str(self.laboratory.tmp)
        own = {k: v.replace("$TMP", tmp) for k, v in scenario.data.get("env", {}).items()}
        environment = {**self.laboratory.environment(), **own}
        pid = self._server.start(
            {
                "argv": ["apply", "--offline", *words],
                "cwd": f"{tmp}/cwd",
                "env": environment,
                "umask": scenario.data.get("umask", "0022"),
                "stdout": str(self._state / "stdout"),
                "stderr": str(self._state / "stderr"),
            }
        )
        stopped = turns[point.turn]
        problems = list(self._stop(pid, point, stopped, environment["BORGPLAN_STATE_DIRECTORY"]))
        code = self._server.wait()
        problems += [f"process {left} is left" for left in self._left()]
        run, ended = self._noted(environment["BORGPLAN_STATE_DIRECTORY"])
        noted = (run.exit_code, run.closed) if run else None
        if noted != (code, "ended"):
            problems.append(f"exit code {code}, noted: {noted}")
        trace = self._comparable([normal(event) for event in self._events()], scenario)
        return Story(ended, trace, code), problems

    def script(
        self, text: str, env: Mapping[str, str], directory: Path, umask: str
    ) -> tuple[int, list[list[str]]]:
        """What a hook of more than one command does by itself: only a shell can say."""
        asked = (text, tuple(env.items()), str(directory), umask)
        if asked not in self._scripts:
            self._prepare([])
            ran = subprocess.run(
                ["/bin/sh", "-c", text], env={**self.laboratory.environment(), **env}, cwd=directory,
                umask=int(umask, 8), stdin=subprocess.DEVNULL, capture_output=True,
            )  # fmt: skip
            code = ran.returncode if ran.returncode >= 0 else 128 - ran.returncode
            self._scripts[asked] = code, [normal(event) for event in self._events()]
        return self._scripts[asked]

    def _prepare(self, ends: Sequence[str]) -> None:
        (self._state / "ends").write_text("".join(f"{end}\n" for end in ends))
        for name in ("begun", "ran"):
            (self._state / name).write_text("")

    def said(self) -> str:
        return (self._state / "stderr").read_text(errors="replace")

    def _stop(self, pid: int, point: Point, turn: Turn, state: str) -> Iterator[str]:
        """Send the signal when the step is there; what went wrong."""
        held = self._held(pid)
        if held is None:
            yield "it never came to its step"
            return
        leader = os.getsid(held)
        if leader == os.getsid(pid):
            yield "the step has no session of its own"
        if point.moment is Moment.DURING:
            os.kill(pid, point.number)
            if turn.leaves:
                os.write(self._go, b"go\n")
            return
        journal = open_for_reading(f"{state}/journal")
        assert journal is not None
        _wait_until(lambda: leader in _groups(f"{state}/journal"))
        # Who can't note the end of a step is between two of them.
        journal.execute("BEGIN IMMEDIATE")
        os.write(self._go, b"go\n")
        _wait_until(lambda: not Path(f"/proc/{leader}").exists())
        os.kill(pid, point.number)
        journal.execute("ROLLBACK")
        journal.close()

    def _held(self, pid: int) -> int | None:
        """The stand-in that waits; None if the run ends before there is one."""
        try:
            run = os.pidfd_open(pid)
        except ProcessLookupError:
            return None
        try:
            select.select([self._ready, run], [], [], _PATIENCE)
            try:
                return int(os.read(self._ready, 100))
            except BlockingIOError:
                os.kill(pid, signal.SIGKILL)
                return None
        finally:
            os.close(run)

    def _left(self) -> Iterator[str]:
        """Processes of the run that still live; whoever it started inherited its environment."""
        mark = f"LAB_STATE={self._state}\0".encode()
        for name in os.listdir("/proc"):
            if name.isdigit():
                try:
                    ours = mark in Path(f"/proc/{name}/environ").read_bytes()
                except OSError:
                    continue
                if ours:
                    os.kill(int(name), signal.SIGKILL)
                    yield name

    def _noted(self, state: str) -> tuple[Run | None, list[tuple[StepId, Outcome]]]:
        journal = open_for_reading(f"{state}/journal")
        if journal is None:
            return None, []
        try:
            run = next(runs(journal, 1), None)
            records = steps(journal, run) if run else []
            return run, [(record.step, record.outcome) for record in records if record.outcome]
        finally:
            journal.close()

    def _events(self) -> Iterator[dict[str, Any]]:
        words = (self._state / "ran").read_bytes().decode("utf-8", "surrogateescape").split("\0")
        while len(words) > 1:
            count, name, umask = int(words[0]), words[1], words[2]
            yield {"event": name, "umask": umask, "argv": words[3 : 3 + count]}
            del words[: 3 + count]

    def _comparable(self, trace: list[list[str]], scenario: Scenario) -> list[list[str]]:
        return comparable(trace, str(self.laboratory.tmp), only_names=told_failures(scenario))


def _groups(journal: str) -> list[int]:
    """The process groups that runs which go on have noted."""
    found = [groups(journal, run).values() for run in marked(journal)]
    return [group.pid for of_run in found for of_step in of_run for group in of_step]


def _wait_until(holds: Callable[[], object]) -> None:
    """Nobody tells of what is waited for here; it takes some milliseconds at most."""
    end = time.monotonic() + _PATIENCE
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.001)


def shape(plan: Plan, turns: Sequence[Turn]) -> list[str]:
    """For each turn what tells a point at it from others: scopes, steps, their effects, and what failed
    before. Not what the commands are, which changes nothing of it."""
    places = {scope.id: place for place, scope in enumerate(plan.scopes)}
    numbers = {step.id: number for number, step in enumerate(plan.steps)}
    scopes = [
        (places.get(s.parent or ""), s.kind, s.on_child_skipped, s.on_child_failed, s.retry)
        for s in plan.scopes
    ]
    all_steps = [
        (
            places[s.scope], s.phase, s.trigger, s.on_soft, s.on_hard, s.repeat, type(s.work).__name__,
            s.work.exits.soft,
        )
        for s in plan.steps
    ]  # fmt: skip
    whole = str((scopes, all_steps))
    found: list[str] = []
    attempts = Counter[StepId]()
    bad: list[str] = []
    for turn in turns:
        number = numbers[turn.step]
        # How it failed matters to those that clean up; to others, that something did.
        cleans = plan.steps[number].phase in LEAVING
        before = (bad[-1], len(bad) > 1) if bad and cleans else bool(bad)
        found.append(f"{whole} {number} {attempts[turn.step]} {before}")
        attempts[turn.step] += 1
        if turn.outcome is not Outcome.DONE:
            bad.append(turn.outcome.value)
    return found
