"""What the journal forgets: runs of long ago, and plans that no run has any more."""

from __future__ import annotations

import sqlite3
import time

DAYS = 90
RUNS = 500


def retain(connection: sqlite3.Connection) -> None:
    """Never a run that goes on or still owes something, nor one that such a run came from.

    Raises sqlite3.Error.
    """
    (newest,) = connection.execute("SELECT max(number) FROM run").fetchone()
    old = connection.execute(
        "SELECT number FROM run WHERE closed <> '' AND (began < ? OR number <= ?)"
        " AND number NOT IN (SELECT origin FROM run WHERE closed = '' AND origin IS NOT NULL)"
        " AND coalesce(origin, 0) NOT IN (SELECT number FROM run WHERE closed = '')",
        (time.time() - DAYS * 86400, (newest or 0) - RUNS),
    ).fetchall()
    if not old:
        return
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("BEGIN IMMEDIATE")
    for table, column in (("step", "run"), ("run", "number")):
        connection.executemany(f"DELETE FROM {table} WHERE {column} = ?", old)  # noqa: S608  # names
    for table, column in (("plan", "digest"), ("take", "plan")):
        connection.execute(f"DELETE FROM {table} WHERE {column} NOT IN (SELECT plan FROM run)")  # noqa: S608
    connection.execute("COMMIT")
