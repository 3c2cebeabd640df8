"""A terminal with a block of lines at its bottom: what is said goes above it.

The cursor stands on the line below the block, and no state of the terminal is changed: what a killed run leaves there
is text, and the next prompt begins on a line of its own.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import threading
import time
from contextlib import suppress

from ...compiler.plan.model import Step
from ...compiler.support.record import TYPE_CHECKING
from .writer import Stoppable, Writer

if TYPE_CHECKING:
    from types import FrameType
    from typing import IO

_LONGEST_HELD = 4096  # bytes of a line that isn't complete, and waits in the block
_STOOD_STILL = 2.0  # seconds without a frame: the process was stopped, and a shell may have written
# Seconds: perhaps it was stopped, and the main thread hears of that before the next frame.
_LATE = 0.4


class LiveWriter(Writer):
    """A `Writer` for standard output and standard error that are one terminal.

    A line that isn't complete waits until it is, or becomes too long, or the block ends: `held` shows it meanwhile.
    Nothing waits for a frame: where the terminal stands still, it is left out.
    """

    def __init__(self, signals: Stoppable | None = None) -> None:
        super().__init__(signals)
        self._lock = threading.RLock()
        self._block = b""
        self._rows = 0  # of the block, above the cursor
        self._held = b""
        self._unsent = b""  # the rest of a frame that found no room
        self._is_mid_line = False
        self._drawn_at = 0.0
        self._is_late = True  # nothing has been drawn that a shell could have written below
        self._before: object = None
        self._is_open = False

    @property
    def held(self) -> bytes:
        """What is said of a line that isn't complete."""
        return self._held

    def open(self) -> None:
        """From now on there may be a block. Called in the main thread, as signals are handled there."""
        self._is_open = True
        self._drawn_at = time.monotonic()
        with suppress(ValueError):  # it isn't the main one
            self._before = signal.signal(signal.SIGCONT, self._continued)

    def write(self, data: bytes, stream: IO[str] | None = None) -> None:
        with self._lock:
            if not self._is_open:
                super().write(data, stream)
                return
            whole, newline, self._held = (self._held + data).rpartition(b"\n")
            said = whole + newline
            if len(self._held) > _LONGEST_HELD or self._is_mid_line:
                said, self._held = said + self._held, b""
            if said:
                self._say(said)

    def ended(self, step: Step) -> None:
        """What the block says is over."""
        super().ended(step)
        with self._lock:
            if self._rows:
                before = self._unsent + self._erased()
                self._unsent, self._block, self._rows = b"", b"", 0
                super().write(before)

    def draw(self, block: bytes, rows: int) -> None:
        """Show a block of so many rows, each of which ends with a newline; not if that would have to wait."""
        if not self._lock.acquire(blocking=False):
            return
        try:
            if not self._is_open or self._is_mid_line or not self._may_draw():
                return
            frame = self._unsent or self._erased() + block
            if self._unsent:
                self._unsent = b""
            else:
                self._block, self._rows = block, rows
            self._offer(frame)
        finally:
            self._lock.release()

    def end_block(self) -> None:
        """Take the block away; what is held is said as it is."""
        with self._lock:
            if not self._is_open:
                return
            self._is_open = False
            self._block = b""
            if self._before is not None:
                signal.signal(signal.SIGCONT, self._before)  # type: ignore[arg-type]  # what signal gave
            rest = self._unsent + self._erased() + self._held
            self._rows, self._held, self._unsent = 0, b"", b""
            if rest:
                super().write(rest)

    def _say(self, said: bytes) -> None:
        before = self._unsent + self._erased()
        self._is_mid_line = not said.endswith(b"\n")
        after = b"" if self._is_mid_line else self._block
        rows = 0 if self._is_mid_line else self._rows
        self._unsent, self._rows = b"", rows
        super().write(before + said + after)
        if self._dropped:
            self._rows = 0  # nobody knows what of it is there

    def _erased(self) -> bytes:
        return b"\r\x1b[%dA\x1b[J" % self._rows if self._rows else b""

    def _may_draw(self) -> bool:
        """Whether the terminal is ours: a run in the background leaves it to the shell."""
        now = time.monotonic()
        gap, self._drawn_at = now - self._drawn_at, now
        if gap > _STOOD_STILL:
            self._rows = 0
        self._is_late = gap > _LATE and not self._is_late
        if self._is_late:
            return False
        try:
            is_ours = os.tcgetpgrp(sys.stderr.fileno()) == os.getpgrp()
        except (OSError, ValueError):  # it isn't the terminal of this session, or is gone
            is_ours = False
        if not is_ours:
            self._rows, self._block = 0, b""
        return is_ours

    def _offer(self, frame: bytes) -> None:
        """Write a frame, as far as there is room."""
        with suppress(OSError, ValueError):
            own = self._not_blocking(sys.stderr.fileno())
            if own is None:
                return
            poll = select.poll()
            poll.register(own, select.POLLOUT)
            written = 0
            with suppress(BlockingIOError):
                written = os.write(own, frame) if poll.poll(0) else 0
            self._unsent = frame[written:]

    def _continued(self, _number: int, _frame: FrameType | None) -> None:
        """The shell had the terminal, and has written to it."""
        self._rows = 0


def is_one_terminal() -> bool:
    """Whether standard output and standard error are the same terminal, and this process may open it anew."""
    try:
        output, errors = (os.fstat(stream.fileno()) for stream in (sys.stdout, sys.stderr))
        return (
            os.isatty(sys.stderr.fileno())
            and os.isatty(sys.stdout.fileno())
            and output.st_rdev == errors.st_rdev
            and os.access(f"/proc/self/fd/{sys.stderr.fileno()}", os.W_OK)
        )
    except (OSError, ValueError, AttributeError):
        return False
