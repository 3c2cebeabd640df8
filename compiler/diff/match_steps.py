"""Which step is which among those of one phase of one scope, in two plans."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from difflib import SequenceMatcher

from ..plan.command_text import command_text
from ..plan.model import Step
from ..plan.work import Shell
from ..support.sequences import common

_ALIKE = 0.6  # texts with that much in common are the same command, rewritten
_COMPARED = 400  # pairs of texts that are compared in one place; comparing is slow


def equal(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[tuple[int, int]]:
    """Positions of equal items, the first with the first; None equals nothing."""
    places: dict[Hashable, list[int]] = {}
    for place in reversed(range(len(new))):
        places.setdefault(new[place], []).append(place)
    return [
        (number, places[item].pop())
        for number, item in enumerate(old)
        if item is not None and places.get(item)
    ]


def says(step: Step) -> Hashable:
    """The text of a hook; what Borg does belongs to its action."""
    return step.work.written if isinstance(step.work, Shell) else None


def _identity(step: Step) -> str:
    """What a step is known by in its place."""
    if step.name:
        return f"name {step.name}"
    if isinstance(step.work, Shell):
        return f"{step.trigger.value} {step.work.written}"
    return f"borg {step.title}"


class PlaceMatching:
    """The steps of one phase of one scope, on both sides. Positions are matched, one rule after the other."""

    def __init__(self, old: list[Step], new: list[Step]) -> None:
        self._old = old
        self._new = new
        keys_old = [_identity(step) for step in old]
        keys_new = [_identity(step) for step in new]
        anchors = common(keys_old, keys_new)
        self._mates = dict(anchors)
        self._free_old = [n for n in range(len(old)) if n not in self._mates]
        matched = set(self._mates.values())
        self._free_new = [n for n in range(len(new)) if n not in matched]
        self._gaps_old = _gaps(len(old), [one for one, _ in anchors])
        self._gaps_new = _gaps(len(new), [other for _, other in anchors])
        if self._free_old and self._free_new:
            self._take(self._same(keys_old, keys_new))
            self._take(self._same([says(step) for step in old], [says(step) for step in new]))
            self._take(self._rewritten())

    def pairs(self) -> list[tuple[Step, Step, bool]]:
        """Old, new, and whether the order has changed."""
        return [
            (self._old[one], self._new[other], self._gaps_old[one] != self._gaps_new[other])
            for one, other in self._mates.items()
        ]

    def left_old(self) -> list[Step]:
        return [self._old[n] for n in self._free_old]

    def left_new(self) -> list[Step]:
        return [self._new[n] for n in self._free_new]

    def _take(self, pairs: list[tuple[int, int]]) -> None:
        self._mates.update(pairs)
        old, new = {one for one, _ in pairs}, {other for _, other in pairs}
        self._free_old = [n for n in self._free_old if n not in old]
        self._free_new = [n for n in self._free_new if n not in new]

    def _same(self, old: Sequence[Hashable], new: Sequence[Hashable]) -> list[tuple[int, int]]:
        """Free positions with equal items; `old` and `new` have one for every position."""
        free_old, free_new = self._free_old, self._free_new
        found = equal([old[n] for n in free_old], [new[n] for n in free_new])
        return [(free_old[one], free_new[other]) for one, other in found]

    def _rewritten(self) -> list[tuple[int, int]]:
        """Hooks between the same neighbours: those with nearly the same text, then the others in turn."""
        old = _by_gap(self._free_old, self._gaps_old, self._old)
        new = _by_gap(self._free_new, self._gaps_new, self._new)
        found = []
        for gap in old.keys() & new.keys():
            alike = self._alike(old[gap], new[gap])
            rest_old = [n for n in old[gap] if n not in alike]
            rest_new = [n for n in new[gap] if n not in alike.values()]
            in_turn = equal(
                [self._old[n].trigger for n in rest_old], [self._new[n].trigger for n in rest_new]
            )
            found += [*alike.items(), *((rest_old[one], rest_new[other]) for one, other in in_turn)]
        return found

    def _alike(self, old: list[int], new: list[int]) -> dict[int, int]:
        """The most alike first."""
        if len(old) * len(new) > _COMPARED:
            return {}
        found = sorted(
            (
                -_likeness(self._old[one], self._new[other]),
                abs(one - other),
                one + other,
                one,
                other,
            )
            for one in old
            for other in new
        )
        pairs: dict[int, int] = {}
        for likeness, _, _, one, other in found:
            if -likeness >= _ALIKE and one not in pairs and other not in pairs.values():
                pairs[one] = other
        return pairs


def _by_gap(free: list[int], gaps: list[int], steps: list[Step]) -> dict[int, list[int]]:
    """The free positions of hooks, by the neighbours they stand between."""
    found: dict[int, list[int]] = {}
    for position in free:
        if isinstance(steps[position].work, Shell):
            found.setdefault(gaps[position], []).append(position)
    return found


def _gaps(length: int, anchors: list[int]) -> list[int]:
    """For each position, how many anchors are at or before it; an anchor begins a gap."""
    gaps, count, places = [], 0, set(anchors)
    for position in range(length):
        count += position in places
        gaps.append(count)
    return gaps


def _likeness(one: Step, other: Step) -> float:
    """How much of two texts is the same, from 0 to 1; the same for both directions."""
    first, second = sorted((command_text(one), command_text(other)))
    return SequenceMatcher(None, first[:500], second[:500], autojunk=False).ratio()
