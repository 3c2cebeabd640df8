"""Finding the small ones in a stretch of numbers, without looking at all of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence


class Least:
    """A tree of minima over `values`, made in linear time."""

    def __init__(self, values: Sequence[int]) -> None:
        self._levels = [list(values)]
        while len(below := self._levels[-1]) > 1:
            self._levels.append([min(below[n : n + 2]) for n in range(0, len(below), 2)])

    def places_below(self, bound: int, first: int, end: int) -> Iterator[int]:
        """The places from `first` to before `end` whose value is less than `bound`, ascending; each costs the
        logarithm of all."""
        todo = [(len(self._levels) - 1, 0)]
        while todo:
            level, place = todo.pop()
            if place << level >= end or (place + 1) << level <= first:
                continue
            if place >= len(self._levels[level]) or self._levels[level][place] >= bound:
                continue
            if level == 0:
                yield place
            else:
                todo += [(level - 1, 2 * place + 1), (level - 1, 2 * place)]
