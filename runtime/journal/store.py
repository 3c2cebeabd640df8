"""The journal's database: its tables, and opening it in whatever state it is found.

Write-ahead logging: a record is there for every reader as soon as it is written, survives the death of
its writer, and costs no wait for the disk unless it is asked for (`synchronous=FULL`).
"""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import suppress

from ..system.trusted_way import made, opened

VERSION = 5
# What brings the tables of an older version to the next one.
_ADDED = {
    2: "ALTER TABLE step ADD COLUMN archive TEXT NOT NULL DEFAULT ''",
    3: "ALTER TABLE step ADD COLUMN size TEXT NOT NULL DEFAULT ''",
    4: "ALTER TABLE step ADD COLUMN tally TEXT NOT NULL DEFAULT ''",
}
BUSY_SECONDS = 5.0  # how long to wait for another run to write its record
RESERVE = 256 * 1024  # bytes kept free for the records of a run that finds the disk full
SUFFIXES = ("", "-wal", "-shm")
_BROKEN = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})

# step.stopped: by its time limit, or as the run was stopped. step.archive: the name of the one it made, and step.size:
# its files, and the bytes of `ArchiveSize`, as JSON; empty if that isn't known. step.tally: what else Borg did in
# numbers, as JSON, of `Tally`; empty if it told nothing.
# plan.proved: the borgplan that verified the plan, and found what it takes.
# run.closed: empty while a run goes on, or was interrupted and nobody has looked after it; then how that
# ended: `ended` by itself, `noticed` (interrupted, nothing owed), `recovered`, `forgotten`.
# run.origin: the run that this one recovers or resumes.
_TABLES = """
CREATE TABLE plan (digest TEXT PRIMARY KEY, proved TEXT NOT NULL, data BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE run (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL,
    origin INTEGER, plan TEXT NOT NULL, words TEXT NOT NULL, directory TEXT NOT NULL,
    configurations TEXT NOT NULL, version TEXT NOT NULL, pid INTEGER NOT NULL, started TEXT NOT NULL, boot TEXT NOT NULL,
    began REAL NOT NULL, seconds REAL, exit_code INTEGER, closed TEXT NOT NULL DEFAULT ''
);
CREATE INDEX run_open ON run (number) WHERE closed = '';
CREATE INDEX run_origin ON run (origin) WHERE origin IS NOT NULL;
CREATE TABLE step (
    run INTEGER NOT NULL, number INTEGER NOT NULL, step TEXT NOT NULL, attempt INTEGER NOT NULL,
    began REAL NOT NULL, seconds REAL, outcome TEXT, code INTEGER,
    note TEXT NOT NULL DEFAULT '', output TEXT NOT NULL DEFAULT '', stopped INTEGER NOT NULL DEFAULT 0,
    archive TEXT NOT NULL DEFAULT '', size TEXT NOT NULL DEFAULT '', tally TEXT NOT NULL DEFAULT '', PRIMARY KEY (run, number)
) WITHOUT ROWID;
CREATE TABLE take (
    plan TEXT NOT NULL, number INTEGER NOT NULL, step TEXT NOT NULL, what TEXT NOT NULL,
    gives TEXT NOT NULL, PRIMARY KEY (plan, number)
) WITHOUT ROWID;
"""


class UnusableError(Exception):
    """The journal can't be used; the text says why."""


def is_broken(error: sqlite3.Error) -> bool:
    """Whether the file is damaged, rather than the disk full or the directory not writable."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in _BROKEN


def open_for_writing(path: str) -> sqlite3.Connection:
    """The journal, made if it isn't there. Raises UnusableError, and sqlite3.Error if it is damaged."""
    try:
        made(os.path.dirname(path))
        os.close(opened(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise UnusableError((error.strerror or str(error)).lower()) from error
    connection = _opened(path, create=True)
    _reserve(f"{path}.reserve")
    return connection


def release_reserve(path: str) -> bool:
    """Give the disk back the space kept for records of the journal at a path; whether there was any."""
    try:
        os.unlink(f"{path}.reserve")
    except OSError:
        return False
    return True


def path_of(connection: sqlite3.Connection) -> str:
    """Of the journal's file."""
    _, _, path = connection.execute("PRAGMA database_list").fetchone()
    return str(path)


def _reserve(path: str) -> None:
    """Where there is no space for that, a full disk is told of when it comes to it."""
    if os.path.exists(path):
        return
    with suppress(OSError):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            os.posix_fallocate(descriptor, 0, RESERVE)
        except OSError:
            os.unlink(path)
        finally:
            os.close(descriptor)


def open_for_reading(path: str) -> sqlite3.Connection | None:
    """The journal; None if there is none yet. Raises UnusableError."""
    try:
        os.stat(path)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UnusableError((error.strerror or str(error)).lower()) from error
    try:
        return _opened(path, create=False)
    except sqlite3.Error as error:
        raise UnusableError(str(error)) from error


def put_aside(path: str) -> str:
    """Move a damaged journal out of the way; its new name. Raises UnusableError."""
    aside = f"{path}.corrupt-{time.strftime('%Y%m%d-%H%M%S')}"
    try:
        for suffix in SUFFIXES:
            if os.path.exists(path + suffix):
                os.rename(path + suffix, aside + suffix)
    except OSError as error:
        raise UnusableError((error.strerror or str(error)).lower()) from error
    return aside


def _opened(path: str, *, create: bool) -> sqlite3.Connection:
    # One thread writes at a time, but not always the same one.
    connection = sqlite3.connect(
        path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    try:
        if create:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=NORMAL")
        _check_version(connection, create=create)
    except sqlite3.Error as error:
        connection.close()
        if is_broken(error):
            raise
        raise UnusableError(str(error)) from error
    except UnusableError:
        connection.close()
        raise
    return connection


def _check_version(connection: sqlite3.Connection, *, create: bool) -> None:
    version = _version(connection)
    if version == 0 and create:
        connection.execute("BEGIN IMMEDIATE")
        if _version(connection) == 0:  # no other run has made the tables in the meantime
            for statement in _TABLES.split(";"):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version={VERSION}")
        connection.execute("COMMIT")
    elif version in _ADDED:
        connection.execute("BEGIN IMMEDIATE")
        for older in range(_version(connection), VERSION):
            connection.execute(_ADDED[older])
        connection.execute(f"PRAGMA user_version={VERSION}")
        connection.execute("COMMIT")
    elif version not in (0, VERSION):
        raise UnusableError(f"it is of version {version}, from another borgplan")


def _version(connection: sqlite3.Connection) -> int:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return int(version)
