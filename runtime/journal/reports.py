"""What an interrupted run still has to report to monitoring services: found by walking its plan once more, with the
ends that the journal knows and an interruption where it knows none.

A message is reported once a service has taken it (exit code 0). One whose end isn't known is sent again, as it
may never have arrived: a failure that is reported twice does less harm than one that nobody hears of.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from signal import SIGKILL

from ...compiler.plan.exits import Outcome
from ...compiler.plan.index import index
from ...compiler.plan.model import LEAVING, Plan, Role, Scope, ScopeKind, Step, StepId, Trigger
from ...compiler.plan.words import Use, Value, parts_of
from ...compiler.plan.work import words_of
from ...compiler.support.record import TYPE_CHECKING
from ..engine.runner import Result
from ..engine.walk import interpret
from .records import StepRecord

if TYPE_CHECKING:
    from ..engine.conditions import Past

_OF_FAILURES = (Trigger.FAILED, Trigger.OWN)


def unreported(
    plan: Plan,
    records: Sequence[StepRecord],
    later: Sequence[StepRecord] = (),
    past: Past | None = None,
) -> tuple[Step, ...]:
    """The messages of failures that an interrupted run owes, in their order. `records`: of the run; `later`: of
    the runs that have recovered it since. `past`: of the runs before it."""
    messages = [s for s in plan.steps if s.role is Role.NOTIFY and s.trigger in _OF_FAILURES]
    if not messages:
        return ()
    due = _due(plan, records, past)
    taken = {record.step for record in (*records, *later) if record.went_well}
    owed: list[Step] = []
    for chain in _chains(messages):
        decisive = chain[min(1, len(chain) - 1)]
        if decisive.id in due and decisive.id not in taken:
            owed += chain
    return tuple(owed)


def _chains(messages: Sequence[Step]) -> Iterable[list[Step]]:
    """Messages with those that use their answers: a session's beginning, what is said in it, its end."""
    chains: dict[StepId, list[Step]] = {}
    for step in messages:
        uses = (part for part in parts_of(words_of(step.work)) if isinstance(part, Use))
        producers = [use.value.producer for use in uses if use.value.producer in chains]
        chains.setdefault(producers[0] if producers else step.id, []).append(step)
    return chains.values()


def _due(plan: Plan, records: Sequence[StepRecord], past: Past | None) -> set[StepId]:
    """The messages of failures that come after what the journal knows. Files that ran beside the first
    interrupted one have been interrupted, too."""
    found = _walked(plan, records, past)
    begun = {record.step for record in records}
    for file in (scope for scope in plan.scopes if scope.kind is ScopeKind.CONFIGURATION):
        alone, own = _alone(plan, file)
        if own & begun:
            found |= _walked(alone, records, past) & own
    return found


def _alone(plan: Plan, file: Scope) -> tuple[Plan, set[StepId]]:
    """The plan with one file only, and the steps of that file."""
    tree = index(plan)
    own = {
        step.id for step in plan.steps if tree.around(step.scope, ScopeKind.CONFIGURATION) == file
    }
    root = plan.scopes[0]
    scopes = tuple(
        scope
        for scope in plan.scopes
        if scope == root or tree.around(scope.id, ScopeKind.CONFIGURATION) == file
    )
    steps = tuple(step for step in plan.steps if step.scope == root.id or step.id in own)
    return plan._replace(scopes=scopes, steps=steps), own


def _walked(plan: Plan, records: Sequence[StepRecord], past: Past | None) -> set[StepId]:
    again = _Again(records)
    interpret(plan, again, past=past)
    return again.due


class _Again:
    """A runner that ends steps as they have ended; the first whose end isn't known was interrupted.

    `due`: the messages of failures that got their turn.
    """

    def __init__(self, records: Sequence[StepRecord]) -> None:
        self.due: set[StepId] = set()
        self.signal: int | None = None
        self._ends: dict[StepId, deque[StepRecord]] = {}
        for record in records:
            self._ends.setdefault(record.step, deque()).append(record)

    def wait(self, seconds: float) -> None:
        """The time is over."""

    def run(self, step: Step, values: Mapping[Value, str]) -> Result:  # noqa: ARG002
        if step.role is Role.NOTIFY and step.trigger in _OF_FAILURES:
            self.due.add(step.id)
        ends = self._ends.get(step.id)
        record = ends.popleft() if ends else None
        if record is not None and record.outcome is not None:
            if record.outcome is Outcome.INTERRUPTED:
                self.signal = self.signal or SIGKILL
            return Result(record.outcome, record.code, stopped=record.stopped)
        self.signal = self.signal or SIGKILL
        is_over = step.phase in LEAVING
        return Result(Outcome.DONE if is_over else Outcome.INTERRUPTED, None)
