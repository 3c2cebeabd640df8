"""Which steps of an earlier run went well, also where nobody saw their end."""

from __future__ import annotations

import math
import os
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import datetime
from fnmatch import fnmatchcase

from ...compiler.plan.exits import ExitCodes, Outcome
from ...compiler.plan.index import index
from ...compiler.plan.model import Plan, ScopeKind, Step, StepId
from ...compiler.plan.words import SecretOption
from ...compiler.plan.work import SHOWN, Process, directory_of
from ...compiler.support.enums import Enum
from ..process.prompts import answered
from ..process.signals import Signals
from .locks import real_location
from .records import Run, StepRecord, plan_of, runs, steps

# Borg tells whole seconds: an archive of the second in which somebody else began may be theirs.
_SECOND = 1


class Answer(Enum):
    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


def done_in(plan: Plan, records: Sequence[StepRecord]) -> set[StepId]:
    """The steps whose last attempt went well; of commands that run once, any attempt, or one that made its
    archive however it ended."""
    last = {record.step: record.outcome for record in records}
    ever = {record.step for record in records if record.outcome is Outcome.DONE or record.archive}
    once = {step.id for step in plan.steps if _is_once(step)}
    return {step for step, outcome in last.items() if outcome is Outcome.DONE} | (ever & once)


def doubtful(plan: Plan, records: Sequence[StepRecord]) -> list[tuple[Step, StepRecord]]:
    """Commands that must run once only and have begun, with their first attempt, if none of them is
    known to have gone well: one that failed, too, may have done its work before."""
    done = done_in(plan, records)
    first = {record.step: record for record in reversed(records) if _has_begun(record)}
    return [
        (step, first[step.id])
        for step in plan.steps
        if _is_once(step)
        if step.id in first and step.id not in done
    ]


def _has_begun(record: StepRecord) -> bool:
    return record.outcome is None or record.code is not None


def begun_later(connection: sqlite3.Connection, run: Run, plan: Plan, step: Step) -> float:
    """When a later run first began to make an archive in the repository of this step; far away if none
    has: from then on archives are others', however they are named."""
    here = _place(plan, step, run)
    times = [math.inf]
    for other in runs(connection):
        if other.number <= run.number:
            break
        plan_then = plan_of(connection, other)
        once = [s for s in plan_then.steps if _is_once(s)] if plan_then else []
        same = {s.id for s in once if plan_then and _place(plan_then, s, other) == here}
        times += [record.began for record in steps(connection, other) if record.step in same]
    return min(times)


def _place(plan: Plan, step: Step, run: Run) -> str:
    repository = index(plan).name_of(step.scope, ScopeKind.REPOSITORY)
    directory = directory_of(step.work) or ""
    return real_location(repository, os.path.join(run.directory, directory))


def _is_once(step: Step) -> bool:
    return isinstance(step.work, Process) and step.work.once


def ask(step: Step, began: float, until: float, secrets: Mapping[SecretOption, str]) -> Answer:
    """Whether there is an archive that the step made, begun at `began` or later and before `until`.

    Raises SystemExit with 128+n when signal n asks to stop.
    """
    work = step.work
    if not isinstance(work, Process) or work.evidence is None:
        return Answer.UNKNOWN
    if int(began) > until - _SECOND:  # or the clock went back: nobody can tell whose an archive is
        return Answer.UNKNOWN
    question = work._replace(
        argv=work.evidence.argv, exits=ExitCodes(), output=SHOWN, needs=(), records=(),
        proof=None, leaves=(), directory=work.lasting_directory,
    )  # fmt: skip
    with Signals() as signals:
        result, answer = answered(
            step._replace(work=question, timeout=None), secrets, signals, readable=False
        )
    if result.outcome is not Outcome.DONE:
        return Answer.UNKNOWN
    host = os.uname().nodename
    lines = answer.decode("utf-8", "replace").splitlines()
    made = any(_is_made(line, host, (began, until), work.evidence.names) for line in lines)
    return Answer.YES if made else Answer.NO


def _is_made(line: str, host: str, between: tuple[float, float], names: str) -> bool:
    machine, _, rest = line.partition("\t")
    start, _, name = rest.partition("\t")
    try:
        at = datetime.fromisoformat(start).timestamp()  # without a zone: local time
    except ValueError:
        return False
    began, until = between
    return machine == host and int(began) <= at <= until - _SECOND and fnmatchcase(name, names)
