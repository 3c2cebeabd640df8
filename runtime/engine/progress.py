"""How far a running step is: what Borg tells of it, how fast it goes, and what the last run lets expect."""

from __future__ import annotations

from collections import deque

from ...compiler.support.record import NamedTuple, Protocol
from .sizes import ArchiveSize, in_units

_WINDOW = 15.0  # seconds that a rate is of
_EARLY = 3.0  # seconds in which nothing can be foretold
_LITTLE = 0.01  # of the whole, from which nothing can be foretold
_NEARLY = 0.99  # what grows past the last run's total isn't done by that


class ArchiveProgress(NamedTuple):
    """Of an archive that is being made: files and bytes so far, as in `ArchiveSize`, and the path that is read."""

    files: int
    original: int
    compressed: int | None
    added: int | None
    path: str


class PartProgress(NamedTuple):
    """Of anything else: what Borg does just now, in its words, and how much of that is done, from 0 to 1; None if it
    doesn't say."""

    text: str
    done: float | None


Progress = ArchiveProgress | PartProgress


class Watcher(Protocol):
    """Who watches a step."""

    def progress(self, progress: Progress) -> None:
        """How far Borg is, as often as it tells."""

    def look(self) -> None:
        """From time to time, at least every second."""


class Expected(NamedTuple):
    """What the last run lets expect of a step, where it went well then."""

    size: ArchiveSize | None = None
    seconds: float | None = None


class Estimate(NamedTuple):
    """`done`: from 0 to 1. `is_told`: by Borg, else it is guessed. `left`: seconds. `rate`: bytes in a second. None for what isn't known."""

    done: float | None = None
    is_told: bool = False
    left: float | None = None
    rate: float | None = None


class Pace:
    """Of one step that runs. All times are in seconds, of a clock that only goes forward."""

    def __init__(self, began: float, expected: Expected) -> None:
        self.began = began
        self.expected = expected
        self.latest: Progress | None = None
        self._told: deque[tuple[float, int]] = deque([(began, 0)])

    def take(self, progress: Progress, now: float) -> None:
        self.latest = progress
        if isinstance(progress, ArchiveProgress):
            self._told.append((now, progress.original))
            while len(self._told) > 2 and self._told[1][0] < now - _WINDOW:
                self._told.popleft()

    def estimate(self, now: float) -> Estimate:
        match self.latest:
            case ArchiveProgress() as progress:
                done = self._share(progress)
                return Estimate(done, left=self._left(done, now), rate=self._rate(now))
            case PartProgress(done=done):
                return Estimate(done, is_told=True)
            case None:
                return Estimate()

    def _share(self, progress: ArchiveProgress) -> float | None:
        """Of the last run's total, if it isn't past that."""
        last = self.expected.size
        if last is None or not last.original or progress.original > last.original:
            return None
        return min(progress.original / last.original, _NEARLY)

    def _left(self, done: float | None, now: float) -> float | None:
        took = now - self.began
        if done is None or done < _LITTLE or took < _EARLY:
            return None
        return took * (1 - done) / done

    def _rate(self, now: float) -> float | None:
        since, before = self._told[0]
        seconds = now - since
        return (self._told[-1][1] - before) / seconds if seconds >= 1 else None


def in_words(progress: Progress) -> str:
    """A line for who doesn't watch a terminal."""
    if isinstance(progress, ArchiveProgress):
        return (
            f"{progress.files} files, {in_units(progress.original)}, "
            f"{in_units(progress.added)} new: {progress.path}"
        )
    share = "" if progress.done is None else f"{progress.done:.0%} "
    return f"{share}{progress.text}"
