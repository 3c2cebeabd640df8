"""SQLite: sqlite3. Source: borgmatic 2.1.10 and SQLite 3.40, measured.

`.dump` exits with 0 where the database is locked, damaged or none at all; then its text ends in ROLLBACK. How a file is
restored: `restore_sqlite`.
"""

from __future__ import annotations

from ..config.databases import Database
from ..plan.feeds import Sound
from ..plan.words import Word, joined
from ..source.diagnostic import Diagnostics
from ..support.record import TYPE_CHECKING
from .archive_layout import Dump
from .client import Client, Connection, Dumping, program
from .dump_formats import Format, Told, is_text
from .kind import Kind, line

if TYPE_CHECKING:
    from .kind import Dumps

_SOUND = Sound("PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\n", ends=("COMMIT;\n",))
_ATTRIBUTES = '{"mode": "%a", "user": "%U", "group": "%G", "uid": "%u", "gid": "%g"}'
_PATIENCE = ".timeout 60000"  # milliseconds in which another program may give its lock back


def _dump(dumps: Dumps, database: Database, named: tuple[str, ...]) -> None:
    del named  # each entry is a file
    path = dumps.file(database)
    dumps.attributes(database, _attributes(path))
    copied = dumps.copied(database, lambda place: _copy(database, path, place))
    dumps.dump(database, database.name, _dumping(database, copied))


def _copy(database: Database, path: str, copied: Word) -> Client:
    """Copies the database by SQLite's backup API, in one moment, whoever writes to it meanwhile. `mode=rw`: a file
    that isn't there is not created."""
    from urllib.parse import quote

    address = f"file:{quote(path)}?mode=rw"
    words = program(database, "sqlite_command", "sqlite3")
    return Client((*words, "-bail", "-cmd", _PATIENCE, address, _backup(copied)))


def _attributes(path: str) -> Client:
    """Prints the mode and the owners of the file, as `archive_layout.Attributes` has them."""
    return Client(("stat", f"--format={_ATTRIBUTES}", "--dereference", "--", path))


def _backup(copied: Word) -> Word:
    parts = (copied,) if isinstance(copied, str) else copied
    return ('.backup "', *parts, '"')


def _dumping(database: Database, copied: Word) -> Dumping:
    """The copy as SQL, as borgmatic restores it. A copy that isn't there is not created."""
    words = program(database, "sqlite_command", "sqlite3")
    address = joined("file:", copied, "?mode=rw")
    return Dumping(Client((*words, "-bail", address, ".dump")), _SOUND, copied=True)


def _told(head: bytes) -> Told:
    return Told(Format.SQL if is_text(head) else None)


def _mark(_: Format, _entry: Database) -> tuple[str, ...]:
    return line("COMMIT;")


def _not_renamed(_: Dump) -> str:
    return "--restore-path names another file"


def _check(database: Database, diagnostics: Diagnostics) -> None:
    if database.name == "all":
        message = "`all` is only the dump's name here: an entry of `sqlite_databases` is one file"
        diagnostics.warning("BP388", message, database.place("name"))


def _shown(database: Database, _: Connection) -> Client:
    return _dumping(database, "{copy}").client


KIND = Kind(
    dump=_dump,
    shown=_shown,
    told=_told,
    restore=None,
    check=_check,
    end=("tail", "-n", "1"),  # in more of it, data might look like the mark
    mark=_mark,
    not_renamed=_not_renamed,
)
