"""`--jobs`: children of a scope in threads of their own, as many at a time as are allowed."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from ...compiler.plan.model import Scope, ScopeId, Step
from ...compiler.plan.words import Value
from ...compiler.support.record import TYPE_CHECKING
from ..engine.reporters import Reporter, Reporters
from ..engine.runner import Result, Runner, around
from ..process.guard import GuardedRunner
from ..process.runner import ProcessRunner
from ..process.signals import Signals
from ..report.console import Console, LaneConsole

if TYPE_CHECKING:
    from typing import TypeVar

    from .watched import Watching

    T = TypeVar("T")


class Threads:
    """Does tasks at the same time. All that it is given together, also within a task, uses no more than
    `jobs` threads, counted with those that ask."""

    def __init__(self, jobs: int) -> None:
        self._spare = threading.Semaphore(jobs - 1)

    def run(self, tasks: Sequence[Callable[[], T]]) -> list[T]:
        """What each task gave. Raises what one of them raised, once all have ended."""
        todo = deque(range(len(tasks)))
        found: dict[int, T] = {}
        errors: list[BaseException] = []
        helpers: list[threading.Thread] = []

        def work() -> None:
            while True:
                try:
                    number = todo.popleft()
                except IndexError:
                    return
                if todo and self._spare.acquire(blocking=False):
                    hire()
                try:
                    found[number] = tasks[number]()
                except BaseException as error:  # noqa: BLE001  # raised again by who waits
                    errors.append(error)

        def hire() -> None:
            helper = threading.Thread(target=help_out)
            try:
                helper.start()
            except RuntimeError:  # the system has no more threads for us
                self._spare.release()
            else:
                helpers.append(helper)

        def help_out() -> None:
            try:
                work()
            finally:
                self._spare.release()

        work()
        while helpers:
            helpers.pop().join()
        if errors:
            raise errors[0]
        return [found[number] for number in range(len(tasks))]


class ProcessLanes:
    """Children as real processes. Everybody is told by one at a time."""

    def __init__(
        self,
        waves: Mapping[ScopeId, int],
        threads: Threads,
        processes: ProcessRunner,
        signals: Signals,
        console: Console,
        others: Sequence[Reporter],
        known: Mapping[Value, str],
        watching: Watching,
        *,
        dry_run: bool,
    ) -> None:
        """`others`: who is told beside the console. `known`: late values that a run can't know by itself."""
        self._watching = watching
        self._known = known
        self.waves = waves
        self.run = threads.run
        self._processes = processes
        self._signals = signals
        self._console = console
        self._others = _OneAtATime(Reporters(*others))
        self._writing = threading.Lock()
        self._told: set[str] = set()
        self._dry_run = dry_run

    @contextmanager
    def lane(self, child: Scope) -> Iterator[tuple[Runner, Reporter]]:
        name = child.label or child.name
        console = LaneConsole(self._console, name, self._writing)
        watcher = self._watching.lane(console, name)
        with self._signals.relay() as relay:
            processes = self._processes.lane(relay, console, self._tell)
            processes.watcher = watcher
            watched = self._watching.done_before
            runner = around(processes, self._known, watched=watched, dry_run=self._dry_run)
            watchers = [] if watcher is None else [watcher]
            try:
                yield GuardedRunner(runner), Reporters(console, self._others, *watchers)
            finally:
                self._watching.leave(watcher)

    def _tell(self, text: str) -> None:
        """Once, however many hear of it."""
        with self._writing:
            if text not in self._told:
                self._told.add(text)
                self._console.tell(text)


class _OneAtATime:
    """A reporter for several threads."""

    def __init__(self, inner: Reporter) -> None:
        self._inner = inner
        self._lock = threading.Lock()

    def started(self, step: Step) -> None:
        with self._lock:
            self._inner.started(step)

    def ended(self, step: Step, result: Result) -> None:
        with self._lock:
            self._inner.ended(step, result)

    def repeated(self, scope: Scope, attempt: int) -> None:
        with self._lock:
            self._inner.repeated(scope, attempt)

    def again(self, step: Step, attempt: int) -> None:
        with self._lock:
            self._inner.again(step, attempt)
