"""What the journal says of runs."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from itertools import islice

from ...compiler.analysis.recovery import Attempt, PendingCleanup, owed
from ...compiler.plan.exits import Outcome
from ...compiler.plan.model import Plan
from ...compiler.support.record import NamedTuple
from ..engine.runner import Result
from ..engine.sizes import ArchiveSize
from ..engine.tally import NO_TALLY, Tally, as_data, of_data
from ..system.process_identity import Process, is_running
from .at_hand import EVERYTHING, AtHand

_RUN = (
    "number, id, kind, origin, plan, words, directory, configurations, version, pid, started, boot, began,"
    " seconds, exit_code, closed"
)
_STEP = "number, step, attempt, began, seconds, outcome, code, note, output, stopped, archive, size, tally"


class Run(NamedTuple):
    """One run. Times in seconds, `began` since 1970; `seconds` and `exit_code` are None without an end.

    `kind`: apply, recover or resume; `origin`: the number of the run that it recovers or resumes.
    `plan`: a digest. `words`: of the command line, without secrets, given in
    `directory`. `closed`: see `store`.
    """

    number: int
    id: str
    kind: str
    origin: int | None
    plan: str
    words: tuple[str, ...]
    directory: str
    configurations: tuple[str, ...]
    version: str
    process: Process
    began: float
    seconds: float | None
    exit_code: int | None
    closed: str

    @property
    def goes_on(self) -> bool:
        return not self.closed and self.seconds is None and is_running(self.process)

    @property
    def was_cut(self) -> bool:
        """It has ended without having given back what it took, as far as it knew."""
        if self.closed:
            return self.closed != "ended"
        return not self.goes_on


class StepRecord(NamedTuple):
    """One attempt at a step; `outcome` is None if it is not known how it ended. `archive`: the name of the
    archive that it made, or empty; `size`: of that, if it is known. `tally`: what Borg did in numbers."""

    number: int
    step: str
    attempt: int
    began: float
    seconds: float | None
    outcome: Outcome | None
    code: int | None
    note: str
    output: str
    stopped: bool
    archive: str = ""
    size: ArchiveSize | None = None
    tally: Tally = NO_TALLY

    @property
    def warned(self) -> bool:
        """It did its work, and ended with a code that is a warning."""
        return self.outcome is Outcome.DONE and bool(self.code)

    @property
    def went_well(self) -> bool:
        return self.outcome is Outcome.DONE and not self.warned

    @property
    def as_attempt(self) -> Attempt:
        return Attempt(self.step, self.outcome, self.code, self.stopped)

    @property
    def as_result(self) -> Result:
        return Result(
            self.outcome or Outcome.INTERRUPTED, self.code, self.output, note=self.note,
            seconds=self.seconds or 0.0, stopped=self.stopped, archive=self.archive, size=self.size,
            tally=self.tally,
        )  # fmt: skip


def runs(connection: sqlite3.Connection, limit: int = -1) -> Iterator[Run]:
    """The newest first, by when they were noted, whatever the clock said."""
    rows = connection.execute(f"SELECT {_RUN} FROM run ORDER BY number DESC LIMIT ?", (limit,))  # noqa: S608  # names only
    return map(_run, rows)


def open_runs(connection: sqlite3.Connection) -> list[Run]:
    """Those that go on, or were interrupted and not looked after; the oldest first."""
    rows = connection.execute(f"SELECT {_RUN} FROM run WHERE closed = '' ORDER BY number")  # noqa: S608
    return list(map(_run, rows))


def runs_named(
    connection: sqlite3.Connection,
    name: str,
    about: AtHand = EVERYTHING,
    *,
    recoveries: bool = True,
) -> list[Run]:
    """`last`, an id, or the beginning of one; several if that isn't unique. The last one is that of the files
    it is `about`; without `recoveries` the last that was more than cleanups."""
    if name == "last":
        every = (run for run in runs(connection) if about.has(run.configurations))
        return list(islice((run for run in every if recoveries or run.kind != "recover"), 1))
    rows = connection.execute(
        f"SELECT {_RUN} FROM run WHERE substr(id, 1, ?) = ? ORDER BY number",  # noqa: S608
        (len(name), name),
    )
    found = list(map(_run, rows))
    return [run for run in found if run.id == name] or found


def derived(connection: sqlite3.Connection, run: Run, kind: str) -> list[Run]:
    """The runs that recover or resume this one, the oldest first."""
    rows = connection.execute(
        f"SELECT {_RUN} FROM run WHERE origin = ? AND kind = ? ORDER BY number",  # noqa: S608
        (run.number, kind),
    )
    return list(map(_run, rows))


def resumed_before(connection: sqlite3.Connection, number: int) -> Run | None:
    """The run that had begun to go on with the same run as this one, if there is one."""
    row = connection.execute(
        f"SELECT {_RUN} FROM run WHERE kind = 'resume' AND number < ?"  # noqa: S608
        " AND origin = (SELECT origin FROM run WHERE number = ?) LIMIT 1",
        (number, number),
    ).fetchone()
    return None if row is None else _run(row)


def run_numbered(connection: sqlite3.Connection, number: int) -> Run | None:
    row = connection.execute(f"SELECT {_RUN} FROM run WHERE number = ?", (number,)).fetchone()  # noqa: S608
    return None if row is None else _run(row)


def steps(connection: sqlite3.Connection, run: Run) -> list[StepRecord]:
    """In the order in which they were begun."""
    rows = connection.execute(
        f"SELECT {_STEP} FROM step WHERE run = ? ORDER BY number",  # noqa: S608
        (run.number,),
    )
    return [_step(row) for row in rows]


def takes(connection: sqlite3.Connection, plan: str) -> list[PendingCleanup]:
    """What the plan of this digest takes, and which steps would give it back."""
    rows = connection.execute(
        "SELECT step, what, gives FROM take WHERE plan = ? ORDER BY number", (plan,)
    )
    return [PendingCleanup(step, what, tuple(json.loads(gives))) for step, what, gives in rows]


def outstanding_of(connection: sqlite3.Connection, run: Run) -> list[PendingCleanup]:
    """What a run that was interrupted has not given back, nor any run that recovered it; latest first."""
    if run.closed or run.goes_on:
        return []
    taken = takes(connection, run.plan)
    if not taken:
        return []
    ended = [record.as_attempt for record in steps(connection, run)]
    for recovering in derived(connection, run, "recover"):
        ended += [record.as_attempt for record in steps(connection, recovering)]
    return owed(taken, ended)


def cut_steps(connection: sqlite3.Connection, run: Run) -> list[StepRecord]:
    """The steps during which a run was interrupted: none if that was between two, several if they ran at
    the same time."""
    return [step for step in steps(connection, run) if step.outcome is None]


def plan_of(connection: sqlite3.Connection, run: Run) -> Plan | None:
    """The plan of a run; None if the journal lacks it or it can't be read, by a newer borgplan."""
    import zlib

    from ...compiler.plan.as_json import plan_of as plan_in
    from ...compiler.support.json_reader import WrongShapeError, parse

    row = connection.execute("SELECT data FROM plan WHERE digest = ?", (run.plan,)).fetchone()
    if row is None:
        return None
    try:
        return plan_in(parse(zlib.decompress(row[0]).decode()))
    except (zlib.error, ValueError, WrongShapeError):
        return None


def _run(row: tuple[object, ...]) -> Run:
    (
        number,
        run_id,
        kind,
        origin,
        plan,
        words,
        directory,
        files,
        version,
        pid,
        started,
        boot,
        *rest,
    ) = row
    return Run(
        number, run_id, kind, origin, plan,  # type: ignore[arg-type]  # as the table has them
        tuple(json.loads(str(words))), directory, tuple(json.loads(str(files))), version,  # type: ignore[arg-type]
        Process(pid, started, boot), *rest,  # type: ignore[arg-type]
    )  # fmt: skip


def _step(row: tuple[object, ...]) -> StepRecord:
    (
        number,
        step,
        attempt,
        began,
        seconds,
        outcome,
        code,
        note,
        output,
        stopped,
        archive,
        size,
        tally,
    ) = row
    ended = Outcome(outcome) if outcome else None
    return StepRecord(
        number, step, attempt, began, seconds, ended, code, note, output, bool(stopped),  # type: ignore[arg-type]
        str(archive), size_of(str(size)), _tally(str(tally)),
    )  # fmt: skip


def size_of(text: str) -> ArchiveSize | None:
    """An archive's size, as the table has it."""
    try:
        return ArchiveSize(*json.loads(text)) if text else None
    except (ValueError, TypeError):
        return None


def kept_tally(result: Result) -> str:
    """What a step did in numbers, as the table has it."""
    return "" if result.tally == NO_TALLY else json.dumps(as_data(result.tally))


def _tally(text: str) -> Tally:
    try:
        return of_data(json.loads(text)) if text else NO_TALLY
    except ValueError:
        return NO_TALLY
