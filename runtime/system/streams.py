"""What a step prints: where it goes, and its last lines in bounded memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence

from ...compiler.support.record import Protocol

_TAIL_LINES = 25  # as many as borgmatic hands to its error hooks
WHOLE_BYTES = 1 << 24
_TAIL_BYTES = 16384  # environment variables have a limit, and nobody reads more


class Tail:
    """The last lines of a stream, in bounded memory whatever comes.

    `dropped`: whether there was more than is kept.
    """

    def __init__(self) -> None:
        self.lines: deque[bytes] = deque(maxlen=_TAIL_LINES)
        self.partial = b""
        self.dropped = False

    def add(self, data: bytes) -> None:
        # Split from the end: of a flood of lines only the last ones are worth the work.
        parts = (self.partial + data).rsplit(b"\n", _TAIL_LINES + 1)
        is_flood = len(parts) > _TAIL_LINES + 1
        whole = [self._cut(line) for line in parts[is_flood:-1]]
        self.partial = self._cut(parts[-1])
        self.dropped |= is_flood or len(self.lines) + len(whole) > _TAIL_LINES
        self.lines.extend(whole)

    def _cut(self, line: bytes) -> bytes:
        self.dropped |= len(line) > _TAIL_BYTES
        return line[-_TAIL_BYTES:]

    def data(self) -> bytes:
        """All that is kept, as it came."""
        return b"\n".join([*self.lines, self.partial])

    def text(self) -> str:
        lines = [*self.lines, *([self.partial] if self.partial else [])]
        data = b"\n".join(lines[-_TAIL_LINES:])
        dropped = self.dropped or len(lines) > _TAIL_LINES or len(data) > _TAIL_BYTES
        text = data[-_TAIL_BYTES:].decode("utf-8", "replace").replace("\0", "")
        return f"...\n{text}" if dropped else text

    def last_line(self) -> str:
        lines = [line for line in (*self.lines, self.partial) if line.strip()]
        return lines[-1].decode("utf-8", "surrogateescape").strip() if lines else ""


class Whole(Tail):
    """All of a stream, up to a limit; `dropped`: whether there was more."""

    def __init__(self, most: int = WHOLE_BYTES) -> None:
        super().__init__()
        self._most = most
        self._parts = bytearray()

    def add(self, data: bytes) -> None:
        room = self._most - len(self._parts)
        self.dropped |= len(data) > room
        self._parts += data[:room]

    def data(self) -> bytes:
        return bytes(self._parts)


class Filter(Protocol):
    """Changes bytes on their way; may hold some back until more come, or until the end."""

    def feed(self, data: bytes) -> bytes: ...

    def end(self) -> bytes: ...


class Steady:
    """A filter without lines that are written to be overwritten, such as progress."""

    def feed(self, data: bytes) -> bytes:
        *whole, last = data.split(b"\n")
        kept = [line.rpartition(b"\r")[2] for line in whole]
        return b"".join(line + b"\n" for line in kept) + last.rpartition(b"\r")[2]

    def end(self) -> bytes:
        return b""


class Channel:
    """One stream of a step: through filters, in order, to all who take it."""

    def __init__(
        self, takers: Sequence[Callable[[bytes], None]], filters: Sequence[Filter] = ()
    ) -> None:
        self._takers = takers
        self._filters = filters

    def feed(self, data: bytes) -> None:
        self._pass_on(data, 0)

    def end(self) -> None:
        for number, stage in enumerate(self._filters):
            self._pass_on(stage.end(), number + 1)

    def _pass_on(self, data: bytes, first: int) -> None:
        for stage in self._filters[first:]:
            data = stage.feed(data)
        if data:
            for take in self._takers:
                take(data)
