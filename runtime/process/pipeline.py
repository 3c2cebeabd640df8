"""The programs upstream of a step's process: started with it, watched beside it, and judged together with it.

What the process reads ends only once each of them has ended well, so that a cut dump is never taken for a whole one:
until then borgplan itself holds the pipe open. Nothing of what flows passes through borgplan.
"""

from __future__ import annotations

import os
import select

from ...compiler.plan.exits import Outcome
from ...compiler.plan.work import Process
from ...compiler.support.record import NamedTuple
from ..engine.runner import Fed, Result
from ..engine.wording import ending
from ..system.launch import Child, Launch, close_all, end
from .channels import Channels, reason_given, take
from .redact import Masks
from .signals import Stopper
from .verdict import verdict

_LAST_READS = 32  # as of `watch`
_CHUNK = 65536


class Started(NamedTuple):
    """What was started: a process, what is upstream of it, and both ends of the pipe between."""

    child: Child
    upstream: tuple[Child, ...] = ()
    ends: tuple[int, int] = (-1, -1)


def start(launch: Launch, upstream: list[Launch]) -> Started:
    """Start a process with what is upstream of it. Raises OSError or ValueError, with nothing left, if one can't be started."""
    opened: list[int] = []
    started: list[Child] = []
    try:
        reads: int | None = None
        for one in upstream:
            pipe = os.pipe()
            opened += pipe
            started.append(one._replace(reads=reads, prints=pipe[1]).start())
            reads = pipe[0]
        child = launch._replace(reads=reads).start()
    except BaseException:
        for running in started:
            end(running.process, 0)
            running.close()
        close_all(opened)
        raise
    close_all(opened[:-2])
    return Started(child, tuple(started), (opened[-2], opened[-1]))


class Pipeline:
    """Watches what is upstream while its process runs, and stops all where one of them fails.

    `channels`: of each. `failed`: how the first one that failed ended, in words; empty if none has.
    """

    def __init__(
        self,
        started: Started,
        works: tuple[Process, ...],
        channels: tuple[Channels, ...],
        stopper: Stopper,
        masks: Masks,
    ) -> None:
        self.failed = ""
        self._started = started
        self._works = works
        self._channels = channels
        self._stopper = stopper
        self._masks = masks
        self._held: int | None = started.ends[1]
        self._exits: dict[int, int] = {}
        self._running = set(range(len(works)))
        self._is_draining = False
        self._unread = False
        self._main_ended = False
        stopper.beside += [one.process for one in started.upstream]

    def register(self, poll: select.poll) -> dict[int, object]:
        """Make a poll look at the upstream, too; gives what it looks at."""
        streams = self._streams()
        for descriptor in streams:
            os.set_blocking(descriptor, False)
        for number, one in enumerate(self._started.upstream):
            self._exits[os.pidfd_open(one.process.pid)] = number
        for descriptor in (*streams, *self._exits):
            poll.register(descriptor, select.POLLIN)
        return {**streams, **self._exits}

    def _streams(self) -> dict[int, Channels]:
        """What each one prints to standard error."""
        return {
            one.pipes[0]: channels
            for one, channels in zip(self._started.upstream, self._channels, strict=True)
        }

    @property
    def is_running(self) -> bool:
        return bool(self._running)

    @property
    def wait(self) -> int | None:
        """Its descriptors tell of everything."""
        return None

    @property
    def rest(self) -> int:
        """Nothing passes through borgplan."""
        return 0

    def happened(self, descriptor: int, poll: select.poll) -> None:
        """Something can be read, or one of them has ended."""
        if descriptor == self._started.ends[0]:
            if not self._drain():
                poll.unregister(descriptor)
        elif (channels := self._streams().get(descriptor)) is not None and not take(
            descriptor, channels.output
        ):
            poll.unregister(descriptor)

    def look(self, code: int | None, poll: select.poll) -> None:
        """See what has ended. `code`: of the process, if it has."""
        for descriptor, number in self._exits.items():
            if (
                number in self._running
                and self._started.upstream[number].process.poll() is not None
            ):
                self._running.discard(number)
                poll.unregister(descriptor)
                self._judge(number)
        if not self._running and not self.failed and self._held is not None and code is None:
            os.close(self._held)
            self._held = None
        if code is not None and not self._main_ended:
            self._main_ended = True
            self._after(code, poll)

    def _judge(self, number: int) -> None:
        work, child, channels = (
            self._works[number],
            self._started.upstream[number],
            self._channels[number],
        )
        for _ in range(_LAST_READS):
            if not take(child.pipes[0], channels.output):
                break
        channels.output.end()
        code = child.process.returncode
        if self._main_ended and not self._is_draining:
            return  # stopped with its process, which is to blame
        outcome, note = verdict(work, code, channels.log, answered=False)
        if (
            outcome is Outcome.DONE
            or self.failed
            or self._stopper.stopped
            or self._stopper.timed_out
        ):
            return
        why = reason_given(work, outcome, code, channels, self._masks)
        note = note or ending(Result(Outcome.HARD, code))
        self.failed = f"{work.program} {note}" + (f": {why}" if why and why not in note else "")
        self._stopper.give_up()

    def _after(self, code: int, poll: select.poll) -> None:
        """The process has ended: what it left unread is read, so that upstream end by themselves, or they are stopped."""
        self._unread = self._held is not None and not self.failed
        if code != 0:
            if self._running:
                self._stopper.give_up()
            return
        self._is_draining = True
        os.set_blocking(self._started.ends[0], False)
        if self._held is not None:
            os.close(self._held)
            self._held = None
        if self._drain():
            poll.register(self._started.ends[0], select.POLLIN)

    def _drain(self) -> bool:
        """Read what is there; whether more may come."""
        try:
            while os.read(self._started.ends[0], _CHUNK):
                self._unread = True
        except BlockingIOError:
            return True
        return False

    def problem(self, work: Process, code: int) -> str:
        """Why the step has failed although its process may have ended well; empty if nothing speaks against it."""
        if self.failed:
            return f"{self.failed}; {work.program} was stopped before the end of its input"
        if code == 0 and self._unread and not work.skims:
            return f"{work.program} ended before it had read all of its input"
        return ""

    @property
    def fed(self) -> tuple[Fed, ...]:
        return ()

    def close(self) -> None:
        """Give all descriptors back."""
        close_all([*self._exits, self._started.ends[0]])
        if self._held is not None:
            os.close(self._held)
        for one in self._started.upstream:
            one.close()
