"""What every single failure of a plan does, small enough for a page of 10,000 steps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ....compiler.analysis.alarms import Told
from ....compiler.analysis.cleanup import Leak
from ....compiler.analysis.failure_records import Failure, Failures, Stretch
from ....compiler.plan.index import index
from ....compiler.plan.titles import named
from ....compiler.shell.printable import printable
from ..failures import Answer, left_by

_NONE = {
    "hard": "can't fail in a way that counts.",
    "soft": "has no soft failure: its borgmatic release gives it none.",
    "interrupted": "runs only after a failure; what happens then follows from that failure.",
}


def outcomes(answer: Answer) -> dict[str, object]:
    """For the script. Steps are numbers from 1; `names`: of all of them; `lists`: every list of steps once, as first and last of each of its
    stretches; elsewhere a list is its place there.

    Of a failure `skipped` and `called` are those of its first step: of a later one they are the same, without those
    that stand before it. Steps among `skipped` that run only after failures are skipped only in so far as they
    aren't called. `stays`: what stays, if the failing step is one from the first to the second number.
    """
    lists = _Lists()
    places = {number: place for place, number in enumerate(sorted(_pings(answer)))}
    failures = [_failure(answer, each, lists, places) for each in answer.told]
    tree = index(answer.plan)
    return {
        "names": [printable(named(step, tree)) for step in answer.plan.steps],
        "pings": [number + 1 for number in places],
        "failures": failures,
        "lists": lists.all,
        "none": _NONE,
    }


def _pings(answer: Answer) -> set[int]:
    return {number for each in answer.told for number in each.missed}


def _failure(
    answer: Answer, told: Told, lists: _Lists, pings: Mapping[int, int]
) -> tuple[object, ...]:
    """In the order in which the script takes it apart; `missed` as places among `pings`, where they are few stretches."""
    found, failure = answer.failures, told.failure
    stays = [(_words(leak), leak.first + 1, leak.last + 1) for leak in left_by(answer, failure)]
    return (
        lists.numbers(failure.steps),
        failure.outcome.value,
        failure.exit_code,
        lists.stretches(_skipped(found, failure)),
        lists.numbers(found.called(failure, failure.steps[0])),
        lists.numbers(told.alarms),
        lists.numbers(answer.hurdles(told)),
        lists.numbers(pings[number] for number in told.missed),
        *([stays] if stays else []),
    )


def _skipped(found: Failures, failure: Failure) -> Iterator[Stretch]:
    """See `Failure`: the rest up to `until`, or what of it needs success, and further stretches. `Failures.not_run` has
    each gap for a step that runs only after failures, which are thousands in a large plan."""
    first = failure.steps[0] + 1
    if not failure.goes_on:
        if first < failure.until:
            yield first, failure.until
    else:
        rest = range(first, failure.until)
        yield from ((n, n + 1) for n in rest if found.usual[n] and found.needs_success[n])
    yield from failure.skipped


def _words(leak: Leak) -> str:
    claim = leak.take.claim
    return printable(f"{claim.pair.name} {claim.what}".strip() + f" (by step {leak.take.step + 1})")


class _Lists:
    def __init__(self) -> None:
        self.all: list[tuple[int, ...]] = []
        self._places: dict[tuple[int, ...], int] = {}

    def numbers(self, numbers: Iterable[int]) -> int:
        """The place of a list of ascending numbers from 0."""
        return self.stretches((number, number + 1) for number in numbers)

    def stretches(self, stretches: Iterable[Stretch]) -> int:
        """The place of ascending stretches of them, which may touch."""
        flat: list[int] = []
        for first, end in stretches:
            if flat and flat[-1] == first:
                flat[-1] = end
            else:
                flat += (first + 1, end)
        key = tuple(flat)
        if key not in self._places:
            self._places[key] = len(self.all)
            self.all.append(key)
        return self._places[key]
