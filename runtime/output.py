"""What a step printed: its last lines, in bounded memory."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

_TAIL_LINES = 25  # as many as borgmatic hands to its error hooks
_TAIL_BYTES = 16384  # environment variables have a limit, and nobody reads more


@dataclass
class Tail:
    """The last lines of a stream, in bounded memory whatever comes."""

    lines: deque[bytes] = field(default_factory=lambda: deque(maxlen=_TAIL_LINES))
    partial: bytes = b""
    dropped: bool = False

    def add(self, data: bytes) -> None:
        *whole, rest = (self.partial + data).split(b"\n")
        whole = [self._cut(line) for line in whole]
        self.partial = self._cut(rest)
        kept = whole[-_TAIL_LINES:]
        self.dropped |= len(self.lines) + len(whole) > _TAIL_LINES
        self.lines.extend(kept)

    def _cut(self, line: bytes) -> bytes:
        self.dropped |= len(line) > _TAIL_BYTES
        return line[-_TAIL_BYTES:]

    def text(self) -> str:
        lines = [*self.lines, *([self.partial] if self.partial else [])]
        data = b"\n".join(lines[-_TAIL_LINES:])
        dropped = self.dropped or len(lines) > _TAIL_LINES or len(data) > _TAIL_BYTES
        text = data[-_TAIL_BYTES:].decode("utf-8", "replace").replace("\0", "")
        return f"...\n{text}" if dropped else text

    def last_line(self) -> str:
        lines = [line for line in (*self.lines, self.partial) if line.strip()]
        return lines[-1].decode("utf-8", "surrogateescape").strip() if lines else ""
