"""One program that feeds a step's process: what it writes passes through, and is looked at.

It is started when the reader opens its pipe. The reader sees the end of the pipe only once the program has ended
with 0 and all was sound.
"""

from __future__ import annotations

import errno
import fcntl
import os
import select
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from enum import Enum

from ...compiler.plan.exits import Outcome
from ...compiler.plan.feeds import Feed, Sound
from ...compiler.support.record import NamedTuple
from ..engine.runner import Result
from ..engine.wording import ending
from ..system.host import reason
from ..system.launch import Child, Launch, close_all
from ..system.process_identity import group_runs
from ..system.streams import Channel, Tail
from .reasons import in_short
from .signals import kill_group, terminate_group

_ROOM = 1 << 20  # bytes in a pipe, and of one read
_HEAD = 512  # bytes at the beginning that are looked at
_END = 512
_SOON = 10  # milliseconds between looks at what no descriptor tells
_SELDOM = 1000
GRACE = 5.0  # seconds for a program that is asked to stop
_LINGERING = 10.0  # seconds in which the output of a program that has ended has to end


class Ready(NamedTuple):
    """A feed that can be started. `path`: of its pipe. `inherited`: descriptors that its program is given."""

    feed: Feed
    launch: Launch
    path: str
    inherited: list[int]


class State(Enum):
    WAITING = "waiting"  # for the reader
    RUNNING = "running"
    ENDING = "ending"  # all is written; the program hasn't ended yet
    DONE = "done"
    FAILED = "failed"


class Failure(NamedTuple):
    """`by_reader`: the reader ended too early, for whatever reason it has."""

    text: str
    by_reader: bool = False


class Pump:
    """One feed. `failure`: why it isn't sound."""

    def __init__(self, ready: Ready, shown: Channel, tail: Tail) -> None:
        self.ready = ready
        self.state = State.WAITING
        self.failure: Failure | None = None
        self.child: Child | None = None
        self.descriptors: dict[int, int] = {}  # with the events that are waited for
        self._shown = shown
        self._tail = tail
        self._pipe: int | None = None
        self._held = b""
        self._head = b""
        self._end = b""
        self._size = 0
        self._last = 0.0
        self._asked_at = 0.0

    @property
    def wait(self) -> int | None:
        """Milliseconds until somebody has to look; None: its descriptors tell."""
        if self.state in (State.WAITING, State.ENDING) or self._asked_at:
            return _SOON
        return _SELDOM if self.state is State.RUNNING else None

    @property
    def runs(self) -> bool:
        """Whether anything of its program is there."""
        return self.child is not None and (
            self.child.process.poll() is None or (bool(self._asked_at) and self._is_left())
        )

    def _is_left(self) -> bool:
        assert self.child is not None  # noqa: S101  # `runs` has asked
        return time.monotonic() < self._asked_at + 2 * GRACE and group_runs(self.child.process.pid)

    def look(self, started: Callable[[subprocess.Popen[bytes]], None]) -> None:
        """Whatever can be done now."""
        if self.state is State.WAITING and self._open():
            self._start(started)
        if self.state is State.RUNNING:
            self._run()
        if self.state is State.ENDING:
            self._judge()
        self._insist()

    def _open(self) -> bool:
        """Whether the reader is there; the way to find out that can't hang."""
        try:
            self._pipe = os.open(self.ready.path, os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as error:
            if error.errno != errno.ENXIO:
                self.fail(f"its pipe could not be opened: {reason(error)}")
            return False
        return True

    def _start(self, started: Callable[[subprocess.Popen[bytes]], None]) -> None:
        try:
            self.child = self.ready.launch.start()
        except (OSError, ValueError) as error:
            why = reason(error) if isinstance(error, OSError) else "not valid text"
            self.fail(f"`{self.ready.launch.argv[0]}` could not be started: {why}")
            return
        finally:
            close_all(self.ready.inherited)
            self.ready.inherited.clear()
        started(self.child.process)
        output, errors = self.child.pipes
        for descriptor in (output, self._pipe):
            with suppress(OSError):  # there may be a limit
                fcntl.fcntl(descriptor or 0, fcntl.F_SETPIPE_SZ, _ROOM)
        for descriptor in (output, errors):
            os.set_blocking(descriptor, False)
        self.descriptors = {output: select.POLLIN, errors: select.POLLIN}
        self._last = time.monotonic()
        self.state = State.RUNNING

    def _run(self) -> None:
        assert self.child is not None  # noqa: S101  # it runs
        output, errors = self.child.pipes
        self._hear(errors)
        if self._held and not self._write():
            return
        data = _read(output, _ROOM)
        if data is None:
            self._check_patience()
        elif data:
            self._last = time.monotonic()
            self._size += len(data)
            self._head += data[: _HEAD - len(self._head)]
            self._end = (self._end + data[-_END:])[-_END:]
            self._held = data
            self._write()
        else:
            self.descriptors.pop(output, None)
            self.state = State.ENDING

    def _check_patience(self) -> None:
        assert self.child is not None  # noqa: S101  # it runs
        silent = time.monotonic() - self._last
        has_ended = self.child.process.poll() is not None
        if has_ended and silent > _LINGERING:
            self.fail("its program ended, and something that it left running holds its output open")
        elif silent > self.ready.feed.patience:
            self.fail(f"its program wrote nothing for {self.ready.feed.patience} s")

    def _hear(self, errors: int) -> None:
        data = _read(errors) if errors in self.descriptors else None
        if data:
            self._tail.add(data)
            self._shown.feed(data)
        elif data is not None:
            self.descriptors.pop(errors, None)

    def _write(self) -> bool:
        """Whether all that is held was written."""
        assert self.child is not None  # noqa: S101  # it runs
        assert self._pipe is not None  # noqa: S101  # it is open
        try:
            self._held = self._held[os.write(self._pipe, self._held) :]
        except BlockingIOError:
            pass
        except OSError:
            self.fail("Borg stopped reading it before its end", by_reader=True)
            return False
        output = self.child.pipes[0]
        if self._held:
            self._last = time.monotonic()
            self.descriptors.pop(output, None)
            self.descriptors[self._pipe] = select.POLLOUT
        else:
            self.descriptors.pop(self._pipe, None)
            self.descriptors[output] = select.POLLIN
        return not self._held

    def _judge(self) -> None:
        """Let the reader see the end of what is sound."""
        assert self.child is not None  # noqa: S101  # it ran
        self._hear(self.child.pipes[1])
        code = self.child.process.poll()
        if code is None:
            if time.monotonic() - self._last > self.ready.feed.patience:
                self.fail(
                    f"its program closed its output, and did not end within {self.ready.feed.patience} s"
                )
            return
        while self.child.pipes[1] in self.descriptors and read_some(
            self.child.pipes[1], self._hear
        ):
            pass
        kill_group(self.child.process.pid)  # what it left running
        if code:
            said = in_short(self._tail.last_line())
            how = ending(Result(Outcome.HARD, code))
            self.fail(f"`{self.ready.launch.argv[0]}` {how}" + (f": {said}" if said else ""))
        elif problem := unsound(self.ready.feed.sound, self._head, self._end, self._size):
            self.fail(
                f"it {problem}, although `{self.ready.launch.argv[0]}` ended with exit code 0"
            )
        else:
            self.state = State.DONE
            self.close()

    def fail(self, text: str, *, by_reader: bool = False) -> None:
        """It is over. The pipe stays open, as the reader would take its end for that of the dump."""
        self.state = State.FAILED
        self.failure = self.failure or Failure(
            f"the dump of {self.ready.feed.title}: {text}", by_reader
        )
        self.stop()

    def stop(self) -> None:
        """Ask its program to end."""
        if self.child is not None and not self._asked_at:
            self._asked_at = time.monotonic()
            terminate_group(self.child.process.pid)

    def _insist(self) -> None:
        if self.child is not None and self._asked_at and time.monotonic() > self._asked_at + GRACE:
            kill_group(self.child.process.pid)

    def close(self) -> None:
        self.descriptors = {}
        if self.child is not None:
            self.child.close()
            self.child.pipes.clear()
        if self._pipe is not None:
            os.close(self._pipe)
            self._pipe = None


def _read(descriptor: int, most: int = 65536) -> bytes | None:
    """What is there; empty at the end, None if there is nothing just now."""
    try:
        return os.read(descriptor, most)
    except BlockingIOError:
        return None


def read_some(descriptor: int, hear: Callable[[int], None]) -> bool:
    """Hear what is there; whether more may follow."""
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    if not poll.poll(0):
        return False
    hear(descriptor)
    return True


def unsound(sound: Sound, head: bytes, end: bytes, size: int) -> str:
    """What is wrong with a stream; empty if nothing is."""
    if not size:
        return "is empty"
    begins = sound.begins.encode("latin-1")
    if head[sound.at : sound.at + len(begins)] != begins:
        return "does not begin as such a dump does"
    if sound.ends and not any(text.encode("latin-1") in end for text in sound.ends):
        return "is not complete: its end is missing"
    return ""
