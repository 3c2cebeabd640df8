"""Whether the condition of a message holds: what became of its steps in this run, and in those before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...compiler.analysis.conditions import Ended, concerned, deciding, end_of
from ...compiler.analysis.failures import is_usual
from ...compiler.plan.conditions import Condition, End
from ...compiler.plan.exits import Outcome
from ...compiler.plan.index import index
from ...compiler.plan.model import Plan, ScopeKind, Step, StepId
from ...compiler.plan.words import Late, Value
from ...compiler.support.record import Protocol
from .runner import Happened, Result
from .sizes import ArchiveSize
from .wording import describe


class Past(Protocol):
    """What is known beside the run itself."""

    def failures(
        self, steps: frozenset[StepId], deciding: frozenset[StepId], enough: int
    ) -> int | None:
        """In how many runs before this one, without one between that went well, one of `steps` failed; `enough`
        at most, None if nobody knows. A run went well if one of `deciding` is done, and says nothing if none of
        `steps` ran."""

    def minute(self) -> int | None:
        """Of the day, local time; None if it doesn't matter."""

    def sizes(self, step: StepId) -> Sequence[ArchiveSize]:
        """Of the archives that a step made in the runs before this one, the newest first."""


class NoPast:
    """All has gone well so far, and nobody sleeps."""

    def failures(
        self,
        steps: frozenset[StepId],  # noqa: ARG002
        deciding: frozenset[StepId],  # noqa: ARG002
        enough: int,  # noqa: ARG002
    ) -> int:
        return 0

    def minute(self) -> int | None:
        return None

    def sizes(self, step: StepId) -> Sequence[ArchiveSize]:  # noqa: ARG002
        return ()


class Conditions:
    """Judges the conditions of one plan."""

    def __init__(self, plan: Plan, past: Past | None) -> None:
        self._plan = plan
        self._past = past or NoPast()
        self._tree = index(plan)
        self._concerned: dict[tuple[StepId, ...], tuple[Step, ...]] = {}

    def hold(self, condition: Condition, happened: Happened) -> bool:
        """Whether a message is to be sent whose trigger fits."""
        steps = self._steps(condition)
        end = self._end(condition, steps, happened)
        match condition.end:
            case End.FAILURE:
                return end is End.FAILURE and self._failed_before(steps, condition.row - 1)
            case End.RECOVERY:
                return end is End.SUCCESS and bool(self._failures(steps, 1))
            case End.SUCCESS:
                minute = self._past.minute() if condition.quiet else None
                is_quiet = minute is not None and condition.quiet and condition.quiet.holds(minute)
                return end is End.SUCCESS and not is_quiet
            case End.SOFT_FAILURE:
                return end is End.SOFT_FAILURE

    def told(self, condition: Condition, happened: Happened) -> Mapping[Value, str]:
        """About the last failure in its steps: what error hooks are told of theirs."""
        results = ((step, happened.results.get(step.id)) for step in self._steps(condition))
        bad = [(step, r) for step, r in results if r is not None and r.outcome is not Outcome.DONE]
        counted = [item for item in bad if item[1].outcome is not Outcome.SOFT]
        if not (counted or bad):
            return {}
        step, result = (counted or bad)[-1]
        around = self._tree.around(step.scope, ScopeKind.REPOSITORY)
        return {
            Late.REPOSITORY: around.name if around else "",
            Late.LABEL: around.label if around else "",
            Late.ERROR: describe(step, result),
            Late.OUTPUT: result.output,
        }

    def _steps(self, condition: Condition) -> tuple[Step, ...]:
        if condition.steps not in self._concerned:
            self._concerned[condition.steps] = concerned(self._plan, condition)
        return self._concerned[condition.steps]

    def _end(self, condition: Condition, steps: tuple[Step, ...], happened: Happened) -> End | None:
        if not condition.steps and condition.end is End.FAILURE:
            return End.FAILURE  # as its trigger says, which knows of all that can fail

        def ended(step: StepId) -> Ended | None:
            result: Result | None = happened.results.get(step)
            return None if result is None else Ended(result.outcome, result.ran)

        return end_of(steps, is_usual, ended, happened.failed, interrupted=happened.interrupted)

    def _failed_before(self, steps: tuple[Step, ...], times: int) -> bool:
        """Whether it is so much to be told; where nobody knows, it is."""
        found = self._failures(steps, times) if times else 0
        return found is None or found >= times

    def _failures(self, steps: tuple[Step, ...], enough: int) -> int | None:
        ids = frozenset(step.id for step in steps)
        return self._past.failures(ids, frozenset(s.id for s in deciding(steps)), enough)
