"""A request on its way, as both see it: the thread that sends it, and the one that waits for it.

A thread of its own, because the system's own search for a name can't be cut short, nor can a server be that
sends a byte now and then: each single wait of a socket has a limit, their sum has none. Who waits goes on when the
time is over, and cuts the connections, so that nothing is sent any more that has been given up.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from ...compiler.support.record import NamedTuple

FIRST_BAD_STATUS = 400
_READS_ON = 2.0  # seconds for the rest of an answer of which only the beginning matters


class Trouble(NamedTuple):
    """Why there is no answer, as the rest of a sentence. `passes`: whether another try may go better. `is_ours`:
    nothing could be sent at all."""

    why: str
    passes: bool = False
    is_ours: bool = False


class Answer(NamedTuple):
    """What a server said; `body` is its beginning unless `is_whole`. `status`: 0 where none is known. `lacks_text`: a
    redirect has led to it that drops what was posted."""

    status: int
    phrase: str
    body: bytes = b""
    is_whole: bool = False
    lacks_text: bool = False


class Exchange:
    """`seconds`: for all tries together. `needs_all`: of the answer, not its beginning alone. `reads_on`: for how many
    seconds the rest of a good answer is read where it isn't needed; what a server says of an error is always read.

    `answer` and `trouble`: of the latest try; neither while nothing has come yet.
    """

    def __init__(self, seconds: float, *, needs_all: bool, reads_on: float = _READS_ON) -> None:
        self.until = time.monotonic() + seconds
        self.needs_all = needs_all
        self._reads_on = reads_on
        self.answer: Answer | None = None
        self.trouble: Trouble | None = None
        self.is_connected = False
        self._done_read, self._done_write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._is_cut = threading.Event()
        self._twins: list[socket.socket] = []
        self._lock = threading.Lock()

    @property
    def seconds_left(self) -> float:
        return max(0.0, self.until - time.monotonic())

    # --- the thread that sends ---

    def begin_try(self) -> None:
        self.answer, self.trouble, self.is_connected = None, None, False

    def connected(self, connection: socket.socket) -> None:
        """A connection is there, and nothing has been sent over it. Raises ConnectionAbortedError once cut."""
        with self._lock:
            if self._is_cut.is_set():
                raise ConnectionAbortedError
            self.is_connected = True
            # A twin, as the connection itself may be closed, and its number be somebody else's, at any time.
            self._twins.append(socket.socket(fileno=os.dup(connection.fileno())))

    def heard(self, answer: Answer) -> None:
        """The head of an answer is there, or more of it."""
        with self._lock:
            if self._is_cut.is_set():
                return  # what comes of a connection that has been cut is no answer
            if self.answer is None and not self.needs_all:
                is_good = answer.status < FIRST_BAD_STATUS
                reads_on = self._reads_on if is_good else _READS_ON
                self.until = min(self.until, time.monotonic() + reads_on)
            self.answer = answer

    def failed(self, trouble: Trouble) -> None:
        """This try gives no answer."""
        with self._lock:
            if not self._is_cut.is_set():
                self.trouble = trouble

    def pause(self, seconds: float) -> bool:
        """Wait before another try; False if there is no time for one."""
        return seconds < self.seconds_left and not self._is_cut.wait(seconds)

    # --- the thread that waits ---

    def start(self, task: Callable[[], None]) -> None:
        """Do it in a thread, which the end of the program doesn't wait for. Raises RuntimeError without one."""

        def run() -> None:
            try:
                task()
            except Exception as error:  # noqa: BLE001  # told as any trouble: no message may end a backup
                self.failed(Trouble(f"failed of a bug: {type(error).__name__}", is_ours=True))
            finally:
                os.close(ending)  # which is what `fileno` tells of

        ending = self._done_write
        try:
            threading.Thread(target=run, name="request", daemon=True).start()
        except RuntimeError:
            os.close(ending)
            raise

    def fileno(self) -> int:
        """Readable once the task is done."""
        return self._done_read

    def finish(self, *, is_done: bool) -> None:
        """Cut what is still open."""
        with self._lock:
            self._is_cut.set()
            for twin in self._twins:
                with suppress(OSError):
                    if not is_done:
                        twin.shutdown(socket.SHUT_RDWR)
                    twin.close()
            self._twins.clear()
        os.close(self._done_read)
