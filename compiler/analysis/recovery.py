"""What a run that was interrupted still owes, and the plan that gives it back.

Pure: from what a run took (`cleanup.takes`, by step ids) and how its steps ended to the steps that are
to run now. A step that takes something owes its return as soon as it has begun, unless it is known to
have failed: ended with an exit code of its own. One that was killed may have done half of its work.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..plan.exits import Outcome
from ..plan.model import Effect, Phase, Plan, Resume, ScopeKind, Status, Step, StepId, Trigger
from ..support.record import NamedTuple

_ON = Effect(Status.FAILED, Resume.NEXT)


class PendingCleanup(NamedTuple):
    """`step` takes `what`; each of `gives`, later steps, gives it back."""

    step: StepId
    what: str
    gives: tuple[StepId, ...]


class Attempt(NamedTuple):
    """One time that a step was begun. `outcome` is None if nobody knows how it ended. `stopped`: from
    outside, by the run."""

    step: StepId
    outcome: Outcome | None
    code: int | None = None
    stopped: bool = False

    @property
    def has_failed_by_itself(self) -> bool:
        """It ended badly, and neither a signal nor its time limit ended it."""
        bad = self.outcome in (Outcome.HARD, Outcome.SOFT) and not self.stopped
        return bad and (self.code is None or self.code > 0)


def owed(takes: Sequence[PendingCleanup], attempts: Sequence[Attempt]) -> list[PendingCleanup]:
    """The takes not given back yet, the latest first. `attempts`: of the run and of what has been
    done since to give back, in their order."""
    last = {attempt.step: place for place, attempt in enumerate(attempts)}
    found = [take for take in takes if _is_outstanding(take, attempts)]
    return sorted(found, key=lambda take: last[take.step], reverse=True)


def _is_outstanding(take: PendingCleanup, attempts: Sequence[Attempt]) -> bool:
    gives = frozenset(take.gives)
    taken = False
    for attempt in attempts:
        if attempt.step == take.step:
            taken = taken or not attempt.has_failed_by_itself
        elif attempt.step in gives and attempt.outcome is Outcome.DONE:
            taken = False
    return taken


def giving(plan: Plan, takes: Iterable[PendingCleanup]) -> list[Step]:
    """One step for each of the takes, in their order; a step that gives back several stands once."""
    steps = {step.id: step for step in plan.steps}
    chosen: dict[StepId, Step] = {}
    for take in takes:
        gives = [steps[step] for step in take.gives if step in steps]
        if gives and not chosen.keys() & {step.id for step in gives}:
            step = next((step for step in gives if _is_for_failures(step)), gives[0])
            chosen[step.id] = step
    return list(chosen.values())


def _is_for_failures(step: Step) -> bool:
    """A run that was interrupted is one that failed: what cleans up after failures fits it best."""
    if step.phase is Phase.RECOVER:
        return True
    return step.phase is Phase.EXIT and step.trigger is not Trigger.SUCCESS


def recovery(plan: Plan, takes: Iterable[PendingCleanup], reports: Sequence[Step] = ()) -> Plan:
    """The plan that gives back `takes`: one step after the other, whatever becomes of them. Then it sends
    `reports`.

    Each is a step for leaving: a signal lets it go on to its end, and the others run too.
    """
    root = plan.scopes[0]._replace(kind=ScopeKind.RUN, on_child_skipped=_ON, on_child_failed=_ON)
    steps = tuple(
        step._replace(
            scope=root.id,
            phase=Phase.EXIT,
            trigger=Trigger.ALWAYS,
            on_soft=_ON,
            on_hard=_ON,
            condition=None,
        )
        for step in (*giving(plan, takes), *reports)
    )
    return plan._replace(scopes=(root,), steps=steps, scratch=(), refusals=(), facts=())
