"""Writing a run into the journal while it goes on.

What matters after a crash waits for the disk: the start and the end of the run, what takes something
and what gives it back, and everything that writes to a repository. All other records are safe from the
death of borgplan at once, and from that of the machine soon after.

A journal that can't be written any more never ends a run; `lost` says why. For a disk that gets full
some space is kept. One that is no longer at its path is gone on with there.
"""

from __future__ import annotations

import json
import os
import sqlite3
import time
from _thread import allocate_lock  # `threading` is a lot for one lock
from collections.abc import Callable, Sequence
from itertools import count

from ...compiler.analysis.recovery import PendingCleanup
from ...compiler.plan.claims import FILES, REPOSITORY, Mode
from ...compiler.plan.model import Plan, Scope, ScopeKind, Step, StepId
from ...compiler.support.digest import sha256
from ...compiler.support.record import TYPE_CHECKING, NamedTuple
from ..engine.runner import Result
from ..system.host import reason
from ..system.process_identity import clock, this_process
from ..system.version import VERSION
from .ids import id_of, new_id
from .marks import Group, mark, mark_of, note, unmark
from .place import Place, followed, taken_along
from .records import kept_tally, takes
from .store import UnusableError, path_of, release_reserve

if TYPE_CHECKING:
    from typing import TypeVar

    T = TypeVar("T")

_OUTPUT = 4096  # characters kept of the end of what a step printed


class Stored(NamedTuple):
    """A plan as the journal keeps it; `text` is compressed there."""

    digest: str
    text: bytes


def stored(plan: Plan) -> Stored:
    """The plan's text, and the SHA-256 by which it is known."""
    from ...compiler.plan.as_json import to_data

    text = json.dumps(to_data(plan), separators=(",", ":"), sort_keys=True).encode()
    return Stored(sha256(text).hexdigest(), text)


def is_proved(connection: sqlite3.Connection, plan: Stored) -> bool:
    """Whether this version of borgplan has run this very plan before, and so verified it and noted what
    it takes."""
    found = connection.execute(
        "SELECT 1 FROM plan WHERE digest = ? AND proved = ?", (plan.digest, VERSION)
    )
    return found.fetchone() is not None


class Start(NamedTuple):
    """What is known of a run when it begins; see `records.Run`. `id`: empty for one by the time of day."""

    kind: str
    words: Sequence[str]
    configurations: Sequence[str]
    origin: int | None = None
    id: str = ""


def begin(
    connection: sqlite3.Connection,
    plan: Plan,
    text: Stored,
    start: Start,
    pending_cleanups: Callable[[Plan], Sequence[PendingCleanup]] | None = None,
) -> Recorder:
    """Note that a run begins; it is on disk when this returns. Raises TakenError, and sqlite3.Error.

    `pending_cleanups` finds out what a plan takes, unless it is known.
    """
    process = this_process()
    now = time.time()
    fresh: Sequence[PendingCleanup] | None = None
    if not is_proved(connection, text):
        fresh = pending_cleanups(plan) if pending_cleanups else ()
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("BEGIN IMMEDIATE")
    try:
        if fresh is not None:
            _keep(connection, text, fresh)
        run_id = new_id(connection, start.id, now)
        inserted = connection.execute(
            "INSERT INTO run (id, kind, origin, plan, words, directory, configurations, version, pid, started,"
            " boot, began) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                run_id, start.kind, start.origin, text.digest, json.dumps(list(start.words)),
                os.getcwd(), json.dumps(list(start.configurations)), VERSION, *process, now,
            ),
        )  # fmt: skip
        number = inserted.lastrowid or 0
        taken = takes(connection, text.digest)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return Recorder(connection, number, run_id, _weighty(plan, taken))


def _keep(connection: sqlite3.Connection, plan: Stored, taken: Sequence[PendingCleanup]) -> None:
    import zlib

    data = zlib.compress(plan.text, 1)
    connection.execute("INSERT OR REPLACE INTO plan VALUES (?, ?, ?)", (plan.digest, VERSION, data))
    connection.execute("DELETE FROM take WHERE plan = ?", (plan.digest,))
    connection.executemany(
        "INSERT INTO take VALUES (?, ?, ?, ?, ?)",
        [
            (plan.digest, place, take.step, take.what, json.dumps(take.gives))
            for place, take in enumerate(taken)
        ],
    )


def _weighty(plan: Plan, takes: Sequence[PendingCleanup]) -> frozenset[StepId]:
    """The steps whose records wait for the disk."""
    writing = {step.id for step in plan.steps if _writes(step)}
    return frozenset(writing.union(*({take.step, *take.gives} for take in takes)))


def _writes(step: Step) -> bool:
    """Whether it may change a repository, or something beside it; what a hook does is not known."""
    return any(
        claim.mode is Mode.WRITE and claim.kind in (REPOSITORY, FILES) for claim in step.claims
    )


def configurations_of(plan: Plan) -> list[str]:
    """The files that a plan is about."""
    names = (s.name for s in plan.scopes if s.kind is ScopeKind.CONFIGURATION)
    return [os.path.realpath(name) for name in names]


class Recorder:
    """A `Reporter` that writes down what it is told, and how the run ended.

    Is told the number of a step's process, too: `spawned`.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        number: int,
        run_id: str,
        weighty: frozenset[StepId] = frozenset(),
    ) -> None:
        self.number = number
        self.id = run_id
        self._one_at_a_time = allocate_lock()
        self.lost = ""
        self.tell: Callable[[str], None] | None = None
        self._connection = connection
        self._own: sqlite3.Connection | None = None  # opened by this one
        self._path = path_of(connection)
        self._mark: int | None = None
        self._groups: dict[int, list[Group]] = {}  # of the steps that run
        self._set_mark()
        self._place = self._here()
        self._weighty = weighty
        self._since = time.monotonic()
        self._synced = True
        self._records = count(1)
        self._attempts: dict[StepId, int] = {}
        self._open: dict[StepId, tuple[int, float]] = {}

    def _set_mark(self) -> None:
        try:
            self._mark = mark(self._path, self.id)
        except OSError as error:
            self.lost = self.lost or f"process groups can't be recorded: {reason(error)}"

    def _here(self) -> Place:
        return Place(self._path, (mark_of(self._path, self.id),))

    def started(self, step: Step) -> None:
        record = next(self._records)
        attempt = self._attempts[step.id] = self._attempts.get(step.id, 0) + 1
        began = time.time()
        self._open[step.id] = record, began
        self._write(
            "INSERT INTO step (run, number, step, attempt, began) VALUES (?, ?, ?, ?, ?)",
            (self.number, record, step.id, attempt, began),
            synced=step.id in self._weighty,
        )

    def spawned(self, step: Step, pid: int) -> None:
        """This process group is one of the step's."""
        if self._mark is None:
            return
        record, _ = self._open[step.id]
        group = Group(pid, clock())
        self._groups.setdefault(record, []).append(group)
        self._note(self._mark, record, group)

    def _note(self, descriptor: int, record: int, group: Group) -> None:
        try:
            note(descriptor, record, group)
        except OSError as error:
            self._note_once_more(descriptor, record, group, error)

    def _note_once_more(self, descriptor: int, record: int, group: Group, error: OSError) -> None:
        """With the space that is kept."""
        try:
            if not release_reserve(self._path):
                raise error
            note(descriptor, record, group)
        except OSError as last:
            self.lost = self.lost or f"process groups can't be recorded: {reason(last)}"

    def ended(self, step: Step, result: Result) -> None:
        record, began = self._open.pop(step.id)
        self._groups.pop(record, None)
        # The whole record: its beginning may not have been written.
        self._write(
            "INSERT OR REPLACE INTO step (run, number, step, attempt, began, seconds, outcome, code,"
            " note, output, stopped, archive, size, tally) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                self.number, record, step.id, self._attempts[step.id], began, result.seconds,
                result.outcome.value, result.code, result.note, result.output[-_OUTPUT:],
                result.stopped, result.archive,
                json.dumps(result.size) if result.size else "", kept_tally(result),
            ),
            synced=step.id in self._weighty,
        )  # fmt: skip

    def repeated(self, scope: Scope, attempt: int) -> None: ...

    def again(self, step: Step, attempt: int) -> None: ...

    def finish(self, exit_code: int, *, orderly: bool = True) -> None:
        """The run has ended. Not `orderly`: without its cleanups; what it owes is still to be done."""
        self._write(
            "UPDATE run SET seconds = ?, exit_code = ?, closed = ? WHERE number = ?",
            (
                time.monotonic() - self._since, exit_code, "ended" if orderly else "",
                self.number,
            ),
            synced=True,
        )  # fmt: skip
        self._end_mark()
        if orderly and not self.lost:
            unmark(self._path, self.id)
        if self._own is not None:
            self._own.close()

    def ask(self, question: Callable[[sqlite3.Connection], T]) -> T | None:
        """A question about earlier runs; None where the journal can't answer."""
        with self._one_at_a_time:
            try:
                return question(self._connection)
            except sqlite3.Error:
                return None

    def look(self) -> None:
        """Go on with the journal at its path, if what was opened there is gone; says so. While a step runs,
        too: it may be the last thing that this process does."""
        with self._one_at_a_time:
            if not self.lost and not self._place.is_left():
                self._follow()

    def _follow(self) -> None:
        told = f"THE JOURNAL {self._path} WAS REMOVED OR REPLACED during this run"
        there: sqlite3.Connection | None = None
        try:
            there = followed(self._connection, self._path)
            number = taken_along(self._connection, self.number, there)
            run_id = id_of(there, number)
        except (sqlite3.Error, UnusableError) as error:
            if there is not None:
                there.close()
            self.lost = f"it was removed or replaced, and can't be continued: {error}"
            told += f", and can't be continued ({error}): after a crash the outstanding cleanups would be unknown."
        else:
            self._end_mark()
            if self._own is not None:
                self._own.close()
            self._connection = self._own = there
            self.number, self.id = number, run_id
            self._synced = True
            self._set_mark()
            for record, group in [(r, one) for r, of in tuple(self._groups.items()) for one in of]:
                if self._mark is not None:
                    self._note(self._mark, record, group)
            self._place = self._here()
            told += ": it was created again, with this run and its outstanding cleanups."
        if self.tell is not None:
            self.tell(told)

    def withdraw(self) -> None:
        """Nothing has run, and nothing will: the run is forgotten. Who recovered the same run may have
        removed the mark already, so a missing one says nothing of the journal."""
        with self._one_at_a_time:
            self._write_alone("DELETE FROM run WHERE number = ?", (self.number,), synced=False)
        self._end_mark()
        unmark(self._path, self.id)

    def _end_mark(self) -> None:
        if self._mark is not None:
            os.close(self._mark)
            self._mark = None

    def _write(self, statement: str, values: tuple[object, ...], *, synced: bool = False) -> None:
        with self._one_at_a_time:  # steps of several repositories end at the same time
            self._write_alone(statement, values, synced=synced)
        self.look()  # what was written into a file that nobody finds is taken along

    def _write_alone(self, statement: str, values: tuple[object, ...], *, synced: bool) -> None:
        try:
            if synced is not self._synced:
                level = "FULL" if synced else "NORMAL"
                self._connection.execute(f"PRAGMA synchronous={level}")
                self._synced = synced
            self._execute(statement, values)
        except (sqlite3.Error, UnicodeEncodeError) as error:
            if not self.lost:
                self._connection.execute("PRAGMA busy_timeout=0")  # the next steps don't wait again
            self.lost = self.lost or str(error)

    def _execute(self, statement: str, values: tuple[object, ...]) -> None:
        try:
            self._connection.execute(statement, values)
        except sqlite3.Error:
            if not release_reserve(self._path):
                raise
            # From now on the log of changes is taken over early: its space serves again and again.
            self._connection.execute("PRAGMA wal_autocheckpoint=16")
            self._connection.execute(statement, values)
