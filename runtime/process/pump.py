"""One program that feeds a step's process: what it writes passes through, and is looked at.

It is started when the reader opens its pipe. The reader sees the end of the pipe only once the program has ended
with 0 and all was sound.
"""

from __future__ import annotations

import errno
import os
import select
import subprocess
import time
from collections.abc import Callable

from ...compiler.plan.exits import Outcome
from ...compiler.plan.feeds import Feed, Sound
from ...compiler.support.enums import Enum
from ...compiler.support.record import NamedTuple
from ..engine.runner import Fed, Result
from ..engine.wording import ending
from ..system.host import reason
from ..system.launch import Child, Launch, close_all
from ..system.process_identity import group_runs
from ..system.streams import Channel, Tail
from .passage import Moved, Passage
from .reasons import in_short
from .signals import kill_group, terminate_group

_CHUNK = 65536
_SOON = 10  # milliseconds between looks at what no descriptor tells
_LATEST = 250  # for whether Borg has opened a pipe
_OFTEN = 20  # so many looks in as long as it has been quiet
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
    """`by_reader`: the reader ended too early, for whatever reason it has. `at`: when, of the clock that only goes
    forward."""

    text: str
    by_reader: bool
    at: float


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
        self._passage: Passage | None = None
        self._gone = 0
        self._last = 0.0  # when something moved
        self._asked_at = 0.0

    def wait(self, quiet: float) -> int | None:
        """Milliseconds until somebody has to look; None: its descriptors tell. `quiet`: seconds since any of the feeds
        began or ended: Borg may be at the sources for hours."""
        if self.state is State.ENDING or self._asked_at:
            return _SOON
        if self.state is State.WAITING:
            return min(_LATEST, max(_SOON, int(quiet * 1000 / _OFTEN)))
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
        assert self._pipe is not None  # noqa: S101  # it is open
        self._passage = Passage(output, self._pipe)
        os.set_blocking(errors, False)
        self.descriptors = {output: select.POLLIN, errors: select.POLLIN}
        self._last = time.monotonic()
        self.state = State.RUNNING

    def _run(self) -> None:
        assert self.child is not None  # noqa: S101  # it runs
        assert self._passage is not None  # noqa: S101  # it runs
        self._hear(self.child.pipes[1])
        try:
            moved = self._passage.move()
        except OSError:
            self.fail("Borg stopped reading it before its end", by_reader=True)
            return
        if moved is Moved.ALL:
            self.descriptors.pop(self.child.pipes[0], None)
            self._last = time.monotonic()
            self.state = State.ENDING
        else:
            self._wait_for(full=moved is Moved.FULL)
            self._check_patience(full=moved is Moved.FULL)

    def _wait_for(self, *, full: bool) -> None:
        """What has to happen before anything can be moved again."""
        assert self.child is not None  # noqa: S101  # it runs
        assert self._pipe is not None  # noqa: S101  # it is open
        output = self.child.pipes[0]
        self.descriptors.pop(output if full else self._pipe, None)
        self.descriptors[self._pipe if full else output] = select.POLLOUT if full else select.POLLIN

    def _check_patience(self, *, full: bool) -> None:
        assert self.child is not None  # noqa: S101  # it runs
        assert self._passage is not None  # noqa: S101  # it runs
        if self._passage.gone != self._gone:
            self._gone, self._last = self._passage.gone, time.monotonic()
            return
        silent = time.monotonic() - self._last
        has_ended = self.child.process.poll() is not None
        if not full and has_ended and silent > _LINGERING:
            self.fail("its program ended, and something that it left running holds its output open")
        elif silent > self.ready.feed.patience:
            who = "Borg read nothing of it" if full else "its program wrote nothing"
            self.fail(f"{who} for {self.ready.feed.patience} s")

    def _hear(self, errors: int) -> None:
        data = _read(errors) if errors in self.descriptors else None
        if data:
            self._tail.add(data)
            self._shown.feed(data)
        elif data is not None:
            self.descriptors.pop(errors, None)

    def _judge(self) -> None:
        """Let the reader see the end of what is sound."""
        assert self.child is not None  # noqa: S101  # it ran
        assert self._passage is not None  # noqa: S101  # it ran
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
        elif problem := unsound(self.ready.feed.sound, self._passage):
            self.fail(
                f"it {problem}, although `{self.ready.launch.argv[0]}` ended with exit code 0"
            )
        else:
            self.state = State.DONE
            self.close()

    def fail(self, text: str, *, by_reader: bool = False) -> None:
        """It is over. The pipe stays open (see `hang_up`), as the reader would take its end for that of the dump."""
        self.state = State.FAILED
        self.failure = self.failure or Failure(
            f"the dump of {self.ready.feed.title}: {text}", by_reader, time.monotonic()
        )
        self.stop()

    def stop(self) -> None:
        """Ask its program to end."""
        if self.child is not None and not self._asked_at:
            self._asked_at = time.monotonic()
            terminate_group(self.child.process.pid)

    def hang_up(self) -> None:
        """Let the reader see the end of the pipe, once it has been asked to end: Borg's chunker looks at a signal only
        when it has read something, or nothing more can come."""
        if self._pipe is not None and self.state is State.FAILED:
            self.descriptors.pop(self._pipe, None)
            os.close(self._pipe)
            self._pipe = None

    def _insist(self) -> None:
        if self.child is not None and self._asked_at and time.monotonic() > self._asked_at + GRACE:
            kill_group(self.child.process.pid)

    @property
    def fed(self) -> Fed:
        """What became of it."""
        title = self.ready.feed.title
        if self.state is State.DONE and self._passage is not None:
            return Fed(title, self._passage.size)
        if self.failure is None or self.failure.by_reader:
            return Fed(title)  # stopped
        return Fed(title, None, self.failure.text.removeprefix(f"the dump of {title}: "))

    def close(self) -> None:
        self.descriptors = {}
        if self.child is not None:
            self.child.close()
            self.child.pipes.clear()
        if self._pipe is not None:
            os.close(self._pipe)
            self._pipe = None


def _read(descriptor: int) -> bytes | None:
    """What is there; empty at the end, None if there is nothing just now."""
    try:
        return os.read(descriptor, _CHUNK)
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


def unsound(sound: Sound, stream: Passage) -> str:
    """What is wrong with a stream that has ended; empty if nothing is."""
    if not stream.size:
        return "is empty"
    begins = sound.begins.encode("latin-1")
    if stream.head[sound.at : sound.at + len(begins)] != begins:
        return "does not begin as such a dump does"
    if sound.ends and not any(text.encode("latin-1") in stream.end for text in sound.ends):
        return "is not complete: its end is missing"
    return ""
