"""MongoDB: mongodump and mongorestore. Source: borgmatic 2.1.10, measured with a stand-in; the magic number of its archives
from its documentation ("mongodump archive format").

Its `options` are split as a shell would, and the password is quoted in the YAML that mongodump reads; borgmatic does
neither.
"""

from __future__ import annotations

from ..config.databases import Database
from ..plan.feeds import Sound
from ..plan.words import Escape, Word, joined
from ..support.record import TYPE_CHECKING
from .client import (
    ANYTHING,
    Client,
    Connection,
    Dumping,
    escaped,
    flag,
    options_file,
    program,
    words,
)
from .dump_formats import Format, Told
from .kind import Kind, Restoring

if TYPE_CHECKING:
    from .kind import Dumps

# The four bytes 0x8199e26d, in the byte order of the archive.
_ARCHIVE = Sound("\x6d\xe2\x99\x81")
_MAGIC = (b"\x6d\xe2\x99\x81", b"\x1f\x8b")  # of an archive, and of one through gzip


def _dump(dumps: Dumps, database: Database, named: tuple[str, ...]) -> None:
    del named  # one dump is of one or of all
    dumping = _dumping(database, database.name, dumps.connection(database), dumps.path(database))
    dumps.dump(database, database.name, dumping)


def _dumping(database: Database, name: Word, connection: Connection, path: Word) -> Dumping:
    """`path`: where a dump goes that is a folder."""
    folder = database.text("format") == "directory"
    own = words(database, "options")
    argv: tuple[Word, ...] = (
        *program(database, "mongodump_command", "mongodump"),
        *(("--out", path) if folder else ()),
        *_reached(connection),
        *flag("--authenticationDatabase", database.text("authentication_database")),
        *([] if database.name == "all" else ["--db", name]),
        *own,
        *([] if folder else ["--archive"]),
    )
    client = Client(argv, (), _files(connection))
    return Dumping(client, ANYTHING if folder or "--gzip" in own else _ARCHIVE, folder)


def _reached(connection: Connection) -> tuple[Word, ...]:
    """The flags that say where the server is, and who asks."""
    password: tuple[Word, ...] = ("--config", (options_file(connection),))
    return (
        *flag("--host", connection.hostname),
        *flag("--port", connection.port),
        *flag("--username", connection.username),
        *(password if connection.password else ()),
    )


def _files(connection: Connection) -> tuple[tuple[str, tuple[Word, ...]], ...]:
    """What `--config` names: the password, which never stands in a command line."""
    if not connection.password:
        return ()
    line = joined('password: "', escaped(connection.password, Escape.JSON), '"')
    return ((connection.file, (line,)),)


def _restore(item: Restoring) -> Client:
    entry, name, to, connection = item.entry, item.dump.name, item.to, item.connection
    renamed = ("--nsFrom", f"{name}.*", "--nsTo", f"{to}.*") if to and to != name else ()
    argv: tuple[Word, ...] = (
        *program(entry, "mongorestore_command", "mongorestore"),
        *(("--dir", item.folder) if item.folder else ("--archive",)),
        *([] if name == "all" else ["--drop"]),
        *_reached(connection),
        *flag("--authenticationDatabase", entry.text("authentication_database")),
        *words(entry, "restore_options"),
        *(word for schema in item.schemas for word in ("--nsInclude", schema)),
        *renamed,
    )
    return Client(argv, (), _files(connection))


def _told(head: bytes) -> Told:
    return Told(Format.ARCHIVE if head.startswith(_MAGIC) else None)


def _shown(database: Database, connection: Connection) -> Client:
    return _dumping(database, database.name, connection, "{folder}").client


KIND = Kind(dump=_dump, shown=_shown, told=_told, restore=_restore, folders=True)
