"""Lines for a reader that may be slow, stopped or gone; the run never waits for it.

A thread of its own writes what a bounded queue holds. Setting the descriptor to not block instead
would do so for everybody who shares it, a terminal for instance.
"""

from __future__ import annotations

import fcntl
import os
import select
import stat
import threading
from collections import deque
from collections.abc import Callable

from ..system.host import reason

Target = Callable[[], int]  # opens what is written to
_WAITING = 10_000  # lines, each of some hundred bytes


class SlowReader:
    """Takes lines at once and writes them in order.

    What doesn't find room in the queue is dropped and counted; `dropped` makes the line that stands
    in their place, once there is room again. `why`: what went wrong first, if anything did.
    """

    def __init__(
        self,
        open_target: Target,
        dropped: Callable[[int], bytes],
        waiting: int = _WAITING,
    ) -> None:
        self._open = open_target
        self._dropped = dropped
        self._room = waiting
        self._queue: deque[bytes] = deque()
        self._missing = 0  # lines not yet told to be dropped
        self._taken = 0
        self._changed = threading.Condition()
        self._ends = False
        self.lost = 0
        self.why = ""
        self._thread = threading.Thread(target=self._write_all, daemon=True)
        self._thread.start()

    def add(self, line: bytes) -> None:
        with self._changed:
            if len(self._queue) >= self._room:
                self.lost += 1
                self._missing += 1
                self.why = self.why or "its reader is too slow"
                return
            self._tell_of_missing()
            self._queue.append(line)
            self._changed.notify_all()

    def close(self, patience: float) -> None:
        """Wait for what is left to be written, as long as a line is taken every `patience` seconds."""
        with self._changed:
            self._tell_of_missing()
            self._ends = True
            self._changed.notify_all()
            while self._thread.is_alive():
                before = self._taken
                if not self._changed.wait(patience) and self._taken == before:
                    break
                if not self._queue:
                    break
            if self._queue:
                self.lost += len(self._queue)
                self.why = self.why or "it has no reader"

    def _tell_of_missing(self) -> None:
        if self._missing:
            self._queue.append(self._dropped(self._missing))
            self._missing = 0

    def _write_all(self) -> None:
        """Until `close`. A line leaves the queue when it has been written."""
        descriptor = -1
        while line := self._next():
            try:
                if descriptor < 0:
                    descriptor = self._open()
                _write(descriptor, line)
            except OSError as error:
                with self._changed:
                    self.lost += 1
                    self.why = self.why or reason(error)
            with self._changed:
                self._queue.popleft()
                self._taken += 1
                self._changed.notify_all()
        if descriptor >= 0:
            os.close(descriptor)

    def _next(self) -> bytes:
        with self._changed:
            while not self._queue:
                if self._ends:
                    return b""
                self._changed.wait()
            return self._queue[0]


def target(name: str) -> Target:
    """What opens a file, a named pipe or `fd:NUMBER` for adding to it.

    Only opening a named pipe that nobody reads yet is left for later: it waits for the reader. Raises
    OSError if it can't be opened, ValueError for a descriptor that isn't one to write to.
    """
    if name.startswith("fd:"):
        descriptor = _duplicate(name.removeprefix("fd:"))
        return lambda: descriptor
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
    if _is_pipe(name):
        return lambda: os.open(name, flags)
    descriptor = os.open(name, flags, 0o640)
    return lambda: descriptor


def _is_pipe(name: str) -> bool:
    try:
        return stat.S_ISFIFO(os.stat(name).st_mode) and os.access(name, os.W_OK)
    except FileNotFoundError:
        return False


def _duplicate(number: str) -> int:
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        raise ValueError("fd: takes the number of an open file descriptor")
    try:
        flags = fcntl.fcntl(int(number), fcntl.F_GETFL)
        if flags & os.O_ACCMODE != os.O_RDONLY:
            return os.dup(int(number))
    except OSError:
        raise ValueError(f"no file is open as {number}") from None
    raise ValueError(f"{number} is open for reading only")


def _write(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        try:
            view = view[os.write(descriptor, view) :]
        except BlockingIOError:  # whoever gave it to us has set it so
            poll = select.poll()
            poll.register(descriptor, select.POLLOUT)
            poll.poll()
