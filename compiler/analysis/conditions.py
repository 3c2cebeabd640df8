"""What became of the steps that a message is about: for the run itself, and for what single failures do."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Sequence

from ..plan.conditions import Condition, End
from ..plan.exits import Outcome
from ..plan.model import LEAVING, Plan, Role, Status, Step, StepId
from ..support.record import NamedTuple
from .failure_records import Failure, Failures, Stretch


def concerned(plan: Plan, condition: Condition) -> tuple[Step, ...]:
    """The steps that a condition is about; messages are none."""
    wanted = frozenset(condition.steps)
    return tuple(
        step
        for step in plan.steps
        if step.role is not Role.NOTIFY and (not wanted or step.id in wanted)
    )


def deciding(steps: Sequence[Step]) -> tuple[Step, ...]:
    """Those of them without which nothing has been done: Borg's commands, or all where there are none."""
    return tuple(step for step in steps if step.role is Role.BORG) or tuple(steps)


class Ended(NamedTuple):
    """How a step ended; `ran`: not for lack of work."""

    outcome: Outcome
    ran: bool = True


def end_of(
    steps: Sequence[Step],
    needed: Callable[[Step], bool],
    ended: Callable[[StepId], Ended | None],
    failed: Container[StepId],
    *,
    interrupted: bool,
) -> End | None:
    """What became of steps together, RECOVERY left aside; None if too little of them ran to say.

    `needed`: whether a good run needs a step. `ended`: how one ended the last time that it got its turn. `failed`: what
    counts as failed. `interrupted`: a signal came.
    """
    if not steps:
        return None
    ends = {step.id: ended(step.id) for step in steps}
    done = all(
        (end := ends[step.id]) is not None and end.outcome is Outcome.DONE
        for step in steps
        if needed(step)
    )
    known = [end for end in ends.values() if end is not None]
    cut = interrupted and not done
    if (
        cut
        or any(step.id in failed for step in steps)
        or any(end.outcome is Outcome.INTERRUPTED for end in known)
    ):
        return End.FAILURE
    if any(end.outcome is Outcome.SOFT for end in known):
        return End.SOFT_FAILURE
    works = any((end := ends[step.id]) is not None and end.ran for step in deciding(steps))
    return End.SUCCESS if done and works else None


def with_conditions(plan: Plan, found: Failures) -> Failures:
    """What single failures do, with the messages that have conditions: triggers alone call too many of them.

    Each failure of `found` is of one step, unless all conditions are about the whole run. Earlier runs are taken to
    have gone well.
    """
    judge = _Judge(plan, found)
    messages = [n for n, step in enumerate(plan.steps) if step.condition is not None]
    return found._replace(
        all=tuple(_conditioned(failure, messages, judge, plan) for failure in found.all)
    )


def _conditioned(failure: Failure, messages: Sequence[int], judge: _Judge, plan: Plan) -> Failure:
    sent = {n for n in messages if judge.is_sent(failure, n)}
    called = [n for n in failure.called_later if n in sent or plan.steps[n].condition is None]
    missed = [
        n for n in messages
        if judge.found.usual[n] and n not in sent and n >= failure.until and n != failure.steps[0]
    ]  # fmt: skip
    return failure._replace(called_later=tuple(called), skipped=_joined(failure.skipped, missed))


def _joined(stretches: tuple[Stretch, ...], numbers: Iterable[int]) -> tuple[Stretch, ...]:
    """With further numbers, ascending."""
    new = [(n, n + 1) for n in numbers if not any(a <= n < b for a, b in stretches)]
    return tuple(sorted((*stretches, *new)))


class _Judge:
    """Says of a failure whether the message of a number is sent then."""

    def __init__(self, plan: Plan, found: Failures) -> None:
        self.found = found
        self._plan = plan
        numbers = {step.id: n for n, step in enumerate(plan.steps)}
        self._about: dict[int, tuple[int, ...]] = {
            n: tuple(numbers[s.id] for s in concerned(plan, step.condition))
            for n, step in enumerate(plan.steps)
            if step.condition is not None and step.condition.steps
        }

    def is_sent(self, failure: Failure, message: int) -> bool:
        step = self._plan.steps[message]
        condition = step.condition
        if condition is None or condition.row > 1 or condition.end is End.RECOVERY:
            return False
        if message in self._about:
            return self._of(failure, failure.steps[-1], self._about[message]) is condition.end
        if condition.end is End.FAILURE:  # of the whole run, as the trigger says
            return message in failure.called_later
        is_soft = failure.outcome is Outcome.SOFT and failure.status is not Status.FAILED
        return is_soft and not failure.exit_code and condition.end is End.SOFT_FAILURE

    def _of(self, failure: Failure, failing: int, about: Sequence[int]) -> End | None:
        found, steps = self.found, self._plan.steps
        bad = steps[failing].id
        ran = {
            steps[n].id
            for n in about
            if (n < failing and found.usual[n]) or (n > failing and found.runs(failure, failing, n))
        }

        cut = failure.outcome is Outcome.INTERRUPTED
        goes_on = cut and steps[failing].phase in LEAVING  # what leaves a scope comes to its end

        def ended(step: StepId) -> Ended | None:
            if step == bad and not goes_on:
                return Ended(failure.outcome)
            return Ended(Outcome.DONE) if step in ran or step == bad else None

        soft = failure.outcome is Outcome.SOFT and not steps[failing].work.exits.soft_fails_run
        usual = {steps[n].id for n in about if found.usual[n]}
        return end_of(
            [steps[n] for n in about], lambda step: step.id in usual, ended,
            () if soft or goes_on else (bad,), interrupted=cut,
        )  # fmt: skip
