"""MongoDB: mongodump. Source: borgmatic 2.1.10, measured.

Its `options` are split as a shell would, and the password is quoted in the YAML that mongodump reads; borgmatic does
neither.
"""

from __future__ import annotations

from ..config.databases import Database
from ..plan.feeds import Sound
from ..plan.words import Escape, ScratchPath, Word, joined
from .client import ANYTHING, Client, Connection, Dumping, escaped, flag, program, words

# The four bytes 0x8199e26d, in the byte order of the archive.
_ARCHIVE = Sound("\x6d\xe2\x99\x81")


def dump(database: Database, name: Word, connection: Connection, path: Word) -> Dumping:
    """`path`: where a dump goes that is a folder."""
    folder = database.text("format") == "directory"
    own = words(database, "options")
    argv: tuple[Word, ...] = (
        *program(database, "mongodump_command", "mongodump"),
        *(("--out", path) if folder else ()),
        *reached(connection),
        *flag("--authenticationDatabase", database.text("authentication_database")),
        *([] if database.name == "all" else ["--db", name]),
        *own,
        *([] if folder else ["--archive"]),
    )
    client = Client(argv, (), files(connection))
    return Dumping(client, ANYTHING if folder or "--gzip" in own else _ARCHIVE, folder)


def reached(connection: Connection) -> tuple[Word, ...]:
    """The flags that say where the server is, and who asks."""
    password: tuple[Word, ...] = ("--config", (ScratchPath(connection.file),))
    return (
        *flag("--host", connection.hostname),
        *flag("--port", connection.port),
        *flag("--username", connection.username),
        *(password if connection.password else ()),
    )


def files(connection: Connection) -> tuple[tuple[str, tuple[Word, ...]], ...]:
    """What `--config` names: the password, which never stands in a command line."""
    if not connection.password:
        return ()
    line = joined('password: "', escaped(connection.password, Escape.JSON), '"')
    return ((connection.file, (line,)),)
