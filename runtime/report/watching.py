"""What runs just now, for who watches: a block at the bottom of a terminal, or a line every so often."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping

from ...compiler.plan.index import Index
from ...compiler.plan.model import Plan, Scope, ScopeKind, Step, StepId
from ...compiler.plan.work import Shell
from ..engine.progress import Expected, Pace, Progress
from ..engine.runner import Result
from ..engine.wording import subject
from .console import Console
from .live_lines import Running, line_of

_NOTHING = Expected()


class Watch:
    """Of a whole run. `expected`: of its steps, as far as anything is known."""

    def __init__(self, plan: Plan, tree: Index, expected: Mapping[StepId, Expected]) -> None:
        self.numbers = {step.id: number for number, step in enumerate(plan.steps, 1)}
        self.tree = tree
        self.expected = expected
        self._lanes: list[LaneWatch] = []
        self._lock = threading.Lock()

    def lane(self, console: Console, name: str = "", every: float | None = None) -> LaneWatch:
        """Another lane. `every`: seconds between lines; None for none."""
        lane = LaneWatch(self, console, name, every)
        with self._lock:
            self._lanes.append(lane)
        return lane

    def leave(self, lane: LaneWatch) -> None:
        with self._lock:
            self._lanes.remove(lane)

    def running(self) -> list[Running]:
        """What runs now, in the plan's order."""
        with self._lock:
            lanes = tuple(self._lanes)
        now = time.monotonic()
        found = [running for lane in lanes if (running := lane.running(now)) is not None]
        return sorted(found, key=lambda running: running.number)


class LaneWatch:
    """A `Reporter` and a `Watcher` of one lane."""

    def __init__(self, watch: Watch, console: Console, name: str, every: float | None) -> None:
        self._watch = watch
        self._console = console
        self._name = name
        self._every = every
        self._told_at = 0.0
        self._now: tuple[Step, Pace] | None = None

    def started(self, step: Step) -> None:
        self._told_at = time.monotonic()
        self._now = step, Pace(self._told_at, self._watch.expected.get(step.id, _NOTHING))

    def ended(self, step: Step, result: Result) -> None:  # noqa: ARG002  # as all reporters have it
        self._now = None

    def repeated(self, scope: Scope, attempt: int) -> None: ...

    def again(self, step: Step, attempt: int) -> None: ...

    def progress(self, progress: Progress) -> None:
        if self._now is not None:
            self._now[1].take(progress, time.monotonic())

    def look(self) -> None:
        """A line, if it is time for one."""
        now = time.monotonic()
        if self._every is None or now - self._told_at < self._every:
            return
        self._told_at = now
        running = self.running(now)
        if running is not None:
            self._console.aside(line_of(running))

    def running(self, now: float) -> Running | None:
        current = self._now
        if current is None:
            return None
        step, pace = current
        tree, numbers = self._watch.tree, self._watch.numbers
        repository = tree.name_of(step.scope, ScopeKind.REPOSITORY)
        what = subject(step)
        title = what if isinstance(step.work, Shell) or not repository else f"{what} {repository}"
        return Running(
            self._name, numbers[step.id], len(numbers), title,
            now - pace.began, pace.latest, pace.estimate(now), pace.expected,
        )  # fmt: skip
