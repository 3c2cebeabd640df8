"""A run in numbers: of each action of each repository, when it was tried, whether it succeeded, how long it took."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ...compiler.plan.index import index
from ...compiler.plan.model import Plan, Role, ScopeKind
from ...compiler.plan.work import Process
from ...compiler.support.record import NamedTuple
from .fates import Fate, StepFate, fates
from .sizes import ArchiveSize
from .walk import Report


class Subject(NamedTuple):
    """An action in a repository, as a configuration has it. `repository`: its label, else its path."""

    configuration: str
    repository: str
    action: str


class Attempt(NamedTuple):
    """What came of it. `seconds`: of Borg's commands. `size`: of the archive that it made, if that is known."""

    has_run: bool
    succeeded: bool
    seconds: float
    size: ArchiveSize | None = None


class Measures(NamedTuple):
    """Of one run. `began` since 1970, `seconds` from there to its end. `steps`: how many ended in which way.

    `attempts`: of everything that the plan has, whether its turn came or not. `refused`: nothing was run.
    """

    began: float
    seconds: float
    exit_code: int
    attempts: dict[Subject, Attempt]
    steps: dict[Fate, int]
    refused: bool


def measures(
    plan: Plan | None,
    report: Report | None,
    began: float,
    seconds: float,
    exit_code: int,
    *,
    refused: bool,
) -> Measures:
    """`plan`: None where none could be made. `report`: None if nothing was run, or a second signal ended it."""
    found = fates(plan, report) if plan is not None and report is not None else []
    counted = Counter(fate.fate for fate in found)
    steps = {fate: counted[fate] for fate in Fate}
    attempts = {} if plan is None else _attempts(plan, found)
    return Measures(began, seconds, exit_code, attempts, steps, refused)


def _attempts(plan: Plan, found: Sequence[StepFate]) -> dict[Subject, Attempt]:
    tree = index(plan)
    by_step = {fate.step.id: fate for fate in found}
    of_actions: dict[Subject, list[StepFate | None]] = {}
    for step in plan.steps:
        repository = tree.around(step.scope, ScopeKind.REPOSITORY)
        action = tree.name_of(step.scope, ScopeKind.ACTION)
        if repository is not None and action and step.role is Role.BORG:
            configuration = tree.name_of(step.scope, ScopeKind.CONFIGURATION)
            subject = Subject(configuration, repository.label or repository.name, action)
            of_actions.setdefault(subject, []).append(by_step.get(step.id))
    return {subject: _attempt(ended) for subject, ended in of_actions.items()}


def _attempt(ended: Sequence[StepFate | None]) -> Attempt:
    """A success is what has run and went well from its first step to its last."""
    results = [fate.result for fate in ended if fate is not None and fate.result is not None]
    has_run = any(result.ran for result in results)
    succeeded = has_run and all(fate is not None and _went_well(fate) for fate in ended)
    size = next((result.size for result in results if result.size is not None), None)
    return Attempt(has_run, succeeded, sum(result.seconds for result in results), size)


def _went_well(fate: StepFate) -> bool:
    """With a warning only where there is something to show for it: an archive that lacks a file is one, while a
    check that warns may have found damage. A remark on a good end is of something that was not done."""
    work, result = fate.step.work, fate.result
    if fate.fate is Fate.WARNING:
        return isinstance(work, Process) and work.proof is not None
    if fate.fate is Fate.NOTHING:
        return True
    return fate.fate is Fate.DONE and result is not None and not result.note
