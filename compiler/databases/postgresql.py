"""PostgreSQL: pg_dump, pg_dumpall and psql. Source: borgmatic 2.1.10, measured; PostgreSQL 15 for what dumps look like."""

from __future__ import annotations

from ..config.databases import Database
from ..plan.feeds import Sound
from ..plan.words import Word
from .client import ANYTHING, Client, Connection, Dumping, flag, program, words

SYSTEM = ("template0", "template1")  # what `all` leaves out
_TEXT = Sound(ends=("\n-- PostgreSQL database dump complete\n",))
_CLUSTER = Sound(ends=("\n-- PostgreSQL database cluster dump complete\n",))
# `ustar` at 257 is how any tar begins.
_SOUND = {"plain": _TEXT, "custom": Sound("PGDMP"), "tar": Sound("ustar", 257)}
_VARIABLES = (
    ("ssl_mode", "PGSSLMODE"), ("ssl_cert", "PGSSLCERT"), ("ssl_key", "PGSSLKEY"),
    ("ssl_root_cert", "PGSSLROOTCERT"), ("ssl_crl", "PGSSLCRL"),
)  # fmt: skip


def is_cluster(database: Database) -> bool:
    """Whether everything goes into one text."""
    return database.name == "all" and not database.text("format")


def is_listed(database: Database) -> bool:
    """Whether the server has to be asked for names."""
    return database.several and not is_cluster(database)


def dump(database: Database, name: Word, connection: Connection, path: Word) -> Dumping:
    """`name`: the database; `path`: where a dump goes that is a folder."""
    cluster = is_cluster(database)
    form = database.text("format") or "custom"
    folder = form == "directory"
    argv: tuple[Word, ...] = (
        *program(database, "pg_dump_command", "pg_dumpall" if cluster else "pg_dump"),
        *("--no-password", "--clean", "--if-exists", *reached(connection)),
        *(["--no-owner"] if database.boolean("no_owner") else []),
        *([] if cluster else ["--format", form]),
        *flag("--compress", database.text("compression")),
        *(("--file", path) if folder else ()),
        *words(database, "options"),
        *([] if cluster else _last(name)),
    )
    client = Client(argv, environment(database, connection))
    if cluster:
        return Dumping(client, _CLUSTER)
    return Dumping(client, _SOUND.get(form, ANYTHING), folder)


def listing(database: Database, connection: Connection) -> Client:
    """Prints CSV; names are its first column."""
    argv: tuple[Word, ...] = (
        *program(database, "psql_command", "psql"),
        *("--list", "--no-password", "--no-psqlrc", "--csv", "--tuples-only"),
        *reached(connection),
        *words(database, "list_options"),
    )
    return Client(argv, environment(database, connection))


def reached(connection: Connection) -> tuple[Word, ...]:
    """The flags that say where the server is, and who asks."""
    return (
        *flag("--host", connection.hostname),
        *flag("--port", connection.port),
        *flag("--username", connection.username),
    )


def environment(database: Database, connection: Connection) -> tuple[tuple[str, Word], ...]:
    """The password never stands in a command line."""
    found: list[tuple[str, Word]] = [
        (variable, database.text(option))
        for option, variable in _VARIABLES
        if database.text(option)
    ]
    if connection.password:
        found.append(("PGPASSWORD", connection.password))
    return tuple(sorted(found, key=lambda pair: pair[0]))


def _last(name: Word) -> tuple[Word, ...]:
    """A name that begins with a dash must not be an option."""
    if isinstance(name, str) and not name.startswith("-"):
        return (name,)
    return ("--", name)
