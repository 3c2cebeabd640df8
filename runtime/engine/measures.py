"""A run in numbers: of each action of each repository, when it was tried, whether it succeeded, how long it took."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from ...compiler.plan.index import index
from ...compiler.plan.model import Plan, Role, ScopeKind
from ...compiler.support.record import NamedTuple
from .ended import Report
from .fates import Fate, StepFate, fates, went_well
from .repositories import NO_FORMER, Former, RepositoryRecord, records


class Subject(NamedTuple):
    """An action in a repository, as a configuration has it. `repository`: its label, else its path."""

    configuration: str
    repository: str
    action: str


class Attempt(NamedTuple):
    """What came of it. `seconds`: of Borg's commands. `numbers`: what they did, by the names of `NUMBERS`; without what
    isn't known."""

    has_run: bool
    succeeded: bool
    seconds: float
    numbers: Mapping[str, int] = MappingProxyType({})


# What each action is measured in; the names are those of records.
NUMBERS: Mapping[str, tuple[str, ...]] = {
    "create": (
        *("files", "original", "compressed", "added", "new", "changed", "unchanged", "unsteady", "unreadable"),
        *("stored", "shrunk"),
    ),
    "prune": ("pruned", "kept"),
    "compact": ("freed",),
}  # fmt: skip


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
    former: Former = NO_FORMER,
) -> Measures:
    """`plan`: None where none could be made. `report`: None if nothing was run, or a second signal ended it. `former`:
    what new archives are compared with."""
    found = fates(plan, report) if plan is not None and report is not None else []
    counted = Counter(fate.fate for fate in found)
    steps = {fate: counted[fate] for fate in Fate}
    attempts = {} if plan is None else _attempts(plan, found, former)
    return Measures(began, seconds, exit_code, attempts, steps, refused)


def _attempts(plan: Plan, found: Sequence[StepFate], former: Former) -> dict[Subject, Attempt]:
    tree = index(plan)
    came = {
        (record.configuration, record.label or record.repository): record
        for record in records(plan, found, former)
    }
    by_step = {fate.step.id: fate for fate in found}
    of_actions: dict[Subject, list[StepFate | None]] = {}
    for step in plan.steps:
        repository = tree.around(step.scope, ScopeKind.REPOSITORY)
        action = tree.name_of(step.scope, ScopeKind.ACTION)
        if repository is not None and action and step.role is Role.BORG:
            configuration = tree.name_of(step.scope, ScopeKind.CONFIGURATION)
            subject = Subject(configuration, repository.label or repository.name, action)
            of_actions.setdefault(subject, []).append(by_step.get(step.id))
    return {
        subject: _attempt(ended, _numbers(subject, came.get(subject[:2])))
        for subject, ended in of_actions.items()
    }


def _attempt(ended: Sequence[StepFate | None], numbers: Mapping[str, int]) -> Attempt:
    """A success is what has run and went well from its first step to its last."""
    results = [fate.result for fate in ended if fate is not None and fate.result is not None]
    has_run = any(result.ran for result in results)
    succeeded = has_run and all(fate is not None and went_well(fate) for fate in ended)
    return Attempt(has_run, succeeded, sum(result.seconds for result in results), numbers)


def _numbers(subject: Subject, record: RepositoryRecord | None) -> dict[str, int]:
    """What a record says of an action."""
    if record is None:
        return {}
    found: dict[str, int | None] = record._asdict()
    if subject.action == "create":
        backup = next((each for each in record.backups if each.archive), None)
        if backup is None:
            return {}
        found = {**backup.tally._asdict(), **(backup.size._asdict() if backup.size else {})}
        if backup.size is not None:
            found["shrunk"] = int(backup.growth.shrunk)
    names = NUMBERS.get(subject.action, ())
    return {name: value for name in names if (value := found.get(name)) is not None}
