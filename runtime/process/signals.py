"""Signals that ask a run to stop, and stopping all the processes of a step."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from types import FrameType

from ..engine.runner import AbortedError
from ..engine.wording import cause
from ..system.process_identity import group_runs

LET_RUN = "the running cleanup continues to its end"
_STOPPING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def announced(first: int, what: str) -> str:
    """What comes of the first signal, as people are told."""
    return f"{cause(first)}: {what}; a second signal ends everything at once"


class Signals:
    """SIGTERM, SIGINT and SIGHUP as events: the first asks to stop, the second to stop at once.

    The end of the run's time (`limit`) asks to stop, too.

    A signal that was ignored when the program started (nohup) stays ignored. `told`: whether somebody has
    said what comes of the first.
    """

    def __init__(self) -> None:
        self.told = False
        self.first: int | None = None
        self.second: int | None = None
        self._asked = False
        self._read, self._write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._before: dict[int, object] = {}
        self._wakeup_before = -1
        self._relays: list[Relay] = []

    @contextlib.contextmanager
    def relay(self) -> Iterator[Relay]:
        """The same signals for another thread."""
        relay = Relay(self)
        self._relays.append(relay)
        try:
            yield relay
        finally:
            self._relays.remove(relay)
            relay.close()

    def fileno(self) -> int:
        """Readable once a signal has come and until `drain`."""
        return self._read

    def drain(self) -> None:
        with contextlib.suppress(BlockingIOError):
            os.read(self._read, 512)

    def __enter__(self) -> Signals:
        # Written to by the interpreter's own handler at once; the one below may be due only after the
        # wait that is just about to begin.
        self._wakeup_before = signal.set_wakeup_fd(self._write, warn_on_full_buffer=False)
        for number in _STOPPING:
            if signal.getsignal(number) is not signal.SIG_IGN:
                self._before[number] = signal.signal(number, self._received)
        return self

    def limit(self, seconds: int | None) -> None:
        """After so many seconds the time limit of the run comes as a signal, SIGALRM."""
        if seconds is not None:
            self._before[signal.SIGALRM] = signal.signal(signal.SIGALRM, self._received)
            signal.setitimer(signal.ITIMER_REAL, seconds)

    def __exit__(self, *_: object) -> None:
        if signal.SIGALRM in self._before:
            signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]  # what getsignal gave
        signal.set_wakeup_fd(self._wakeup_before)
        os.close(self._read)
        os.close(self._write)

    def _received(self, number: int, _frame: FrameType | None) -> None:
        if self.first is None:
            self.first = number
        elif number == signal.SIGALRM:
            return  # the limit of a run that is being stopped already
        elif self.first == signal.SIGALRM and not self._asked:
            self._asked = True  # the first that somebody has sent: the run is being stopped already
        else:
            self.second = number
        for relay in tuple(self._relays):
            relay.wake()


class Relay:
    """Signals for a thread that isn't the main one.

    Python handles signals in the main thread alone; the others are woken up from there, each by a
    descriptor of its own, so that none takes the news from another.
    """

    def __init__(self, signals: Signals) -> None:
        self._signals = signals
        self._ends: tuple[int, ...] = ()
        with contextlib.suppress(
            OSError
        ):  # no descriptor is left: who waits looks from time to time
            self._ends = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)

    @property
    def first(self) -> int | None:
        return self._signals.first

    @property
    def second(self) -> int | None:
        return self._signals.second

    @property
    def told(self) -> bool:
        return self._signals.told

    @told.setter
    def told(self, told: bool) -> None:
        self._signals.told = told

    def fileno(self) -> int | None:
        """As of `Signals`; None where nothing tells of a signal."""
        return self._ends[0] if self._ends else None

    def drain(self) -> None:
        with contextlib.suppress(BlockingIOError):
            os.read(self._ends[0], 512)

    def wake(self) -> None:
        # Full: it is being woken already; or closed just now; or there is none.
        with contextlib.suppress(OSError, IndexError):
            os.write(self._ends[1], b"\0")

    def close(self) -> None:
        for descriptor in self._ends:
            os.close(descriptor)


class Stopper:
    """Passes a signal on to all of a step's processes, and makes them end when they don't.

    `let_run`: an announced cleanup, which the first signal doesn't stop: half of it would leave nobody
    knowing what is still to be done. `timeout`: seconds after
    which the step is stopped without a signal from outside. `interrupt`: what a SIGINT becomes for the
    step. `stopped`, `timed_out` and `given_up` tell which it was, `forced` that it had to be killed.
    """

    def __init__(
        self,
        child: subprocess.Popen[bytes],
        signals: Signals | Relay,
        grace: float,
        *,
        let_run: bool,
        timeout: float | None = None,
        interrupt: signal.Signals = signal.SIGINT,
        tell: Callable[[str], None] | None = None,
    ) -> None:
        self._tell = tell
        self.beside: list[subprocess.Popen[bytes]] = []  # what ends together with the child
        self.stopped = False
        self.timed_out = False
        self.given_up = False
        self.forced = False
        self._interrupt = interrupt
        self._limit = None if timeout is None else time.monotonic() + timeout
        self._child = child
        self._signals = signals
        self._let_run = let_run
        self._grace = grace
        self._deadline: float | None = None
        self._killed_at: float | None = None

    @property
    def seconds_left(self) -> float | None:
        times = [when for when in (self._deadline, self._limit) if when is not None]
        return max(0.0, min(times) - time.monotonic()) if times else None

    def check(self) -> None:
        if self._signals.second is not None:
            self._kill()
            for process in (self._child, *self.beside):
                process.wait()
            raise AbortedError(self._signals.second)
        if self._signals.first is not None and not self._signals.told:
            self._signals.told = True
            self._say(self._signals.first)
        if self._signals.first is not None and not self._let_run and not self.stopped:
            self.stopped = True
            self._ask(self._interrupt if self._signals.first == signal.SIGINT else signal.SIGTERM)
        elif self._limit is not None and time.monotonic() >= self._limit:
            self.timed_out = not self.stopped
            self._ask(signal.SIGTERM)
        elif self._deadline is not None and time.monotonic() >= self._deadline:
            self._deadline = None
            self.forced = True
            self._kill()

    def _say(self, first: int) -> None:
        if self._tell is None:
            return
        by_force = f"stopping the running command, killing it after {self._grace:.0f} s"
        self._tell(announced(first, LET_RUN if self._let_run else by_force))

    def _ask(self, number: signal.Signals) -> None:
        """Ask the step to end; it has the time of grace for that."""
        self._limit = None
        self._deadline = self._deadline or time.monotonic() + self._grace
        self._send(number)

    def finish(self) -> None:
        """The step's first process has ended. What runs in a script's background ignores SIGINT."""
        if self.stopped and self._signals.first == signal.SIGINT:
            self._send(signal.SIGTERM)

    def give_up(self) -> None:
        """Stop everything, as one of the processes has failed; it has the time of grace for that."""
        if not self.given_up:
            self.given_up = True
            self._ask(signal.SIGTERM)

    @property
    def is_asking(self) -> bool:
        """Whether the step has been asked to end."""
        return self.stopped or self.timed_out or self.given_up

    def is_waiting(self) -> bool:
        """Whether the step was stopped, and something of it still runs."""
        if not self.is_asking:
            return False
        if self._killed_at is not None and time.monotonic() > self._killed_at + 1:
            return False  # a process that can't be killed
        return any(group_runs(process.pid) for process in (self._child, *self.beside))

    def _kill(self) -> None:
        self._killed_at = self._killed_at or time.monotonic()
        self._send(signal.SIGKILL)

    def _send(self, number: signal.Signals) -> None:
        for process in (self._child, *self.beside):
            _send_to_group(process.pid, number)


def terminate_group(group: int) -> None:
    """Ask all processes of a group to end."""
    _send_to_group(group, signal.SIGTERM)


def kill_group(group: int) -> None:
    """End them."""
    _send_to_group(group, signal.SIGKILL)


def _send_to_group(group: int, number: signal.Signals) -> None:
    with contextlib.suppress(OSError):
        os.killpg(group, number)
