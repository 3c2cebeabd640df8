"""What runs of the past did in each repository: which actions, when, and whether they were good.

An action is good by the rule of `engine.measures`: each of its Borg commands has run and succeeded; a warning is as good only
of a command that has something to show for it, such as an archive. What the journal lacks counts as not good.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from ...compiler.plan.exits import Outcome
from ...compiler.plan.index import index
from ...compiler.plan.model import Plan, Role, ScopeKind, Step, StepId
from ...compiler.plan.work import Process
from ...compiler.support.record import NamedTuple
from ..engine.sizes import ArchiveSize
from ..engine.tally import NO_TALLY, Tally
from .records import Run, StepRecord


class Place(NamedTuple):
    """A repository, as a configuration file has it. `configuration`: its path; `repository`: as written there."""

    configuration: str
    repository: str


class ActionRecord(NamedTuple):
    """An action in one repository, in one run. Times in seconds, `began` since 1970. `size`: of `archive`, the one that
    it made, if it is known. `tally`: what that archive has, in numbers."""

    place: Place
    label: str
    action: str
    began: float
    seconds: float
    good: bool
    archive: str = ""
    size: ArchiveSize | None = None
    tally: Tally = NO_TALLY


def actions_of(run: Run, plan: Plan, records: Sequence[StepRecord]) -> list[ActionRecord]:
    """Those of which a command was started, in the order of the plan."""
    last: dict[StepId, StepRecord] = {record.step: record for record in records}
    return [
        _record(place, label, action, steps, last)
        for (place, label, action), steps in _borg_steps(run, plan).items()
        if any(step.id in last for step in steps)
    ]


def _borg_steps(run: Run, plan: Plan) -> dict[tuple[Place, str, str], list[Step]]:
    tree = index(plan)
    found: dict[tuple[Place, str, str], list[Step]] = {}
    for step in plan.steps:
        repository = tree.around(step.scope, ScopeKind.REPOSITORY)
        action = tree.name_of(step.scope, ScopeKind.ACTION)
        if repository is not None and action and step.role is Role.BORG:
            written = tree.name_of(step.scope, ScopeKind.CONFIGURATION)
            place = Place(_path_of(written, run), repository.name)
            found.setdefault((place, repository.label, action), []).append(step)
    return found


def _path_of(written: str, run: Run) -> str:
    """The path of a configuration file, which was given as it is `written`: one file may be given in many ways."""
    if len(run.configurations) == 1:
        return run.configurations[0]
    return os.path.normpath(os.path.join(run.directory, written))


def _record(
    place: Place,
    label: str,
    action: str,
    steps: Sequence[Step],
    last: Mapping[StepId, StepRecord],
) -> ActionRecord:
    begun = [last[step.id] for step in steps if step.id in last]
    made = next((record for record in begun if record.archive), None)
    return ActionRecord(
        place,
        label,
        action,
        min(record.began for record in begun),
        sum(record.seconds or 0 for record in begun),
        all(_is_good(step, last.get(step.id)) for step in steps),
        made.archive if made else "",
        made.size if made else None,
        made.tally if made else NO_TALLY,
    )


def _is_good(step: Step, record: StepRecord | None) -> bool:
    if record is None or record.outcome is not Outcome.DONE:
        return False
    if record.warned:
        return isinstance(step.work, Process) and step.work.proof is not None
    return not record.note
