"""Whether the journal is still where it was opened, and going on where it isn't.

SQLite goes on writing into a file that was removed, renamed or hidden by something mounted over it, and nobody
would ever read that. So who writes looks, and takes along what is known to the place where the next run looks.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import suppress

from .store import SUFFIXES, UnusableError, open_for_writing


class Place:
    """The files of a journal, as they are when it is asked first. `others`: more that have to stay."""

    def __init__(self, path: str, others: tuple[str, ...] = ()) -> None:
        names = (*(f"{path}{suffix}" for suffix in SUFFIXES), *others)
        self._found = {name: found for name in names if (found := _identity(name))}

    def is_left(self) -> bool:
        """Whether all of them are still the same files."""
        return all(_identity(name) == found for name, found in self._found.items())


def _identity(name: str) -> tuple[int, int] | None:
    try:
        found = os.stat(name)
    except OSError:
        return None
    return found.st_dev, found.st_ino


def followed(connection: sqlite3.Connection, path: str) -> sqlite3.Connection:
    """The journal at a path, with all that the one knows that was opened there if there is nothing now.

    Raises sqlite3.Error or UnusableError. `connection` stays open.
    """
    if _identity(path) is not None:
        with suppress(sqlite3.Error):  # where its log of writes was removed alone
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    else:
        for suffix in SUFFIXES[1:]:  # where the database was: they belong to nothing any more
            with suppress(OSError):
                os.unlink(path + suffix)
    there = open_for_writing(path)
    try:
        if not there.execute("SELECT count(*) FROM run").fetchone()[0]:
            connection.backup(there)
    except sqlite3.Error:
        there.close()
        raise
    return there


def taken_along(former: sqlite3.Connection, number: int, there: sqlite3.Connection) -> int:
    """Note a run of the former journal in another one; its number there.

    Raises sqlite3.Error, and UnusableError where the former one doesn't know the run.
    """
    run = former.execute("SELECT * FROM run WHERE number = ?", (number,)).fetchone()
    if run is None:
        raise UnusableError("it has no record of this run")
    columns = [name for name, *_ in former.execute("SELECT * FROM run LIMIT 0").description]
    known = dict(zip(columns, run, strict=True))
    there.execute("PRAGMA synchronous=FULL")
    there.execute("BEGIN IMMEDIATE")
    try:
        same = there.execute(
            "SELECT number FROM run WHERE id = ? AND pid = ? AND began = ?",
            (known["id"], known["pid"], known["began"]),
        ).fetchone()
        new = same[0] if same else _add_run(there, known)
        for table, column in (("plan", "digest"), ("take", "plan")):
            _copy(former, there, table, column, known["plan"])
        _copy(former, there, "step", "run", number, new)
        there.execute("COMMIT")
    except BaseException:
        if there.in_transaction:
            there.execute("ROLLBACK")
        raise
    return int(new)


def _add_run(there: sqlite3.Connection, known: dict[str, object]) -> int:
    """Its origin is a number in the former journal, and tells nothing here."""
    row = {**known, "number": None, "origin": None}
    taken = there.execute("SELECT 1 FROM run WHERE id = ?", (known["id"],)).fetchone()
    if taken:
        row["id"] = f"{known['id']}-{os.getpid()}"
    inserted = there.execute(_insert("run", len(row)), tuple(row.values()))
    return inserted.lastrowid or 0


def _copy(
    former: sqlite3.Connection,
    there: sqlite3.Connection,
    table: str,
    column: str,
    value: object,
    renamed: object = None,
) -> None:
    """Rows that have a value in a column, which is the first; that value may have another name there."""
    rows = former.execute(f"SELECT * FROM {table} WHERE {column} = ?", (value,)).fetchall()  # noqa: S608  # names of ours
    for row in rows:
        first = row[0] if renamed is None else renamed
        there.execute(_insert(table, len(row)), (first, *row[1:]))


def _insert(table: str, columns: int) -> str:
    return f"INSERT OR REPLACE INTO {table} VALUES ({', '.join('?' * columns)})"  # noqa: S608
