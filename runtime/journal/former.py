"""What the journal says of the steps of former runs: how large their archives were, and how long they took."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from ...compiler.plan.exits import Outcome
from ...compiler.plan.model import StepId
from ..engine.progress import Expected
from ..engine.sizes import ArchiveSize
from .records import size_of

_COMPARED = 9  # archives that a new one is compared with
_LOOKED_BACK_FOR_TIMES = 100  # runs, whose steps are all read
_LOOKED_BACK = 5000  # runs, of whatever files


def former_of(
    connection: sqlite3.Connection, run: int, steps: Iterable[StepId]
) -> dict[StepId, list[ArchiveSize]]:
    """See `former_sizes`."""
    return {step: former_sizes(connection, run, step) for step in steps}


def former_sizes(connection: sqlite3.Connection, run: int, step: StepId) -> list[ArchiveSize]:
    """Of the archives that a step made in the runs before this one, the newest first."""
    rows = connection.execute(
        "SELECT size FROM step WHERE run < ? AND run > ? AND step = ? AND size <> ''"
        " ORDER BY run DESC LIMIT ?",
        (run, run - _LOOKED_BACK, step, _COMPARED),
    )
    return [size for (text,) in rows if (size := size_of(text)) is not None]


def expected_of_steps(connection: sqlite3.Connection, run: int) -> dict[StepId, Expected]:
    """What the runs just before this one let expect of steps: how long each took when it last went well, and the size
    of its archive."""
    rows = connection.execute(
        "SELECT step, seconds, size FROM step WHERE run < ? AND run >= ? AND outcome = ? ORDER BY run, number",
        (run, run - _LOOKED_BACK_FOR_TIMES, Outcome.DONE.value),
    )
    return {step: Expected(size_of(size), seconds) for step, seconds, size in rows}
