"""A child process followed to its end, without waiting in a loop."""

from __future__ import annotations

import os
import select
import time
from collections.abc import Callable

from ...compiler.support.record import TYPE_CHECKING, Protocol
from ..engine.runner import Fed
from ..system.launch import Child
from ..system.streams import Channel
from .channels import Channels, take
from .signals import Relay, Signals, Stopper

if TYPE_CHECKING:
    from ...compiler.plan.work import Process

LONGEST_WAIT = 3600.0  # seconds; poll takes no more than 24 days
UNWATCHED = (
    0.05  # how often to look, in seconds, where the system can't tell of an exit or a signal
)
_LAST_READS = 32  # of what a child left in its pipes; bounded, as others may still be writing
_LOOK_EVERY = 1.0  # seconds between what is to be done meanwhile
# A child that prints line by line is left to print some more, as a look costs more than a hundred lines.
_FEW, _GATHER = 4096, 10  # bytes, and milliseconds
_STILL_THERE = 20  # milliseconds between looks whether a stopped step's processes are gone


class Beside(Protocol):
    """What runs beside a child, and has one fate with it."""

    @property
    def is_running(self) -> bool:
        """Whether any of it is there."""

    @property
    def wait(self) -> int | None:
        """Milliseconds until it has to be looked at, if nothing happens; None for ever."""

    def register(self, poll: select.poll) -> object:
        """Make a poll look at it, too."""

    def happened(self, descriptor: int, poll: select.poll) -> None:
        """One of its descriptors is ready."""

    def look(self, code: int | None, poll: select.poll) -> None:
        """See to it. `code`: of the child, if it has ended."""

    @property
    def rest(self) -> int:
        """Milliseconds to leave it alone, as a look costs more than what moves in so short a time."""

    def problem(self, work: Process, code: int) -> str:
        """Why the step has failed although its process may have ended well; empty if nothing speaks against it."""

    @property
    def fed(self) -> tuple[Fed, ...]:
        """What became of feeds, if it is such."""

    def close(self) -> None:
        """Give all descriptors back."""


def pause(signals: Signals | Relay, seconds: float) -> None:
    """Let time pass, until a signal comes."""
    poll = select.poll()
    descriptor = signals.fileno()
    if descriptor is not None:
        poll.register(descriptor, select.POLLIN)
    longest = LONGEST_WAIT if descriptor is not None else UNWATCHED
    until = time.monotonic() + seconds
    while signals.first is None and (left := until - time.monotonic()) > 0:
        poll.poll(int(min(left, longest) * 1000) + 1)


def watch(
    child: Child,
    stopper: Stopper,
    channels: Channels,
    signals: Signals | Relay,
    meanwhile: Callable[[], None] | None,
    beside: Beside | None = None,
) -> None:
    """Follow a child, and what runs beside it, to their ends; `meanwhile` is done from time to time. Raises OSError where
    that can't be seen.

    The end is the child's exit, not the end of its output: what it left running in the
    background may hold that open for ever.
    """
    streams = channels.by_descriptor(child)
    rounds = _Rounds(meanwhile)
    signal = signals.fileno()
    exit_seen = _exit_of(child.process.pid)
    try:
        for descriptor in streams:
            os.set_blocking(descriptor, False)
        poll, urgent = _poll_of(*streams, signal, exit_seen), _poll_of(signal, exit_seen)
        if beside is not None:
            beside.register(poll)
        is_watched = exit_seen is not None and signal is not None
        has_ended = False
        while not has_ended or stopper.is_waiting() or (beside and beside.is_running):
            stopper.check()
            is_stopping = has_ended and not (beside and beside.is_running)
            wait = _STILL_THERE if is_stopping else _wait(stopper, watched=is_watched)
            wait = _sooner(wait, None if beside is None else beside.wait)
            wait = _sooner(wait, rounds.done())
            taken = 0
            for descriptor, _ in poll.poll(wait):
                if descriptor == signal:
                    signals.drain()
                elif descriptor in streams:
                    number = take(descriptor, streams[descriptor])
                    taken = max(taken, number)
                    if not number:
                        poll.unregister(descriptor)
                elif beside is not None:
                    beside.happened(descriptor, poll)
            if not has_ended and child.process.poll() is not None:
                has_ended = True
                stopper.finish()
                if exit_seen is not None:
                    poll.unregister(exit_seen)
            if beside is not None:
                beside.look(child.process.returncode if has_ended else None, poll)
            rest = beside.rest if beside else _GATHER if 0 < taken < _FEW else 0
            if rest and is_watched and not has_ended:
                urgent.poll(rest)
        _finish(streams)
    finally:
        child.close()
        if beside is not None:
            beside.close()
        if exit_seen is not None:
            os.close(exit_seen)


class _Rounds:
    """What is done from time to time, however often the child prints."""

    def __init__(self, meanwhile: Callable[[], None] | None) -> None:
        self._meanwhile = meanwhile
        self._due = (
            time.monotonic() + _LOOK_EVERY
        )  # whoever records that a step begins has looked just now

    def done(self) -> int | None:
        """Do it if it is due; milliseconds until it is due again, None for never."""
        if self._meanwhile is None:
            return None
        if self._due <= time.monotonic():
            self._meanwhile()
            self._due = time.monotonic() + _LOOK_EVERY
        return max(int((self._due - time.monotonic()) * 1000), 0) + 1


def _poll_of(*descriptors: int | None) -> select.poll:
    """What tells that one of these can be read; None is for what the system doesn't have."""
    poll = select.poll()
    for descriptor in descriptors:
        if descriptor is not None:
            poll.register(descriptor, select.POLLIN)
    return poll


def _sooner(one: int | None, other: int | None) -> int | None:
    """The shorter of two times; None is for ever."""
    return min((time for time in (one, other) if time is not None), default=None)


def _finish(streams: dict[int, Channel]) -> None:
    """Take what is left of streams."""
    for descriptor, channel in streams.items():
        for _ in range(_LAST_READS):
            if not take(descriptor, channel):
                break
    for channel in dict.fromkeys(streams.values()):
        channel.end()


def _exit_of(pid: int) -> int | None:
    """A descriptor that becomes readable when a process ends, where the system has such."""
    try:
        return os.pidfd_open(pid)
    except (AttributeError, OSError):
        return None


def _wait(stopper: Stopper, *, watched: bool) -> int | None:
    """How long to wait for something to happen, in milliseconds; None for as long as it takes.

    `watched`: the child's exit and a signal are things that happen.
    """
    left = stopper.seconds_left
    if not watched:
        left = min(UNWATCHED, UNWATCHED if left is None else left)
    return None if left is None else int(min(left, LONGEST_WAIT) * 1000) + 1
