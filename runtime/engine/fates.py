"""After a run, for every step: what became of it, and for those that didn't run, why."""

from __future__ import annotations

from collections.abc import Iterator

from ...compiler.analysis.failures import is_usual
from ...compiler.plan.exits import Outcome
from ...compiler.plan.index import index
from ...compiler.plan.model import Plan, Step, StepId, Trigger
from ...compiler.plan.work import Process
from ...compiler.support.enums import Enum
from ...compiler.support.record import NamedTuple
from .ended import Report
from .runner import Result


class Fate(Enum):
    DONE = "done"
    WARNING = "warning"  # done, with something to look at
    NOTHING = "nothing to do"  # its turn came, and there was nothing to run
    SKIPPED = "skipped"  # it asked to leave quietly
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    NOT_RUN = "not run"  # because of a failure, or an interrupt
    NOT_NEEDED = "not needed"  # it is there for failures, and there was none


class StepFate(NamedTuple):
    """`number`: in the plan, from 1. `cause`: the number of the failed step because of which it didn't run."""

    number: int
    step: Step
    fate: Fate
    result: Result | None
    cause: int | None = None


def fates(plan: Plan, report: Report) -> list[StepFate]:
    """One for each step, in the plan's order."""
    return list(_fates(plan, report))


def _fates(plan: Plan, report: Report) -> Iterator[StepFate]:
    tree = index(plan)
    numbers: dict[StepId, int] = {step.id: number for number, step in enumerate(plan.steps, 1)}
    steps = {step.id: step for step in plan.steps}
    last_bad: int | None = None
    bad_in: dict[str, int] = {}
    for step_id, result in report.results.items():
        if result.outcome is not Outcome.DONE:
            for scope in tree.with_ancestors(steps[step_id].scope):
                bad_in[scope.id] = numbers[step_id]
    for number, step in enumerate(plan.steps, 1):
        found = report.results.get(step.id)
        if found is not None:
            if found.outcome is not Outcome.DONE:
                last_bad = None if found.outcome is Outcome.INTERRUPTED else number
            yield StepFate(number, step, _fate(step, found), found)
        elif (
            step.trigger is Trigger.OWN
            or _has_no_occasion(step, last_bad, report)
            or (_is_for_failures(step) and step.scope not in bad_in and report.signal is None)
        ):
            yield StepFate(number, step, Fate.NOT_NEEDED, None)
        else:
            yield StepFate(number, step, Fate.NOT_RUN, None, last_bad)


def _has_no_occasion(step: Step, last_bad: int | None, report: Report) -> bool:
    """Whether it is a message that has a condition, and no failure keeps it back."""
    if step.condition is None:
        return False
    return _is_for_failures(step) or (last_bad is None and report.signal is None)


def _is_for_failures(step: Step) -> bool:
    return not is_usual(step)


def _fate(step: Step, result: Result) -> Fate:
    match result.outcome:
        case Outcome.HARD:
            return Fate.FAILED
        case Outcome.SOFT:
            return Fate.SKIPPED
        case Outcome.INTERRUPTED:
            return Fate.INTERRUPTED
        case Outcome.DONE:
            if result.code is None:
                return Fate.NOTHING
            return Fate.WARNING if step.work.exits.is_warning(result.code) else Fate.DONE


def went_well(fate: StepFate) -> bool:
    """With a warning only where there is something to show for it: an archive that lacks a file is one, while a
    check that warns may have found damage. A remark on a good end is of something that was not done."""
    work, result = fate.step.work, fate.result
    if fate.fate is Fate.WARNING:
        return isinstance(work, Process) and work.proof is not None
    if fate.fate is Fate.NOTHING:
        return True
    return fate.fate is Fate.DONE and result is not None and not result.note
