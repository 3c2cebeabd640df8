"""What a run says, to a reader that may be slow, or stand still for good."""

from __future__ import annotations

import os
import select
import stat
import sys
import time
from contextlib import suppress

from ...compiler.plan.model import Step, StepId
from ...compiler.support.record import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from typing import IO

_LAST_WAIT = 1.0  # seconds for a reader once the run is to stop
_LOOK_EVERY = 100  # milliseconds
_GAP = b"\n[... not shown: nobody read it in time]\n"
_PIECE = 4096  # bytes that fit whenever a pipe can be written to (pipe(7), PIPE_BUF)


class Stoppable(Protocol):
    """What tells that a run is to stop."""

    @property
    def first(self) -> int | None:
        """The signal that came first, if one did."""


class Writer:
    """Standard output and standard error.

    Who reads slowly is waited for, so that nothing is lost, as a pipe does it. But a signal has to stop the run,
    and a time limit its step, whoever reads: from then on what finds no room is dropped, and that is told as soon
    as there is room again. `gave_up`: after a signal.
    """

    def __init__(self, signals: Stoppable | None = None) -> None:
        self._signals = signals
        # Descriptors that don't block, by those they stand for.
        self._own: dict[int, int | None] = {}
        self._limits: dict[StepId, float] = {}
        self._last: float | None = None  # until when a reader is waited for after a signal
        self._waits = True
        self._dropped = False
        self.gave_up = False

    def started(self, step: Step) -> None:
        """The step's time limit counts from now on."""
        if step.timeout is not None:
            self._limits[step.id] = time.monotonic() + step.timeout

    def ended(self, step: Step) -> None:
        self._limits.pop(step.id, None)

    def write(self, data: bytes, stream: IO[str] | None = None) -> None:
        """To standard error, or elsewhere. A reader that has gone away must not end a backup."""
        stream = stream or sys.stderr
        view = memoryview(_GAP + data if self._dropped else data)
        with suppress(OSError, ValueError):  # ValueError: there is no such stream, or not any more
            stream.flush()
            while view and (written := self._some(stream.fileno(), view)):
                if self._dropped:  # it is read again, and so waited for
                    self._dropped, self._waits = False, True
                view = view[written:]

    def close(self) -> None:
        """Nothing runs any more that a reader could hold up."""
        if self._dropped and not self.gave_up:
            self._waits = True
            self.write(b"")
        for descriptor in self._own.values():
            if descriptor is not None:
                os.close(descriptor)
        self._own.clear()

    def _some(self, descriptor: int, view: memoryview) -> int:
        """Write what there is room for, and wait for room; how many bytes that was, 0 if it was over before."""
        own = self._not_blocking(descriptor)
        if own is None:
            return os.write(descriptor, view[:_PIECE]) if self._has_room(descriptor) else 0
        while True:
            try:
                return os.write(own, view)
            except BlockingIOError:
                if not self._has_room(own):
                    return 0

    def _not_blocking(self, descriptor: int) -> int | None:
        """The same pipe or terminal opened once more: it shares its state with nobody. None if it can't be,
        or is something else."""
        if descriptor not in self._own:
            self._own[descriptor] = None
            kind = os.fstat(descriptor).st_mode
            if stat.S_ISFIFO(kind) or stat.S_ISCHR(kind):
                flags = os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
                with suppress(OSError):  # a terminal of somebody else
                    self._own[descriptor] = os.open(f"/proc/self/fd/{descriptor}", flags)
        return self._own[descriptor]

    def _has_room(self, descriptor: int) -> bool:
        """Whether there is room, maybe after a while."""
        poll = select.poll()
        poll.register(descriptor, select.POLLOUT)
        while not poll.poll(0 if self._is_over() else _LOOK_EVERY):
            if self._is_over():
                self._dropped = True
                self.gave_up = self._last is not None
                return False
        return True

    def _is_over(self) -> bool:
        now = time.monotonic()
        if any(limit <= now for limit in tuple(self._limits.values())):
            self._waits = False
        if not self._waits:
            return True
        if self._signals is None or self._signals.first is None:
            return False
        self._last = self._last or now + _LAST_WAIT
        return now >= self._last
