"""PostgreSQL: pg_dump, pg_dumpall, pg_restore and psql. Source: borgmatic 2.1.10, measured; PostgreSQL 15 for what its
programs take and what dumps look like.

Unlike borgmatic's, a restore of one database is one transaction where its options permit that, psql stops at the first
error, and psql gets neither `--schema` nor `--no-owner`, which it refuses.
"""

from __future__ import annotations

from ..config.databases import Database
from ..plan.feeds import Sound
from ..plan.words import EACH, Printed, Use, Word
from ..source.diagnostic import Diagnostics
from ..support.record import TYPE_CHECKING
from .client import ANYTHING, Client, Connection, Dumping, flag, program, words
from .dump_formats import Format
from .kind import Kind, Restoring, line
from .postgresql_dumps import told

if TYPE_CHECKING:
    from .kind import Dumps

_SYSTEM = ("template0", "template1")  # what `all` leaves out
_TEXT = Sound(ends=("\n-- PostgreSQL database dump complete\n",))
_CLUSTER = Sound(ends=("\n-- PostgreSQL database cluster dump complete\n",))
# `ustar` at 257 is how any tar begins.
_SOUND = {"plain": _TEXT, "custom": Sound("PGDMP"), "tar": Sound("ustar", 257)}
_VARIABLES = (
    ("ssl_mode", "PGSSLMODE"), ("ssl_cert", "PGSSLCERT"), ("ssl_key", "PGSSLKEY"),
    ("ssl_root_cert", "PGSSLROOTCERT"), ("ssl_crl", "PGSSLCRL"),
)  # fmt: skip
_MAINTENANCE = "postgres"  # the database that is there to connect to

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


# --- dumps ---


def _dump(dumps: Dumps, database: Database, named: tuple[str, ...]) -> None:
    reach = dumps.connection(database)
    if not _is_listed(database):
        dumping = _dumping(database, database.name, reach, dumps.path(database))
        dumps.dump(database, database.name, dumping)
        return
    names = dumps.listed(database, _listing(database, reach), Printed.CSV, (*_SYSTEM, *named))
    folder = dumps.path_of_each(database)
    dumps.dump_each(database, _dumping(database, (Use(EACH),), reach, folder), names)


def _is_cluster(database: Database) -> bool:
    """Whether everything goes into one text."""
    return database.name == "all" and not database.text("format")


def _is_listed(database: Database) -> bool:
    """Whether the server has to be asked for names."""
    return database.several and not _is_cluster(database)


def _dumping(database: Database, name: Word, connection: Connection, path: Word) -> Dumping:
    """`name`: the database; `path`: where a dump goes that is a folder."""
    cluster = _is_cluster(database)
    form = database.text("format") or "custom"
    folder = form == "directory"
    argv: tuple[Word, ...] = (
        *program(database, "pg_dump_command", "pg_dumpall" if cluster else "pg_dump"),
        *("--no-password", "--clean", "--if-exists", *_reached(connection)),
        *(["--no-owner"] if database.boolean("no_owner") else []),
        *([] if cluster else ["--format", form]),
        *flag("--compress", database.text("compression")),
        *(("--file", path) if folder else ()),
        *words(database, "options"),
        *([] if cluster else _last(name)),
    )
    client = Client(argv, _environment(database, connection))
    if cluster:
        return Dumping(client, _CLUSTER)
    return Dumping(client, _SOUND.get(form, ANYTHING), folder, "toc.dat" if folder else "")


def _listing(database: Database, connection: Connection) -> Client:
    """Prints CSV; names are its first column."""
    argv: tuple[Word, ...] = (
        *program(database, "psql_command", "psql"),
        *("--list", "--no-password", "--no-psqlrc", "--csv", "--tuples-only"),
        *_reached(connection),
        *words(database, "list_options"),
    )
    return Client(argv, _environment(database, connection))


def _reached(connection: Connection) -> tuple[Word, ...]:
    """The flags that say where the server is, and who asks."""
    return (
        *flag("--host", connection.hostname),
        *flag("--port", connection.port),
        *flag("--username", connection.username),
    )


def _environment(database: Database, connection: Connection) -> tuple[tuple[str, Word], ...]:
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


# --- restores ---


def _restore(item: Restoring) -> Client:
    entry, form, connection = item.entry, item.format, item.connection
    if form in (Format.PLAIN, Format.CLUSTER):
        return _psql(
            entry, connection, "" if form is Format.CLUSTER else item.database,
            *("--set", "ON_ERROR_STOP=on"),
            *([] if form is Format.CLUSTER else ["--single-transaction"]),
            *words(entry, "restore_options"),
        )  # fmt: skip
    own = words(entry, "restore_options")
    argv: tuple[Word, ...] = (
        *program(entry, "pg_restore_command", "pg_restore"),
        *("--no-password", "--if-exists", "--exit-on-error", "--clean"),
        *([] if _is_in_parts(own) else ["--single-transaction"]),
        *("--dbname", _literal(item.database), *_reached(connection)),
        *(["--no-owner"] if entry.boolean("no_owner") else []),
        *own,
        *flag("", item.folder)[1:],
        *(["--strict-names"] if item.schemas else []),  # one that isn't there is a failure
        *(word for schema in item.schemas for word in ("--schema", schema)),
    )
    return Client(argv, _environment(entry, connection))


def _read(entry: Database, folder: Word) -> tuple[Word, ...]:
    """What reads all of a dump of pg_dump's own formats, and needs no server."""
    command = program(entry, "pg_restore_command", "pg_restore")
    return (*command, "--file", "/dev/null", *flag("", folder)[1:])


def _analyzed(item: Restoring) -> Client:
    """What gathers statistics, without which the first queries are slow."""
    entry, connection = item.entry, item.connection
    database = "" if item.format is Format.CLUSTER else item.database
    argv: tuple[Word, ...] = (
        *program(entry, "psql_command", "psql"),
        *("--no-password", "--no-psqlrc", "--quiet", *_reached(connection)),
        *flag("--dbname", _literal(database)),
        *words(entry, "analyze_options"),
        *("--command", "ANALYZE"),
    )
    return Client(argv, _environment(entry, connection))


def _created(item: Restoring) -> Client:
    """PostgreSQL's own clients restore into a database that is there."""
    name = item.database.replace('"', '""')
    return _psql(
        item.entry, item.connection, _MAINTENANCE,
        "--quiet", "--command", f'CREATE DATABASE "{name}" TEMPLATE template0',
    )  # fmt: skip


def _question(entry: Database, connection: Connection) -> Client:
    """What prints lines of `database NAME`, `role NAME` and `version NUMBER`, each between two tabs."""
    sql = (
        "SELECT 'database', datname FROM pg_database UNION ALL SELECT 'role', rolname FROM pg_roles"
        " UNION ALL SELECT 'version', current_setting('server_version')"
        " UNION ALL SELECT 'user', current_user"
    )
    return _psql(
        entry, connection, _MAINTENANCE,
        "--quiet", "--tuples-only", "--no-align", "--field-separator", "\t", "--command", sql,
    )  # fmt: skip


def _filtered(item: Restoring) -> tuple[str, ...]:
    if item.format is not Format.CLUSTER:
        return ()
    return ("sed", *(word for line in _ROLES for word in ("-e", line)))


def _psql(entry: Database, connection: Connection, database: str, *more: Word) -> Client:
    argv: tuple[Word, ...] = (
        *program(entry, "psql_command", "psql"),
        *("--no-password", "--no-psqlrc"),
        *flag("--dbname", _literal(database)),
        *_reached(connection),
        *more,
    )
    return Client(argv, _environment(entry, connection))


def _literal(database: str) -> str:
    """A name for `--dbname`, where one with `=`, or that begins like a URI, would be a connection string."""
    if "=" not in database and not database.startswith(("postgresql://", "postgres://")):
        return database
    name = database.replace("\\", r"\\").replace("'", r"\'")
    return f"dbname='{name}'"


def _is_in_parts(own: tuple[str, ...]) -> bool:
    return any(word.partition("=")[0] in _IN_PARTS or word.startswith(("-j", "-C")) for word in own)


def _tools(entry: Database, form: Format) -> tuple[tuple[str, ...], ...]:
    psql = program(entry, "psql_command", "psql")
    if form in (Format.PLAIN, Format.CLUSTER):
        return (psql,)
    return (program(entry, "pg_restore_command", "pg_restore"), psql)


def _mark(form: Format, _: Database) -> tuple[str, ...]:
    cluster = " cluster" if form is Format.CLUSTER else ""
    return line(f"-- PostgreSQL database{cluster} dump complete")


# --- entries ---


def _check(database: Database, diagnostics: Diagnostics) -> None:
    if "=" in database.name:
        message = (
            f"`{database.name}` contains `=`: PostgreSQL's programs read it as a connection string"
        )
        diagnostics.error("BP384", message, database.place("name"))
    if _is_cluster(database) and database.is_set("compression"):
        diagnostics.error(
            "BP387",
            "`compression` with `name: all` and no `format`: pg_dumpall has no --compress",
            database.place("compression"),
            "remove it, or set `format: custom`: one dump for each database",
        )


def _shown(database: Database, connection: Connection) -> Client:
    return _dumping(database, database.name, connection, "{folder}").client


KIND = Kind(
    dump=_dump,
    shown=_shown,
    told=told,
    restore=_restore,
    check=_check,
    folders=True,
    mark=_mark,
    read=_read,
    filtered=_filtered,
    created=_created,
    analyzed=_analyzed,
    question=_question,
    tools=_tools,
)
