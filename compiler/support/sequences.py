"""What two sequences have in common, in order."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Hashable, Sequence

# Pairs of equal items that are looked at, for one item that stands there often.
_MANY = 400


def common(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[tuple[int, int]]:
    """The positions of a longest common subsequence (Hunt and Szymanski), rising on both sides.

    It is the same one for both directions.

    Of items that repeat very often, only the first is held against the first, the second against the
    second, and so on: still common and in order, perhaps not the longest.
    """
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    rest_old, rest_new = old[start : len(old) - end], new[start : len(new) - end]
    if repr(rest_new) < repr(rest_old):
        middle = [(one, other) for other, one in _longest(rest_new, rest_old)]
    else:
        middle = _longest(rest_old, rest_new)
    return [
        *((place, place) for place in range(start)),
        *((one + start, other + start) for one, other in middle),
        *((len(old) - back, len(new) - back) for back in range(end, 0, -1)),
    ]


def _longest(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[tuple[int, int]]:
    """The longest rising chain of pairs of equal items."""
    ends: list[int] = []  # the new position at which the best chain of each length ends
    chains: list[int] = []  # the last link of that chain
    links: list[tuple[int, int, int]] = []  # old position, new position, link before
    for one, others in enumerate(_candidates(old, new)):
        for other in reversed(others):  # falling, so that none follows another of the same item
            length = bisect_left(ends, other)
            links.append((one, other, chains[length - 1] if length else -1))
            ends[length : length + 1] = [other]
            chains[length : length + 1] = [len(links) - 1]
    found = []
    link = chains[-1] if chains else -1
    while link >= 0:
        one, other, link = links[link]
        found.append((one, other))
    return found[::-1]


def _candidates(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[list[int]]:
    """For each old item, where in `new` its equals are."""
    places: dict[Hashable, list[int]] = {}
    for place, item in enumerate(new):
        places.setdefault(item, []).append(place)
    count: dict[Hashable, int] = {}
    for item in old:
        count[item] = count.get(item, 0) + 1
    seen: dict[Hashable, int] = {}
    found = []
    for item in old:
        number = seen[item] = seen.get(item, -1) + 1
        equals = places.get(item, [])
        few = count[item] * len(equals) <= _MANY
        found.append(equals if few else equals[number : number + 1])
    return found
