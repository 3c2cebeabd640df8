"""What the journal says of the runs before: for messages that depend on them."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Sequence
from itertools import groupby

from ...compiler.plan.exits import Outcome
from ...compiler.plan.model import StepId
from ...compiler.support.record import TYPE_CHECKING, Protocol
from ..engine.sizes import ArchiveSize
from .former import former_sizes

if TYPE_CHECKING:
    from typing import TypeVar

    T = TypeVar("T")

_BAD = (Outcome.HARD.value, Outcome.INTERRUPTED.value, None)  # None: it was cut short
_NEWEST = 2**62


class Ask(Protocol):
    """Puts a question to the journal; None where that can't answer."""

    def __call__(self, question: Callable[[sqlite3.Connection], T], /) -> T | None: ...


class JournalPast:
    """`ask`: see there. `before`: the number of the run that
    asks; None: after all."""

    def __init__(self, ask: Ask, before: int | None = None) -> None:
        self._ask = ask
        self._before = _NEWEST if before is None else before

    def failures(
        self, steps: frozenset[StepId], deciding: frozenset[StepId], enough: int
    ) -> int | None:
        """See `engine.conditions.Past`."""
        return self._ask(
            lambda connection: failures(connection, self._before, steps, deciding, enough)
        )

    def minute(self) -> int:
        """See there."""
        now = time.localtime()
        return now.tm_hour * 60 + now.tm_min

    def sizes(self, step: StepId) -> Sequence[ArchiveSize]:
        """See there."""
        return self._ask(lambda connection: former_sizes(connection, self._before, step)) or ()


def failures(
    connection: sqlite3.Connection,
    before: int,
    steps: frozenset[StepId],
    deciding: frozenset[StepId],
    enough: int,
) -> int:
    """See `engine.conditions.Past`; cleanups of interrupted runs are no runs. Raises sqlite3.Error."""
    rows = connection.execute(
        "SELECT step.run, step.step, step.outcome FROM step JOIN run ON run.number = step.run"
        " WHERE step.run < ? AND run.kind <> 'recover' ORDER BY step.run DESC, step.number DESC",
        (before,),
    )
    found = 0
    for _, records in groupby(rows, lambda row: row[0]):
        last: dict[StepId, str | None] = {}
        for _, step, outcome in records:
            if step in steps:
                last.setdefault(step, outcome)  # the latest attempt comes first
        if any(outcome in _BAD for outcome in last.values()):
            found += 1
        elif any(last.get(step) == Outcome.DONE.value for step in deciding):
            break
        if found >= enough:
            break
    return found
