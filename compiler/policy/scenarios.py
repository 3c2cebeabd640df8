"""The runs a plan can have as far as single failures go, asked for the first and last of some steps.

Nothing is simulated: what a failure skips and calls comes from `failures.py` as a few stretches.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator

from ..analysis.failure_records import Failure, Failures, Stretch
from ..plan.model import Plan, ScopeId
from ..support.record import NamedTuple
from .groups import Group, Numbers
from .records import Ending


class Some(NamedTuple):
    """Numbers of steps: those that run when nothing fails, those that only a failure calls; of both,
    those that don't need success."""

    usual: Numbers
    rare: Numbers
    free: Numbers


class World(NamedTuple):
    """The run in which step `failing` ends as `failure` says; without one, the run without failures."""

    failure: Failure | None = None
    failing: int = -1

    def _skipped(self, ending: Ending) -> tuple[Stretch, ...]:
        """What didn't run; if success is asked for, the failing step is as good as not run."""
        if self.failure is None:
            return ()
        first = self.failing + (ending is not Ending.SUCCESS)
        return (first, max(self.failing + 1, self.failure.until)), *self.failure.skipped

    def _called(self, some: Some) -> list[int]:
        if self.failure is None or not some.rare:
            return []
        return [number for number in self.failure.called_later if _holds(some.rare, number)]

    def _at_once(self, some: Some) -> Numbers:
        """What runs between the failing step and the first one that runs as ever."""
        if self.failure is None or not self.failure.goes_on:
            return ()
        start = bisect_left(some.free, self.failing + 1)
        return some.free[start : bisect_left(some.free, self.failure.until)]

    def first(self, some: Some, ending: Ending = Ending.ANY) -> int | None:
        """The first of `some` that ran and ended so."""
        if ending.outcome is not None:
            return self._failed(some, ending)
        usual = some.usual
        place = 0
        for start, end in self._skipped(ending):
            if place == len(usual) or usual[place] < start:
                break
            place = bisect_left(usual, end, place)
        found = [*usual[place : place + 1], *self._at_once(some)[:1], *self._called(some)[:1]]
        return min(found, default=None)

    def last(self, some: Some, ending: Ending = Ending.ANY) -> int | None:
        """The last of `some` that ran and ended so."""
        if ending.outcome is not None:
            return self._failed(some, ending)
        usual = some.usual
        place = len(usual)
        for start, end in reversed(self._skipped(ending)):
            if place == 0 or usual[place - 1] >= end:
                break
            place = bisect_left(usual, start, 0, place)
        found = [
            *usual[max(0, place - 1) : place],
            *self._at_once(some)[-1:],
            *self._called(some)[-1:],
        ]
        return max(found, default=None)

    def _failed(self, some: Some, ending: Ending) -> int | None:
        if self.failure is None or self.failure.outcome is not ending.outcome:
            return None
        return self.failing if _holds(some.usual, self.failing) else None


def _holds(numbers: Numbers, number: int) -> bool:
    place = bisect_left(numbers, number)
    return place < len(numbers) and numbers[place] == number


def some(found: Failures, numbers: Numbers) -> Some:
    return Some(
        tuple(number for number in numbers if found.usual[number]),
        tuple(number for number in numbers if not found.usual[number]),
        tuple(number for number in numbers if not found.needs_success[number]),
    )


class Case(NamedTuple):
    """Failing steps of one failure between which nothing differs."""

    failure: Failure
    failing: Numbers


def concerned(
    plan: Plan, failures: Iterable[Failure], groups: list[Group]
) -> Iterator[tuple[Group, Case]]:
    """Those of single failures that may make a difference to a group: that touch one of its steps.

    A group that is skipped as a whole isn't among them: nothing of it happens.
    """
    touch = _Touch(plan, groups)
    for failure in failures:
        for place in sorted(touch.groups(failure)):
            for failing in _alike(failure.steps, touch.members[place]):
                yield groups[place], Case(failure, failing)


class _Touch:
    """Finds the groups of which a failure skips, calls or fails a step.

    A stretch of skipped steps belongs to one scope: steps of its own, then whole scopes within it. Groups
    in these are all left with the steps around that scope, so one of them speaks for all.
    """

    def __init__(self, plan: Plan, groups: list[Group]) -> None:
        self.members = [tuple(sorted({*group.first, *group.second})) for group in groups]
        self._steps = plan.steps
        self._owners: dict[int, list[int]] = {}
        for place, numbers in enumerate(self.members):
            for number in numbers:
                self._owners.setdefault(number, []).append(place)
        self._extents = _extents(plan)
        self._sorted = [*sorted(self._owners), len(plan.steps)]

    def groups(self, failure: Failure) -> set[int]:
        touched: set[int] = set()
        for start, end in ((failure.steps[0] + 1, failure.until), *failure.skipped):
            place = bisect_left(self._sorted, start)
            if self._sorted[place] < end:
                touched.add(self._owners[self._sorted[place]][0])
                scope = self._steps[start].scope
                first, last = self._extents[scope]
                if start <= first and last < end:
                    continue
                while (number := self._sorted[place]) < end and self._steps[number].scope == scope:
                    touched.update(self._owners[number])
                    place += 1
        for number in (*failure.called_later, *failure.steps):
            if number in self._owners:
                touched.update(self._owners[number])
        return touched


def _extents(plan: Plan) -> dict[ScopeId, tuple[int, int]]:
    """The first and the last step in each scope that holds one, those of scopes within it included."""
    found: dict[ScopeId, tuple[int, int]] = {}
    for number, step in enumerate(plan.steps):
        found[step.scope] = found.get(step.scope, (number, number))[0], number
    for scope in reversed(plan.scopes):
        if scope.id in found and scope.parent is not None:
            first, last = found[scope.id]
            around = found.get(scope.parent, (first, last))
            found[scope.parent] = min(first, around[0]), max(last, around[1])
    return found


def _alike(steps: Numbers, members: Numbers) -> Iterator[Numbers]:
    """The failing steps, cut where a member stands; members by themselves."""
    place = 0
    while place < len(steps):
        following = bisect_left(members, steps[place])
        if following == len(members):
            end = len(steps)
        elif members[following] == steps[place]:
            end = place + 1
        else:
            end = bisect_left(steps, members[following], place)
        yield steps[place:end]
        place = end
