"""What a run has told so far, by configuration: for the bodies of messages to monitoring services."""

from __future__ import annotations

from collections import deque
from threading import Lock

from ...compiler.plan.exits import Outcome
from ...compiler.plan.index import Index
from ...compiler.plan.model import Plan, Role, ScopeKind, Status, Step, StepId
from ...compiler.plan.words import Known, Use, Value, parts_of
from ...compiler.plan.work import words_of
from ...compiler.support.record import TYPE_CHECKING
from .ended import Report
from .fates import fates
from .record_wording import brief, suddenly_small
from .repositories import backups, records
from .runner import Result
from .wording import describe

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .conditions import Past

_MOST = 1_000_000  # characters that are kept of each configuration's lines; the latest


class _Tail:
    """The last lines of many, in bounded memory."""

    def __init__(self) -> None:
        self._lines: deque[str] = deque()
        self._size = 0

    def add(self, line: str) -> None:
        self._lines.append(line)
        self._size += len(line) + 1
        while self._size > _MOST:
            self._size -= len(self._lines.popleft()) + 1

    def text(self) -> str:
        return "\n".join(self._lines)


class _Told:
    """Of one configuration. Three logs: everything, what went wrong, failures only."""

    def __init__(self) -> None:
        self.logs = {known: _Tail() for known in (Known.LOG, Known.WARNINGS, Known.ERRORS)}
        self.seconds = 0.0
        self.archive = ""
        self.works = False  # a command of Borg has done something
        self.skipped = ""  # why not, as far as a soft failure is the reason


def _nothing(told: _Told) -> str:
    if told.works:
        return ""
    return f"\nNothing was done: {told.skipped or 'no action had anything to do'}"


class Account:
    """Takes how steps end, and says what is known when another begins. `past`: of the runs before; None where nobody
    knows.

    Children of a scope that run at the same time share it.
    """

    def __init__(self, plan: Plan, tree: Index, past: Past | None = None) -> None:
        self._plan = plan
        self._tree = tree
        self._past = past
        self._results: dict[StepId, Result] = {}
        self._told: dict[str, _Told] = {}
        self._lock = Lock()

    def add(self, step: Step, result: Result) -> None:
        """How a step ended: what it printed, and what went wrong in words."""
        with self._lock:
            self._results[step.id] = result
            if not result.ran:
                return
            told = self._of(step)
            told.seconds += result.seconds
            told.archive = result.archive or told.archive
            if step.role is not Role.NOTIFY and result.outcome is Outcome.SOFT:
                told.skipped = describe(step, result)
            told.works = told.works or (step.role is Role.BORG and result.outcome is Outcome.DONE)
            # What a service answers is nothing that the run tells.
            said = "" if step.role is Role.NOTIFY else result.output
            lines = [line for line in said.split("\n") if line]
            failed = result.outcome is Outcome.HARD
            bad = failed or result.outcome is not Outcome.DONE or bool(result.code)
            if bad:
                lines.append(describe(step, result))
            for known, wanted in ((Known.LOG, True), (Known.WARNINGS, bad), (Known.ERRORS, failed)):
                for line in lines if wanted else ():
                    told.logs[known].add(line)

    def known(self, step: Step) -> Mapping[Value, str]:
        """What a step may be told of the run; nothing unless it asks."""
        if step.role is not Role.NOTIFY:
            return {}
        asked = {part.value for part in parts_of(words_of(step.work)) if isinstance(part, Use)}
        with self._lock:
            told = self._of(step)
            found = {known: log.text() for known, log in told.logs.items() if known in asked}
            return {
                **found,
                **({Known.SUMMARY: self._summary(step)} if Known.SUMMARY in asked else {}),
                Known.MADE: told.archive,
                Known.NOTHING: _nothing(told),
                Known.DURATION: str(int(told.seconds)),
            }

    def _summary(self, message: Step) -> str:
        """What came of the run so far in each repository that a message is about."""
        about = message.condition.steps if message.condition is not None else ()
        places = {self._place(each) for each in self._plan.steps if each.id in about}
        results = dict(self._results)
        found = fates(self._plan, Report(Status.OK, results, None))
        made = [step_id for step_id, result in results.items() if result.size is not None]
        former = {step_id: self._past.sizes(step_id) for step_id in made} if self._past else {}
        told = [
            record
            for record in records(self._plan, found, former)
            if not about or (record.configuration, record.repository) in places
        ]
        # Of a good end, the first line has to say this: it may be all that somebody sees.
        well = all(result.outcome in (Outcome.DONE, Outcome.SOFT) for result in results.values())
        small = suddenly_small(backups(told)) if well else ""
        lines = (line for record in told for line in brief(record))
        return (f", {small}" if small else "") + "".join(f"\n{line}" for line in lines)

    def _place(self, step: Step) -> tuple[str, str]:
        kinds = (ScopeKind.CONFIGURATION, ScopeKind.REPOSITORY)
        configuration, repository = (self._tree.name_of(step.scope, kind) for kind in kinds)
        return configuration, repository

    def _of(self, step: Step) -> _Told:
        name = self._tree.name_of(step.scope, ScopeKind.CONFIGURATION)
        return self._told.setdefault(name, _Told())
