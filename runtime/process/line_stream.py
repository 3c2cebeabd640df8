"""A run's log, line by line to a server that takes many lines at once (Grafana Loki), while the run goes on.

The run never waits for it: lines wait in bounded memory, and go when so many wait, or at the end. What finds no room
is dropped, and a line in its place says how many were. A server that takes nothing loses what it was sent.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence

from ...compiler.support.record import NamedTuple

BATCH = 101  # lines that are worth a request
_ROOM = 4 << 20  # bytes of lines that wait, and are on their way
_LONGEST = 64 << 10  # characters of a line
_LOOK_EVERY = 0.2  # seconds
_SLOW = "its server is too slow"
_OF_A_LINE = 100  # bytes that a line costs beside its text


class Line(NamedTuple):
    """`nanoseconds`: since 1970, when it was told; no two lines of a stream have the same."""

    nanoseconds: int
    text: str


Send = Callable[
    [Sequence[Line]], str
]  # why they weren't taken, as the rest of a sentence; empty if they were


class LineStream:
    """`send`: sends lines within a time limit of its own, in a thread of this stream. Raises RuntimeError if the system
    gives no thread. `lost`: how many lines no server has; `why`: the first reason."""

    def __init__(self, send: Send, batch: int = BATCH, room: int = _ROOM) -> None:
        self._send = send
        self._batch = batch
        self._room = room
        self._waiting: deque[Line] = deque()
        self._size = 0
        self._missing = 0  # dropped, and not told yet
        self._latest = 0
        self._on_way = 0
        self._ends = False
        self._changed = threading.Condition()
        self.lost = 0
        self.why = ""
        self._thread = threading.Thread(target=self._send_all, name="stream", daemon=True)
        self._thread.start()

    def line(self, text: str) -> None:
        """Take a line at once."""
        with self._changed:
            if self._size + _cost(text) > self._room:
                self._missing += 1
                self._lose(1, _SLOW)
                return
            if self._missing:
                self._put(f"[... {self._missing} lines are missing: the server was too slow]")
                self._missing = 0
            self._put(text)
            if len(self._waiting) >= self._batch:
                self._changed.notify_all()

    def close(self, patience: float, look: Callable[[], None] = lambda: None) -> None:
        """Send what is left, and wait for that so many seconds at most; what waits or is on its way then is lost. `look`
        is done from time to time meanwhile; what it raises ends the wait."""
        until = time.monotonic() + patience
        with self._changed:
            self._ends = True
            self._changed.notify_all()
        while self._thread.is_alive() and (left := until - time.monotonic()) > 0:
            self._thread.join(min(left, _LOOK_EVERY))
            look()
        with self._changed:
            lost = len(self._waiting) + self._on_way
            self._waiting.clear()
            self._on_way = 0
            if lost:
                self._lose(lost, _SLOW)

    def _put(self, text: str) -> None:
        # A clock that is set back, or is too coarse, must not mix lines up.
        self._latest = max(time.time_ns(), self._latest + 1)
        self._waiting.append(Line(self._latest, text[:_LONGEST]))
        self._size += _cost(text)

    def _lose(self, number: int, why: str) -> None:
        self.lost += number
        self.why = self.why or why

    def _send_all(self) -> None:
        while lines := self._next():
            try:
                why = self._send(lines)
            except Exception as error:  # noqa: BLE001  # told as any trouble: no log may end a backup
                why = f"failed of a bug: {type(error).__name__}"
            with self._changed:
                if not self._on_way:
                    return  # given up: what comes of it is nothing any more
                self._on_way = 0
                self._size -= sum(_cost(line.text) for line in lines)
                if why:
                    self._lose(len(lines), why)

    def _next(self) -> list[Line]:
        """Lines for the next request; none at the end."""
        with self._changed:
            while len(self._waiting) < self._batch and not self._ends:
                self._changed.wait()
            number = min(len(self._waiting), self._batch)
            self._on_way = number
            return [self._waiting.popleft() for _ in range(number)]


def _cost(text: str) -> int:
    return min(len(text), _LONGEST) + _OF_A_LINE
