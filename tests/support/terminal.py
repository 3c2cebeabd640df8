"""A command on a pseudo-terminal of its own, as somebody sees it who sits there."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time
from collections.abc import Mapping, Sequence

import pyte

_LINES = 24
_QUIET = 0.1  # seconds; a block is drawn less often


class Terminal:
    """`written`: all bytes that came. `screen`: what is to be seen now."""

    def __init__(
        self, argv: Sequence[str], columns: int, environment: Mapping[str, str], directory: str
    ) -> None:
        self.screen = pyte.HistoryScreen(columns, _LINES, history=2000)
        self._stream = pyte.ByteStream(self.screen)
        self.written = b""
        self.code: int | None = None
        self.pid, self._master = pty.fork()
        if not self.pid:
            os.chdir(directory)
            os.execvpe(argv[0], list(argv), dict(environment))
        self.resize(columns)

    def resize(self, columns: int) -> None:
        size = struct.pack("HHHH", _LINES, columns, 0, 0)
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, size)
        self.screen.resize(_LINES, columns)

    def press(self, keys: bytes) -> None:
        os.write(self._master, keys)

    def look(self, seconds: float) -> str:
        """What is to be seen so much later, or once the command has ended."""
        until = time.monotonic() + seconds
        while self.code is None and (left := until - time.monotonic()) > 0:
            self._take(left)
        return self.text()

    def until(self, words: str, seconds: float = 30) -> str:
        """What is to be seen once it holds some words."""
        until = time.monotonic() + seconds
        while words not in self.text():
            left = until - time.monotonic()
            assert left > 0, f"{words!r} never came:\n{self.text()}"
            assert self.code is None, f"it ended before {words!r}:\n{self.text()}"
            self._take(min(left, 0.2))
        while select.select([self._master], [], [], _QUIET)[0] and self.code is None:
            self._take(_QUIET)  # what was written at once may come in pieces
        return self.text()

    def end(self, seconds: float = 60) -> str:
        """What is to be seen when the command has ended."""
        text = self.look(seconds)
        assert self.code is not None, f"it still runs:\n{text}"
        return text

    def text(self) -> str:
        """All lines, also those that have gone off the top."""
        columns = self.screen.columns
        gone = (
            "".join(line[column].data for column in range(columns))
            for line in self.screen.history.top
        )
        return "\n".join(line.rstrip() for line in (*gone, *self.screen.display)).rstrip()

    def close(self) -> None:
        if self.code is None:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self._master)

    def _take(self, seconds: float) -> None:
        if select.select([self._master], [], [], min(seconds, 0.2))[0]:
            try:
                data = os.read(self._master, 65536)
            except OSError:  # nobody has it open any more
                data = b""
            self.written += data
            self._stream.feed(data)
            if data:
                return
        pid, status = os.waitpid(self.pid, os.WNOHANG)
        if pid:
            self.code = os.waitstatus_to_exitcode(status)
