"""SQLite: sqlite3. Source: borgmatic 2.1.10 and SQLite 3.40, measured.

`.dump` exits with 0 where the database is locked, damaged or none at all; then its text ends in ROLLBACK.
"""

from __future__ import annotations

from ..config.databases import Database
from ..plan.feeds import Sound
from ..plan.words import Word, joined
from .client import Client, Dumping, program

_SOUND = Sound("PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\n", ends=("COMMIT;\n",))
_ATTRIBUTES = '{"mode": "%a", "user": "%U", "group": "%G", "uid": "%u", "gid": "%g"}'
_PATIENCE = ".timeout 60000"  # milliseconds in which another program may give its lock back


def copy(database: Database, path: str, copied: Word) -> Client:
    """Copies the database by SQLite's backup API, in one moment, whoever writes to it meanwhile. `mode=rw`: a file
    that isn't there is not created."""
    from urllib.parse import quote

    address = f"file:{quote(path)}?mode=rw"
    words = program(database, "sqlite_command", "sqlite3")
    return Client((*words, "-bail", "-cmd", _PATIENCE, address, _backup(copied)))


def attributes(path: str) -> Client:
    """Prints the mode and the owners of the file, as `archive_layout.Attributes` has them."""
    return Client(("stat", f"--format={_ATTRIBUTES}", "--dereference", "--", path))


def _backup(copied: Word) -> Word:
    parts = (copied,) if isinstance(copied, str) else copied
    return ('.backup "', *parts, '"')


def dump(database: Database, copied: Word) -> Dumping:
    """The copy as SQL, as borgmatic restores it. A copy that isn't there is not created."""
    words = program(database, "sqlite_command", "sqlite3")
    address = joined("file:", copied, "?mode=rw")
    return Dumping(Client((*words, "-bail", address, ".dump")), _SOUND)
