"""Which scope and which step of one plan is which of another one.

Scopes are matched from the run downwards, by kind and name. Steps by what they are (a name, a text, a
subcommand of Borg); then those of one place that say nearly the same or stand between the same
neighbours, so that a command that was rewritten is one change; then those that say the same elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence

from ..plan.index import Index, index
from ..plan.model import Phase, Plan, Scope, ScopeKind, Step
from ..support.record import NamedTuple
from ..support.sequences import common
from .match_steps import PlaceMatching, equal, says


class ScopePair(NamedTuple):
    """`moved`: it comes in a different order among its siblings."""

    old: Scope
    new: Scope
    moved: bool


class StepPair(NamedTuple):
    """`moved`: it stands in another place, or in a different order in its place."""

    old: Step
    new: Step
    moved: bool


class Matching(NamedTuple):
    """What belongs together, in the order of the new plan, and what is on one side only.

    `removed_scopes`, `added_scopes`: without those in them. `removed`, `added`: all steps.
    """

    old: Index
    new: Index
    scopes: tuple[ScopePair, ...]
    removed_scopes: tuple[Scope, ...]
    added_scopes: tuple[Scope, ...]
    steps: tuple[StepPair, ...]
    removed: tuple[Step, ...]
    added: tuple[Step, ...]


def match(old: Plan, new: Plan) -> Matching:
    """For two sound plans."""
    before, after = index(old), index(new)
    scopes = _Scopes(before, after)
    pairs = _steps(scopes)
    place = {step.id: number for number, step in enumerate(new.steps)}
    taken_old = {pair.old.id for pair in pairs}
    taken_new = {pair.new.id for pair in pairs}
    return Matching(
        before,
        after,
        tuple(scopes.pairs),
        tuple(scopes.removed),
        tuple(scopes.added),
        tuple(sorted(pairs, key=lambda pair: place[pair.new.id])),
        tuple(step for step in old.steps if step.id not in taken_old),
        tuple(step for step in new.steps if step.id not in taken_new),
    )


class _Scopes:
    """Walks both trees at once."""

    def __init__(self, old: Index, new: Index) -> None:
        self.old = old
        self.new = new
        self.pairs: list[ScopePair] = []
        self.removed: list[Scope] = []
        self.added: list[Scope] = []
        waiting = [ScopePair(old.root, new.root, moved=False)]
        while waiting:
            pair = waiting.pop()
            self.pairs.append(pair)
            waiting += reversed(self._children(pair))

    def _children(self, parents: ScopePair) -> list[ScopePair]:
        old = self.old.children_of(parents.old)
        new = self.new.children_of(parents.new)
        pairs = _by_key(old, new, lambda scope: (scope.kind, scope.name))
        left_old = _without(old, [one for one, _ in pairs])
        left_new = _without(new, [other for _, other in pairs])
        pairs += _renamed(left_old, left_new, only=len(old) == len(new) == 1)
        self.removed += _without(old, [one for one, _ in pairs])
        self.added += _without(new, [other for _, other in pairs])
        key = {
            scope.id: tuple(sorted((one.id, other.id)))
            for one, other in pairs
            for scope in (one, other)
        }
        mate = {other.id: one for one, other in pairs}
        paired_old = [key[scope.id] for scope in old if scope.id in key]
        paired_new = [scope for scope in new if scope.id in mate]
        kept = {place for _, place in common(paired_old, [key[scope.id] for scope in paired_new])}
        return [
            ScopePair(mate[scope.id], scope, moved=place not in kept)
            for place, scope in enumerate(paired_new)
        ]


def _renamed(old: list[Scope], new: list[Scope], *, only: bool) -> list[tuple[Scope, Scope]]:
    """Files of the same name elsewhere, or the only ones; repositories of the same label."""
    if only and old and new and old[0].kind is new[0].kind is ScopeKind.CONFIGURATION:
        return [(old[0], new[0])]
    return _by_key(old, new, _known_as)


def _known_as(scope: Scope) -> Hashable:
    if scope.kind is ScopeKind.CONFIGURATION:
        return scope.kind, scope.name.rpartition("/")[2]
    return (scope.kind, scope.label) if scope.label else None


def _without(scopes: list[Scope], taken: list[Scope]) -> list[Scope]:
    ids = {scope.id for scope in taken}
    return [scope for scope in scopes if scope.id not in ids]


def _by_key(
    old: Sequence[Scope], new: Sequence[Scope], key: Callable[[Scope], Hashable]
) -> list[tuple[Scope, Scope]]:
    return [(old[o], new[n]) for o, n in equal([key(s) for s in old], [key(s) for s in new])]


def _steps(scopes: _Scopes) -> list[StepPair]:
    """All pairs of steps, in no order."""
    pairs: list[StepPair] = []
    old: list[Step] = []
    new: list[Step] = []
    for pair in scopes.pairs:
        for phase in Phase:
            place = PlaceMatching(
                scopes.old.steps_of(pair.old, phase),
                scopes.new.steps_of(pair.new, phase),
            )
            pairs += [StepPair(*found) for found in place.pairs()]
            old += place.left_old()
            new += place.left_new()
    removed = [step for scope in scopes.removed for step in steps_below(scopes.old, scope)]
    added = [step for scope in scopes.added for step in steps_below(scopes.new, scope)]
    # What was in a scope that is gone, and is now in one that is new, has not moved.
    for ones, others in ((old, new), (old, added), (removed, new)):
        pairs += _elsewhere(ones, others)
    return pairs


def _elsewhere(old: list[Step], new: list[Step]) -> list[StepPair]:
    """Steps of other places that are called the same or say the same; they are taken out of both."""
    pairs = []
    for key in (_called, says):
        found = equal([key(step) for step in old], [key(step) for step in new])
        pairs += [StepPair(old[o], new[n], moved=True) for o, n in found]
        for steps, taken in ((old, {o for o, _ in found}), (new, {n for _, n in found})):
            steps[:] = [step for number, step in enumerate(steps) if number not in taken]
    return pairs


def steps_below(tree: Index, scope: Scope) -> list[Step]:
    """The steps of a scope and of those in it."""
    found = []
    waiting = [scope]
    while waiting:
        current = waiting.pop()
        found += [step for phase in Phase for step in tree.steps_of(current, phase)]
        waiting += reversed(tree.children_of(current))
    return found


def _called(step: Step) -> Hashable:
    return step.name or None
