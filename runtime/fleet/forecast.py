"""When hosts will start and end, by how long their latest runs took: the schedule of `fleet apply`, carried out in numbers.

What Ansible needs to reach a host is not part of it.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from heapq import heappop, heappush
from statistics import median

from ...compiler.support.record import NamedTuple
from .manifest import Share
from .schedule import Limits, Schedule
from .servers import jobs
from .windows import Window


class Event(NamedTuple):
    """A host starts or ends, so many seconds after the first start."""

    time: float
    host: str
    is_start: bool


class Slot(NamedTuple):
    """When a host starts and ends, in seconds after the first start."""

    host: str
    start: float
    end: float


class Forecast(NamedTuple):
    """`slots`: as hosts start. `guess`: seconds that are taken for the duration of hosts whose runs are `unknown`, which is
    the median of the others; None if no duration is known: then slots tell the order alone. `begins`: when the first
    host may start, in seconds since 1970. `length`: seconds until the window closes, None for never."""

    limits: Limits
    window: Window
    slots: tuple[Slot, ...]
    unknown: tuple[str, ...]
    guess: float | None
    begins: float
    length: float | None

    @property
    def seconds(self) -> float | None:
        """From the first start to the last end; None if it isn't known."""
        return None if self.guess is None else max((s.end for s in self.slots), default=0.0)

    @property
    def late(self) -> list[str]:
        """Hosts that would start once the window is closed, so that they don't."""
        length = self._length
        return [slot.host for slot in self.slots if length is not None and slot.start >= length]

    @property
    def exceeding(self) -> list[str]:
        """Hosts that start in the window, and end after it."""
        length = self._length
        if length is None:
            return []
        return [slot.host for slot in self.slots if slot.start < length < slot.end]

    @property
    def _length(self) -> float | None:
        return None if self.guess is None else self.length


def events(
    schedule: Schedule, seconds: Mapping[str, float], failing: Container[str] = ()
) -> Iterator[Event]:
    """What happens, in this order, if hosts run for so many seconds, and those `failing` fail."""
    running: list[tuple[float, str]] = []
    clock = 0.0
    while True:
        for name in schedule.admit():
            heappush(running, (clock + seconds[name], name))
            yield Event(clock, name, is_start=True)
        if not running:
            return
        clock = running[0][0]
        while running and running[0][0] == clock:
            _, name = heappop(running)
            yield Event(clock, name, is_start=False)
            schedule.end(name, succeeded=name not in failing)


def forecast(shares: Sequence[Share], limits: Limits, window: Window, now: float) -> Forecast:
    """Of a roll-out over these hosts that is started now, or when the window opens."""
    known = [float(share.seconds) for share in shares if share.seconds]
    guess = median(known) if known else None
    seconds = {share.name: float(share.seconds or guess or 1) for share in shares}
    schedule = Schedule(jobs({share.name: share.uses for share in shares}), limits)
    slots = [
        Slot(event.host, event.time, event.time + seconds[event.host])
        for event in events(schedule, seconds)
        if event.is_start
    ]
    unknown = tuple(share.name for share in shares if not share.seconds)
    return Forecast(limits, window, tuple(slots), unknown, guess, *window.next_open(now))
