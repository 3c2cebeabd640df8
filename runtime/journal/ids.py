"""What runs are called in the journal."""

from __future__ import annotations

import sqlite3
import time


class TakenError(Exception):
    """There is a run with this id already."""


def id_of(connection: sqlite3.Connection, number: int) -> str:
    """The id of the run with this number."""
    (found,) = connection.execute("SELECT id FROM run WHERE number = ?", (number,)).fetchone()
    return str(found)


def new_id(connection: sqlite3.Connection, wanted: str, now: float) -> str:
    """The id that is wanted, else the time of day, which people look for; a number behind it where that was taken already.
    Raises TakenError."""
    if wanted and _is_taken(connection, wanted):
        raise TakenError(wanted)
    if wanted:
        return wanted
    time_of_day = time.strftime("%Y%m%d-%H%M%S", time.localtime(now))
    run_id, number = time_of_day, 1
    while _is_taken(connection, run_id):
        number += 1
        run_id = f"{time_of_day}-{number}"
    return run_id


def _is_taken(connection: sqlite3.Connection, run_id: str) -> bool:
    return bool(connection.execute("SELECT 1 FROM run WHERE id = ?", (run_id,)).fetchone())
