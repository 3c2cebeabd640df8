"""MongoDB restored: mongorestore. Source: borgmatic 2.1.10, measured with a stand-in."""

from __future__ import annotations

from ..config.databases import Database
from ..plan.words import Word
from .client import Client, Connection, flag, program, words
from .mongodb import files, reached


def restore(
    entry: Database,
    name: str,
    connection: Connection,
    schemas: tuple[str, ...],
    folder: Word = "",
    to: str = "",
) -> Client:
    """What restores a dump from its standard input or from `folder`. `to`: another name for the database."""
    renamed = ("--nsFrom", f"{name}.*", "--nsTo", f"{to}.*") if to and to != name else ()
    argv: tuple[Word, ...] = (
        *program(entry, "mongorestore_command", "mongorestore"),
        *(("--dir", folder) if folder else ("--archive",)),
        *([] if name == "all" else ["--drop"]),
        *reached(connection),
        *flag("--authenticationDatabase", entry.text("authentication_database")),
        *words(entry, "restore_options"),
        *(word for schema in schemas for word in ("--nsInclude", schema)),
        *renamed,
    )
    return Client(argv, (), files(connection))
