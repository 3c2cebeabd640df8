"""The cleanup proof: does what a hook takes get given back, whatever fails?

For every claim of a plan that takes something the failures after which none of the steps that give it back has
run; all from `failures.py`, nothing is simulated.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from math import inf

from ..plan.claims import Mode
from ..plan.exits import Outcome
from ..plan.model import Plan
from ..support.least import Least
from ..support.record import NamedTuple
from .claims import PairClaim
from .failure_records import Failure, Failures
from .inference import sides_of


class Take(NamedTuple):
    """`step` takes something that each of the steps `gives`, later ones, would give back."""

    step: int
    claim: PairClaim
    gives: tuple[int, ...]


class Leak(NamedTuple):
    """If one of the failure's steps from number `first` to `last` fails so, `take` stays."""

    take: Take
    failure: Failure
    first: int
    last: int

    @property
    def outcome(self) -> Outcome:
        return self.failure.outcome


class Cleanup(NamedTuple):
    """`leaks`: what failures leave behind. `never`: what stays even if nothing fails. `unreleased`: what stays because the
    very step fails that gives it back, or what uses it; only where it is known what a step gives back, not for hooks."""

    takes: tuple[Take, ...]
    leaks: tuple[Leak, ...]
    never: tuple[Take, ...]
    unreleased: tuple[Leak, ...] = ()


def cleanup(plan: Plan, found: Failures) -> Cleanup:
    """What is taken in a plan, and what stays taken after which single failures."""
    taken = takes(plan, found)
    if not taken:
        return Cleanup((), (), ())
    leaks = _leaks(found, [take for take in taken if any(found.usual[n] for n in take.gives)])
    never = [take for take in taken if not any(found.usual[n] for n in take.gives)]
    return Cleanup(tuple(taken), tuple(leaks), tuple(never), tuple(_unreleased(plan, found, taken)))


def _unreleased(plan: Plan, found: Failures, taken: Sequence[Take]) -> Iterator[Leak]:
    by_give: dict[int, list[Take]] = {}
    for take in taken:
        for give in take.gives:
            if not any(claim.inferred for claim in plan.steps[give].claims):
                by_give.setdefault(give, []).append(take)
    in_use = _in_use(plan, taken)
    for failure in found.all:
        if failure.outcome is Outcome.INTERRUPTED:
            continue  # a step that gives back goes on to its end
        for give in failure.steps:
            for take in by_give.get(give, ()):
                others = (other for other in take.gives if other != give)
                if not any(found.runs(failure, give, other) for other in others):
                    yield Leak(take, failure, give, give)
                    for used in in_use(take):
                        yield Leak(used, failure, give, give)


def _in_use(plan: Plan, taken: Sequence[Take]) -> Callable[[Take], list[Take]]:
    """What can't be given back as long as something stays, directly or by what that uses itself."""
    by_thing = {(take.claim.pair.name, take.claim.what): take for take in taken}

    def used_by(take: Take) -> list[Take]:
        waiting = [take]
        found: dict[Take, None] = {}
        while waiting:
            for claim in plan.steps[waiting.pop().step].claims:
                used = by_thing.get((claim.kind, claim.name))
                if claim.mode is Mode.READ and used is not None and used not in found:
                    found[used] = None
                    waiting.append(used)
        return sorted(found, key=lambda used: used.gives)

    return used_by


def takes(plan: Plan, found: Failures) -> list[Take]:
    """In the order of the run. What gives back something taken earlier takes nothing itself."""
    places: dict[PairClaim, list[int]] = {}
    own = {pair.name: pair for pair in plan.pairs}
    for number, step in enumerate(plan.steps):
        for claim in sides_of(step, own):
            places.setdefault(claim, []).append(number)
    opponents = _opponents(list(places))
    candidates = [(n, claim) for claim in opponents for n in places[claim] if found.usual[n]]
    given: set[tuple[int, PairClaim]] = set()
    taken = []
    for number, claim in sorted(candidates, key=lambda candidate: candidate[0]):
        if (number, claim) not in given:
            end = _last_that_matters(places[claim], number)
            gives = [
                (place, other)
                for other in opponents[claim]
                for place in _between(places[other], number, end)
            ]
            given.update(gives)
            taken.append(Take(number, claim, tuple(sorted(place for place, _ in gives))))
    return taken


def _opponents(said: Sequence[PairClaim]) -> dict[PairClaim, list[PairClaim]]:
    """For each claim that takes, those that give it back; only such are compared as share a word."""
    by_word: dict[tuple[str, bool], dict[str, list[PairClaim]]] = {}
    for claim in said:
        side = by_word.setdefault((claim.pair.name, claim.taking), {})
        side.setdefault(claim.word, []).append(claim)
    found = {}
    for claim in said:
        if claim.taking or claim.pair.either:
            side = by_word.get((claim.pair.name, not claim.taking), {})
            words = claim.words if claim.word else side
            others = (other for word in words for other in side.get(word, ()))
            found[claim] = [other for other in others if claim.undone_by(other)]
    return found


def _last_that_matters(again: list[int], number: int) -> float:
    """Where the same thing is taken for the third time: who gives it back there comes too late.

    What the next repository gives back after its own take does count for this one.
    """
    place = bisect_right(again, number) + 1
    return again[place] if place < len(again) else inf


def _between(numbers: list[int], first: int, end: float) -> list[int]:
    return numbers[bisect_right(numbers, first) : bisect_left(numbers, end)]


def _leaks(found: Failures, taken: Sequence[Take]) -> list[Leak]:
    """Only failures that skip the first step that gives something back, and not its take too, are looked at."""
    users = sorted(
        ((next(n for n in take.gives if found.usual[n]), take) for take in taken),
        key=lambda user: user[0],
    )
    givers = [number for number, _ in users]
    early = Least([take.step for _, take in users])
    leaks = []
    for failure in found.all:
        last = failure.steps[-1]
        # The take before the end of the phase, where some of it may run still; else before what is skipped.
        bound = failure.until if failure.goes_on else last + 1
        stretches = [(failure.steps[0] + 1, failure.until, bound)]
        stretches += [(first, end, max(first, last + 1)) for first, end in failure.skipped]
        concerned = {
            id(take): take
            for first, end, bound in stretches
            for place in early.places_below(
                bound, bisect_left(givers, first), bisect_left(givers, end)
            )
            for take in (users[place][1],)
        }
        for take in concerned.values():
            leaks += _leaks_of(found, failure, take)
    return leaks


def _leaks_of(found: Failures, failure: Failure, take: Take) -> list[Leak]:
    """Which of the failure's steps leave it taken; alike ones together.

    Between two steps that have to do with it, it makes no difference which one fails.
    """
    low, high = failure.steps[0], failure.steps[-1]
    gives = take.gives[bisect_left(take.gives, low) : bisect_right(take.gives, high)]
    turning = sorted({take.step, *gives})
    leaks = []
    for place in range(len(turning) + 1):
        after = turning[place - 1] if place else -1
        before = turning[place] if place < len(turning) else len(found.usual)
        first = bisect_right(failure.steps, after)
        end = bisect_left(failure.steps, before)
        if first < end and _stays(found, failure, failure.steps[first], take):
            leaks.append(Leak(take, failure, failure.steps[first], failure.steps[end - 1]))
    return leaks


def _stays(found: Failures, failure: Failure, failing: int, take: Take) -> bool:
    if not found.runs(failure, failing, take.step):
        return False
    return not any(found.runs(failure, failing, number) for number in take.gives)
