"""From one pipe into another: bytes that the kernel moves by itself, but for their beginning and their end."""

from __future__ import annotations

import fcntl
import os
import sys
import termios
from contextlib import suppress

from ...compiler.support.enums import Enum

_ROOM = 1 << 20  # bytes in a pipe, and of one read
HEAD = 512  # bytes at the beginning that are looked at
END = 512


class Moved(Enum):
    NOTHING = "nothing"  # is there just now
    SOME = "some"
    FULL = "full"  # the target; more is there
    ALL = "all"  # and the source has ended


class Passage:
    """What is in `source` goes to `target`; neither blocks.

    `head`, `end`: the first and last bytes; `size`: how many have come by. Until there is no more to move just now,
    `end` may be that of an earlier moment.
    """

    def __init__(self, source: int, target: int) -> None:
        self.head = b""
        self.end = b""
        self.size = 0
        self._source = source
        self._target = target
        self._held = b""
        self._splices = True  # unless a sandbox forbids it
        for descriptor in (source, target):
            os.set_blocking(descriptor, False)
            with suppress(OSError):  # there may be a limit
                fcntl.fcntl(descriptor, fcntl.F_SETPIPE_SZ, _ROOM)

    @property
    def gone(self) -> int:
        """How many bytes the target has."""
        return self.size - len(self._held)

    def move(self) -> Moved:
        """Whatever can be moved now. Raises OSError where the target has no reader any more."""
        if not self._write():
            return Moved.FULL
        try:
            more = self._there() - END
            if self._splices and more > 0 and len(self.head) == HEAD:
                return self._splice(more)
            data = os.read(self._source, _ROOM if not self._splices else HEAD)
        except BlockingIOError:
            return Moved.NOTHING
        return self._take(data) if data else Moved.ALL

    def _there(self) -> int:
        return int.from_bytes(fcntl.ioctl(self._source, termios.FIONREAD, bytes(4)), sys.byteorder)

    def _splice(self, most: int) -> Moved:
        """Move so many bytes, and take those behind them, which may be the last."""
        try:
            moved = os.splice(self._source, self._target, most, flags=os.SPLICE_F_NONBLOCK)
        except BlockingIOError:
            return Moved.FULL
        except BrokenPipeError:
            raise
        except OSError:
            self._splices = False
            return Moved.SOME
        self.size += moved
        self.end = b""
        return Moved.FULL if moved < most else self._take(os.read(self._source, END))

    def _take(self, data: bytes) -> Moved:
        self.size += len(data)
        self.head += data[: HEAD - len(self.head)]
        self.end = (self.end + data[-END:])[-END:]
        self._held = data
        return Moved.SOME if self._write() else Moved.FULL

    def _write(self) -> bool:
        """Whether all that is held was written."""
        with suppress(BlockingIOError):
            while self._held:
                self._held = self._held[os.write(self._target, self._held) :]
        return not self._held
