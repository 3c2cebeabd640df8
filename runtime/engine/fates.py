"""After a run, for every step: what became of it, and for those that didn't run, why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from types import MappingProxyType

from ...compiler.analysis.failures import is_usual
from ...compiler.plan.exits import Outcome
from ...compiler.plan.index import index
from ...compiler.plan.model import Plan, ScopeKind, Step, StepId, Trigger
from ...compiler.plan.titles import subcommand
from ...compiler.plan.words import Use, parts_of
from ...compiler.plan.work import words_of
from ...compiler.support.record import NamedTuple
from .runner import Result
from .sizes import ArchiveSize, Growth, growth
from .walk import Report


class Fate(Enum):
    DONE = "done"
    WARNING = "warning"  # done, with something to look at
    NOTHING = "nothing to do"  # its turn came, and there was nothing to run
    SKIPPED = "skipped"  # it asked to leave quietly
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    NOT_RUN = "not run"  # because of a failure, or an interrupt
    NOT_NEEDED = "not needed"  # it is there for failures, and there was none


# Sizes of the archives that steps made in former runs, the newest first.
Former = Mapping[StepId, Sequence[ArchiveSize]]
NO_FORMER: Former = MappingProxyType({})
_WENT_WELL = (Fate.DONE, Fate.WARNING, Fate.NOTHING)


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


class Backup(NamedTuple):
    """What became of one backup that a plan has: of a configuration file in a repository. `archive`: the name of
    the archive, as Borg tells it; empty if none is known to be there. `is_missing`: none was made, though a run
    was to make it; in a dry run no backup is. `hidden`: the name of one that was made, and kept the name that hides it.
    `size`: of the archive, if it is known. `growth`: beside those before."""

    configuration: str
    repository: str
    archive: str
    is_missing: bool
    hidden: str = ""
    size: ArchiveSize | None = None
    growth: Growth = Growth()


def backups(plan: Plan, found: Sequence[StepFate], former: Former = NO_FORMER) -> list[Backup]:
    """One for each archive that the plan makes, in its order. `former`: see `Former`.

    What a hook has asked to leave out is missing, too: whoever reads the summary wants to know.
    """
    tree = index(plan)
    return [
        Backup(
            tree.name_of(fate.step.scope, ScopeKind.CONFIGURATION),
            tree.name_of(fate.step.scope, ScopeKind.REPOSITORY),
            archive=(archive := _archive(fate, found)),
            is_missing=not archive and fate.fate not in _WENT_WELL,
            hidden="" if archive or fate.result is None else fate.result.archive,
            size=(size := fate.result.size if archive and fate.result else None),
            growth=growth(size, former.get(fate.step.id, ())) if size else Growth(),
        )
        for fate in found
        if subcommand(fate.step) == "create"
    ]


def _archive(fate: StepFate, found: Sequence[StepFate]) -> str:
    """The name of what a step has made; empty until a later step has given it the name that it is to have."""
    made = fate.result.archive if fate.result is not None else ""
    for other in found:
        for part in parts_of(words_of(other.step.work)):
            if isinstance(part, Use) and part.without and part.value.producer == fate.step.id:
                return made.removesuffix(part.without) if other.fate in _WENT_WELL else ""
    return made
