"""Programs that run beside a step's process and write what it reads as files: dumps on their way to Borg.

borgplan owns the pipes and stands between, so that neither side can wait for ever, and no reader takes a part for
the whole.
"""

from __future__ import annotations

import os
import select
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress

from ...compiler.plan.exits import Outcome
from ...compiler.plan.work import Process
from ..engine.runner import Fed
from ..system.launch import close_all
from ..system.streams import Channel, Tail
from .pump import GRACE, Failure, Pump, Ready, State
from .signals import Stopper, kill_group

# A program that dumps writes a few thousand bytes at a time: this is left to gather in its pipe, which has room for more.
_GATHER = 2  # milliseconds


class Feeds:
    """All feeds of a step, beside the process that reads them. `started` is told the process group of each."""

    def __init__(
        self,
        ready: list[Ready],
        shown: Callable[[], Channel],
        started: Callable[[int], None],
        stopper: Stopper,
    ) -> None:
        self._pumps = [Pump(one, shown(), Tail()) for one in ready]
        self._started = started
        self._stopper = stopper
        self._registered: dict[int, int] = {}
        self._states: list[State] = []
        self._stirred = 0.0

    @property
    def wait(self) -> int | None:
        """Milliseconds until somebody has to look."""
        quiet = time.monotonic() - self._stirred
        waits = [pump.wait(quiet) for pump in self._pumps]
        return min((wait for wait in waits if wait is not None), default=None)

    @property
    def rest(self) -> int:
        """Milliseconds in which what is moved gathers."""
        return _GATHER if any(pump.state is State.RUNNING for pump in self._pumps) else 0

    @property
    def is_running(self) -> bool:
        return any(pump.runs for pump in self._pumps)

    def register(self, poll: select.poll) -> None:
        """Nothing is there yet; `look` says what to wait for."""

    def happened(self, descriptor: int, poll: select.poll) -> None:
        """`look` sees to all of them."""

    def look(self, code: int | None, poll: select.poll) -> None:
        """Go on with all, and say to `poll` what to wait for. `code`: of the reader, if it has ended."""
        if self._stopper.stopped or self._stopper.timed_out:
            self._stop()
        for pump in self._pumps:
            pump.look(self._begun)
            if code is not None and pump.state not in (State.DONE, State.FAILED):
                waits = pump.state is State.WAITING
                how = "Borg ended without reading it" if waits else "Borg ended before it did"
                pump.fail(how, by_reader=True)
        over = {p.child.process.pid for p in self._pumps if p.state is State.DONE and p.child}
        beside = self._stopper.beside
        beside[:] = [one for one in beside if one.pid not in over]  # a number may be used again
        failure = self._failure
        if failure is not None:
            self._stop()
            # A Borg that stops reading is about to say why, such as a disk that is full.
            if code is None and not (failure.by_reader and time.monotonic() < failure.at + GRACE):
                self._stopper.give_up()
        if self._stopper.is_asking:
            for pump in self._pumps:
                pump.hang_up()
        self._register(poll)
        states = [pump.state for pump in self._pumps]
        if states != self._states:
            self._states, self._stirred = states, time.monotonic()

    def problem(self, work: Process, code: int) -> str:
        """Why the step has failed although its process may have ended well; empty if nothing speaks against it."""
        failure = self._failure
        if failure is None:
            return ""
        ends_by_itself = work.exits.outcome(code) is Outcome.HARD and not self._stopper.given_up
        if failure.by_reader and ends_by_itself:
            return ""  # its own words say why
        return failure.text

    @property
    def fed(self) -> tuple[Fed, ...]:
        return tuple(pump.fed for pump in self._pumps)

    @property
    def _failure(self) -> Failure | None:
        """The first that failed."""
        return next((pump.failure for pump in self._pumps if pump.failure is not None), None)

    def _begun(self, process: subprocess.Popen[bytes]) -> None:
        self._stopper.beside.append(process)
        self._started(process.pid)

    def _stop(self) -> None:
        """Ask all programs to end; nothing more is started."""
        for pump in self._pumps:
            if pump.state in (State.WAITING, State.RUNNING, State.ENDING):
                pump.state = State.FAILED
                pump.stop()

    def _register(self, poll: select.poll) -> None:
        wanted = {d: events for pump in self._pumps for d, events in pump.descriptors.items()}
        for descriptor in self._registered.keys() - wanted.keys():
            with suppress(KeyError):
                poll.unregister(descriptor)
        for descriptor, events in wanted.items():
            if self._registered.get(descriptor) != events:
                poll.register(descriptor, events)
        self._registered = wanted

    def close(self) -> None:
        """Once the reader has ended."""
        for pump in self._pumps:
            if pump.child is not None and pump.child.process.poll() is None:
                kill_group(pump.child.process.pid)
                with suppress(subprocess.TimeoutExpired):
                    pump.child.process.wait(GRACE)
            pump.close()
            close_all(pump.ready.inherited)
            pump.ready.inherited.clear()
            with suppress(OSError):
                os.unlink(pump.ready.path)
