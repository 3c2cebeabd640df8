"""Why a step is in a plan: what it waits for, what skips or calls it, what it acquires and who releases it."""

from __future__ import annotations

from ..plan.exits import Outcome
from ..plan.model import Plan, Step, StepId
from ..support.record import NamedTuple
from .cleanup import Take, takes
from .failure_records import Failures
from .failures import failures
from .picture import NEXT, before, neighbours, picture

Numbers = tuple[int, ...]  # of steps, from 0


class Acquired(NamedTuple):
    """`what`: kind and name. `others`: the steps that release it, or that have acquired it."""

    what: str
    others: Numbers


class Explanation(NamedTuple):
    """`after`: the step that runs right before it when nothing fails; `before`: all that do.
    `skipped_by`, `called_by`: steps whose failure keeps it from running, or makes it run, by outcome."""

    number: int
    step: Step
    usual: bool
    after: int | None
    before: Numbers
    skipped_by: dict[Outcome, Numbers]
    called_by: dict[Outcome, Numbers]
    acquires: tuple[Acquired, ...]
    releases: tuple[Acquired, ...]


def explanation(plan: Plan, step: StepId) -> Explanation:
    """For a step of a sound plan with claims."""
    graph = picture(plan)
    numbers = {each.id: number for number, each in enumerate(plan.steps)}
    number = numbers[step]
    found = failures(plan)
    waits = neighbours(graph, step, NEXT, incoming=True)
    skipped, called = _effects(found, number)
    acquired = takes(plan, found)
    return Explanation(
        number=number,
        step=plan.steps[number],
        usual=found.usual[number],
        after=numbers[waits[-1]] if waits else None,
        before=tuple(numbers[each] for each in before(graph, step)),
        skipped_by=skipped,
        called_by=called,
        acquires=tuple(
            Acquired(_what(take), take.gives) for take in acquired if take.step == number
        ),
        releases=tuple(
            Acquired(_what(take), (take.step,)) for take in acquired if number in take.gives
        ),
    )


def _what(take: Take) -> str:
    return f"{take.claim.pair.name} {take.claim.what}".strip()


def _effects(found: Failures, number: int) -> tuple[dict[Outcome, Numbers], dict[Outcome, Numbers]]:
    """Which single failures skip a step that runs otherwise, and which call one that doesn't."""
    changed: dict[Outcome, list[int]] = {}
    usual = found.usual[number]
    for failure in found.all:
        failing = [
            step
            for step in failure.steps
            if step != number and found.runs(failure, step, number) is not usual
        ]
        # What has run already is not skipped.
        failing = [step for step in failing if not usual or step < number]
        if failing:
            changed.setdefault(failure.outcome, []).extend(failing)
    told = {outcome: tuple(sorted(set(steps))) for outcome, steps in changed.items()}
    return ({}, told) if not usual else (told, {})
