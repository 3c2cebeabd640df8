"""Which steps of an earlier run went well, also where nobody saw their end."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import Enum
from fnmatch import fnmatchcase

from ..compiler.plan import Command, ExitCodes, Outcome, Plan, SecretOption, Step, StepId
from .journal.records import StepRecord
from .question import answered
from .signals import Signals


class Answer(Enum):
    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


def done_in(plan: Plan, records: Sequence[StepRecord]) -> set[StepId]:
    """The steps whose last attempt went well; of commands that run once, any attempt."""
    last = {record.step: record.outcome for record in records}
    ever = {record.step for record in records if record.outcome is Outcome.DONE}
    once = {s.id for s in plan.steps if isinstance(s.work, Command) and s.work.once}
    return {step for step, outcome in last.items() if outcome is Outcome.DONE} | (ever & once)


def doubtful(plan: Plan, records: Sequence[StepRecord]) -> list[tuple[Step, StepRecord]]:
    """Commands that must run once only and have begun, with their first attempt, if none of them is
    known to have gone well: one that failed, too, may have done its work before."""
    done = done_in(plan, records)
    first = {record.step: record for record in reversed(records) if _has_begun(record)}
    return [
        (step, first[step.id])
        for step in plan.steps
        if isinstance(step.work, Command) and step.work.once
        if step.id in first and step.id not in done
    ]


def _has_begun(record: StepRecord) -> bool:
    return record.outcome is None or record.code is not None


def ask(step: Step, began: float, secrets: Mapping[SecretOption, str]) -> Answer:
    """Whether there is an archive that the step made, begun at `began` or later.

    Raises SystemExit with 128+n when signal n asks to stop.
    """
    work = step.work
    if not isinstance(work, Command) or work.evidence is None:
        return Answer.UNKNOWN
    question = work._replace(
        argv=work.evidence.argv, exits=ExitCodes(), shows=True, captures=None, needs=(), records=()
    )
    with Signals() as signals:
        result, answer = answered(
            step._replace(work=question, timeout=None), secrets, signals, readable=False
        )
    if result.outcome is not Outcome.DONE:
        return Answer.UNKNOWN
    host = os.uname().nodename
    lines = answer.decode("utf-8", "replace").splitlines()
    made = any(_is_made(line, host, began, work.evidence.names) for line in lines)
    return Answer.YES if made else Answer.NO


def _is_made(line: str, host: str, began: float, names: str) -> bool:
    machine, _, rest = line.partition("\t")
    start, _, name = rest.partition("\t")
    try:
        at = datetime.fromisoformat(start).timestamp()  # without a zone: local time
    except ValueError:
        return False
    return machine == host and at >= int(began) and fnmatchcase(name, names)
