"""PostgreSQL restored: pg_restore and psql. Source: borgmatic 2.1.10, measured; PostgreSQL 15 for what its programs take.

Unlike borgmatic's, a restore of one database is one transaction where its options permit that, psql stops at the first
error, and psql gets neither `--schema` nor `--no-owner`, which it refuses.
"""

from __future__ import annotations

from ..config.databases import Database
from ..plan.words import Word
from .client import Client, Connection, flag, program, words
from .dump_formats import Format
from .postgresql import environment, reached

MAINTENANCE = "postgres"  # the database that is there to connect to

# Words of `restore_options` with which pg_restore takes no `--single-transaction`.
_IN_PARTS = ("-j", "--jobs", "-C", "--create", "--transaction-size", "-l", "--list", "-f", "--file")
# A cluster's roles, which are there already: PostgreSQL has no `create role if not exists`, and the role that
# restores can't drop itself. Only up to the first `\connect`, as data stand behind it.
_ROLES = (
    (
        r"1,/^\\connect /s/^\(CREATE\) ROLE \(.*\);$/"
        r"DO $role$BEGIN \1 ROLE \2; EXCEPTION WHEN duplicate_object THEN NULL; END$role$;/"
    ),
    (
        r"1,/^\\connect /s/^DROP ROLE IF EXISTS \(.*\);$/"
        r"DO $role$BEGIN DROP ROLE IF EXISTS \1; EXCEPTION WHEN OTHERS THEN NULL; END$role$;/"
    ),
)


def restore(
    entry: Database,
    database: str,
    form: Format,
    connection: Connection,
    schemas: tuple[str, ...],
    folder: Word = "",
) -> Client:
    """What restores a dump into `database`, from its standard input or from `folder`."""
    if form in (Format.PLAIN, Format.CLUSTER):
        return _psql(
            entry, connection, "" if form is Format.CLUSTER else database,
            *("--set", "ON_ERROR_STOP=on"),
            *([] if form is Format.CLUSTER else ["--single-transaction"]),
            *words(entry, "restore_options"),
        )  # fmt: skip
    own = words(entry, "restore_options")
    argv: tuple[Word, ...] = (
        *program(entry, "pg_restore_command", "pg_restore"),
        *("--no-password", "--if-exists", "--exit-on-error", "--clean"),
        *([] if _is_in_parts(own) else ["--single-transaction"]),
        *("--dbname", _literal(database), *reached(connection)),
        *(["--no-owner"] if entry.boolean("no_owner") else []),
        *own,
        *flag("", folder)[1:],
        *(word for schema in schemas for word in ("--schema", schema)),
    )
    return Client(argv, environment(entry, connection))


def check(entry: Database, folder: Word = "") -> tuple[Word, ...]:
    """What reads all of a dump of pg_dump's own formats, and needs no server."""
    command = program(entry, "pg_restore_command", "pg_restore")
    return (*command, "--file", "/dev/null", *flag("", folder)[1:])


def analyze(entry: Database, database: str, connection: Connection) -> Client:
    """What gathers statistics, without which the first queries are slow. `database`: empty for a cluster."""
    argv: tuple[Word, ...] = (
        *program(entry, "psql_command", "psql"),
        *("--no-password", "--no-psqlrc", "--quiet", *reached(connection)),
        *flag("--dbname", _literal(database)),
        *words(entry, "analyze_options"),
        *("--command", "ANALYZE"),
    )
    return Client(argv, environment(entry, connection))


def create(entry: Database, database: str, connection: Connection) -> Client:
    """What makes an empty database."""
    name = database.replace('"', '""')
    return _psql(
        entry, connection, MAINTENANCE,
        "--quiet", "--command", f'CREATE DATABASE "{name}" TEMPLATE template0',
    )  # fmt: skip


def question(entry: Database, connection: Connection) -> Client:
    """What prints lines of `database NAME`, `role NAME` and `version NUMBER`, each between two tabs."""
    sql = (
        "SELECT 'database', datname FROM pg_database UNION ALL SELECT 'role', rolname FROM pg_roles"
        " UNION ALL SELECT 'version', current_setting('server_version')"
        " UNION ALL SELECT 'user', current_user"
    )
    return _psql(
        entry, connection, MAINTENANCE,
        "--quiet", "--tuples-only", "--no-align", "--field-separator", "\t", "--command", sql,
    )  # fmt: skip


def tidied(form: Format) -> tuple[str, ...]:
    """The filter that a dump goes through on its way, as a command; empty for none."""
    if form is not Format.CLUSTER:
        return ()
    return ("sed", *(word for line in _ROLES for word in ("-e", line)))


def _psql(entry: Database, connection: Connection, database: str, *more: Word) -> Client:
    argv: tuple[Word, ...] = (
        *program(entry, "psql_command", "psql"),
        *("--no-password", "--no-psqlrc"),
        *flag("--dbname", _literal(database)),
        *reached(connection),
        *more,
    )
    return Client(argv, environment(entry, connection))


def _literal(database: str) -> str:
    """A name for `--dbname`, where one with `=`, or that begins like a URI, would be a connection string."""
    if "=" not in database and not database.startswith(("postgresql://", "postgres://")):
        return database
    name = database.replace("\\", r"\\").replace("'", r"\'")
    return f"dbname='{name}'"


def _is_in_parts(own: tuple[str, ...]) -> bool:
    return any(word.partition("=")[0] in _IN_PARTS or word.startswith(("-j", "-C")) for word in own)
