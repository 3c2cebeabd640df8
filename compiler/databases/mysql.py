"""MariaDB and MySQL: their dump programs and clients. Source: borgmatic 2.1.10, measured; MariaDB 10.11.

Borgmatic gives dumps a `--result-file`; here they go to standard output, where borgplan reads them. Dumps make, and
drop, databases themselves. MariaDB's users stand in the dump of `all`, and in that of `mysql`, as statements that fail
where a user is there, so that borgmatic's `all` can't be restored (measured). Here they are made only where they aren't
there; those that are keep their passwords. A dump of one database can be restored under another name.
"""

from __future__ import annotations

from ..config.databases import Database
from ..plan.feeds import Sound
from ..plan.words import EACH, Escape, ForEach, Printed, Use, Word, joined
from ..source.diagnostic import Diagnostics
from ..support.record import TYPE_CHECKING, NamedTuple
from ..support.regex import lazily
from .archive_layout import Dump
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
from .dump_formats import Format, Told, first, is_text
from .kind import Kind, Restoring

if TYPE_CHECKING:
    from .kind import Dumps

_EXTRA_FILE = "--defaults-extra-file="
_SOUND = Sound(ends=("\n-- Dump completed",))
_WITHOUT_END = ("--skip-comments", "--compact", "--comments=0", "--skip-dump-date=", "--xml", "-X")
_OF_MARIADB = "mysql"  # the schema that MariaDB dumps as users and servers
# Statements of the dump itself begin a line; those of routines and triggers stand between the two delimiters.
_ACCOUNTS = (
    r"/^DELIMITER ;;/,/^DELIMITER ;$/!"
    r"s,^(/\*M?![0-9]+ )?CREATE (USER|ROLE|SERVER|FUNCTION) (IF NOT EXISTS )?,\1CREATE \2 IF NOT EXISTS ,"
)
_SPECIAL = lazily(r"[][\\.*^$+?(){}|,/&]")
_SERVER = lazily(r"-- Server version\s+(\d+\.\d+(?:\.\d+)?)")
_WITHOUT_MARK = ("--skip-comments", "--compact", "--comments=0", "--xml", "-X", "-i0")


class _Programs(NamedTuple):
    """What differs between the two. `system`: schemas that `all` leaves out."""

    dump: str
    client: str
    system: tuple[str, ...]
    dumps_users: bool


_PROGRAMS = {
    "mariadb": _Programs(
        "mariadb-dump",
        "mariadb",
        ("information_schema", "performance_schema", "sys"),
        dumps_users=True,
    ),
    "mysql": _Programs(
        "mysqldump",
        "mysql",
        ("information_schema", "mysql", "performance_schema", "sys"),
        dumps_users=False,
    ),
}


# --- dumps ---


def _dump(dumps: Dumps, database: Database, named: tuple[str, ...]) -> None:
    reach = dumps.connection(database)
    if not database.several:
        system = _is_of_users(database, database.name)
        words: tuple[Word, ...] = () if system else (database.name,)
        dumps.dump(database, database.name, _dumping(database, words, reach, system=system))
        return
    listing = _listing(database, reach)
    left_out = _left_out(database)
    users = _is_of_users(database, "mysql") and "mysql" not in left_out
    if _is_one_dump(database):
        without = (*left_out, *(["mysql"] if users else []))
        names = dumps.listed(database, listing, Printed.LINES, without)
        each: tuple[Word, ...] = ((ForEach(names),),)
        dumps.dump(database, "all", _dumping(database, each, reach, system=users))
        return
    users = users and database.name == "all" and "mysql" not in named
    if users:
        dumps.dump(database, "mysql", _dumping(database, (), reach, system=True))
    without = (*left_out, *named, *(["mysql"] if users else []))
    names = dumps.listed(database, listing, Printed.LINES, without)
    dumps.dump_each(database, _dumping(database, ((Use(EACH),),), reach, system=False), names)


def _is_one_dump(database: Database) -> bool:
    """Whether all databases go into one dump."""
    return database.name == "all" and not database.text("format")


def _left_out(database: Database) -> tuple[str, ...]:
    """Databases that `all` or a pattern doesn't stand for."""
    return (*_PROGRAMS[database.kind].system, *database.texts("skip_names"))


def _dumping(
    database: Database, names: tuple[Word, ...], connection: Connection, *, system: bool
) -> Dumping:
    """`names`: what is dumped into one dump. `system`: whether MariaDB's users and servers are dumped."""
    programs = _PROGRAMS[database.kind]
    own, extra = _own_words(database, "options")
    reaches = _Reached(database, connection, extra)
    argv: tuple[Word, ...] = (
        *program(database, f"{database.kind}_dump_command", programs.dump),
        *reaches.file_flag,
        *own,
        *(["--add-drop-database"] if database.boolean("add_drop_database", otherwise=True) else []),
        *("--single-transaction", *reaches.flags),
        *(["--events"] if database.boolean("events", otherwise=True) else []),
        *(["--routines"] if database.boolean("routines", otherwise=True) else []),
        *(["--all-tablespaces"] if database.boolean("tablespaces", otherwise=True) else []),
        *(["--system=users,udfs,servers"] if system and programs.dumps_users else []),
        *("--databases", *names),
    )
    sound = ANYTHING if any(word.startswith(_WITHOUT_END) for word in own) else _SOUND
    return Dumping(Client(argv, reaches.environment, reaches.files), sound)


def _is_of_users(database: Database, name: str) -> bool:
    """Whether dumping this schema means MariaDB's users and servers."""
    return name == _OF_MARIADB and _PROGRAMS[database.kind].dumps_users


def _listing(database: Database, connection: Connection) -> Client:
    """Prints a name a line."""
    own, extra = _own_words(database, "list_options")
    reaches = _Reached(database, connection, extra)
    argv: tuple[Word, ...] = (
        *program(database, f"{database.kind}_command", _PROGRAMS[database.kind].client),
        *reaches.file_flag,
        *own,
        *reaches.flags,
        *("--skip-column-names", "--batch", "--execute", "show schemas"),
    )
    return Client(argv, reaches.environment, reaches.files)


def _own_words(database: Database, option: str) -> tuple[tuple[str, ...], str]:
    """The words of `options`, and the option file that is their first."""
    found = words(database, option)
    if found and found[0].startswith(_EXTRA_FILE):
        return found[1:], found[0].removeprefix(_EXTRA_FILE)
    return found, ""


class _Reached:
    """How the server is reached: flags, environment, and an option file for what nobody may see."""

    def __init__(self, database: Database, connection: Connection, extra: str) -> None:
        self.files: tuple[tuple[str, tuple[Word, ...]], ...] = ()
        self.environment: tuple[tuple[str, Word], ...] = ()
        self.file_flag: tuple[Word, ...] = (f"{_EXTRA_FILE}{extra}",) if extra else ()
        by_environment = database.text("password_transport") == "environment"
        known = connection.username or connection.password
        if known and not by_environment:
            self.files = ((connection.file, _option_file(connection, extra)),)
            self.file_flag = ((_EXTRA_FILE, options_file(connection)),)
        elif connection.password:
            self.environment = (("MYSQL_PWD", connection.password),)
        is_remote = bool(connection.hostname or connection.port)
        tls = {True: ["--ssl"], False: ["--skip-ssl"], None: []}[connection.tls]
        self.flags: tuple[Word, ...] = (
            *flag("--host", connection.hostname),
            *flag("--port", connection.port),
            *(["--protocol", "tcp"] if is_remote else []),
            *flag("--socket", connection.socket),
            *(flag("--user", connection.username) if by_environment else ()),
            *tls,
        )


def _option_file(connection: Connection, extra: str) -> tuple[Word, ...]:
    user, password = connection.username, connection.password
    return (
        *([f"!include {extra}"] if extra else []),
        "[client]",
        *([joined("user=", user)] if user else []),
        *([joined('password="', escaped(password, Escape.OPTION_FILE), '"')] if password else []),
    )


# --- restores ---


def _restore(item: Restoring) -> Client:
    entry = item.entry
    own, extra = _own_words(entry, "restore_options")
    reached = _Reached(entry, item.connection, extra)
    argv = (*_client(entry), *reached.file_flag, *own, "--batch", *reached.flags)
    return Client(argv, reached.environment, reached.files)


def _question(entry: Database, connection: Connection) -> Client:
    sql = (
        "SELECT 'database', schema_name FROM information_schema.schemata"
        " UNION ALL SELECT 'version', version() UNION ALL SELECT 'user', current_user()"
    )
    _, extra = _own_words(entry, "restore_options")
    reached = _Reached(entry, connection, extra)
    words = ("--skip-column-names", "--batch", "--raw", "--execute", sql)
    argv = (*_client(entry), *reached.file_flag, *reached.flags, *words)
    return Client(argv, reached.environment, reached.files)


def _filtered(item: Restoring) -> tuple[str, ...]:
    entry, name, to = item.entry, item.dump.name, item.to
    if to and to != name:
        return _renaming(name, to)
    has_users = _is_of_users(entry, name) or (name == "all" and _PROGRAMS[entry.kind].dumps_users)
    return ("sed", "-E", "-e", _ACCOUNTS) if has_users else ()


def _renaming(name: str, to: str) -> tuple[str, ...]:
    """What puts another name where mariadb-dump and mysqldump name the database (measured with MariaDB 10.11), and fails,
    before it prints the line, if the dump names any other. Bodies of routines stay as they are."""
    old, new = (_SPECIAL.sub(r"\\\g<0>", "`" + one.replace("`", "``") + "`") for one in (name, to))
    named = (
        r"USE |CREATE DATABASE (/\*!32312 IF NOT EXISTS\*/ )?|/\*!40000 DROP DATABASE IF EXISTS "
    )
    lines = (
        rf"s,^(ALTER DATABASE ){old}( CHARACTER SET \w+ COLLATE \w+ ;),\1{new}\2,",
        "t",
        r"/^DELIMITER ;;/,/^DELIMITER ;$/b",
        rf"s,^({named}){old}([^`]),\1{new}\3,",
        "t",
        r"/^(USE |(CREATE|ALTER|DROP) DATABASE |\/\*!40000 DROP DATABASE )/Q1",
    )
    return ("sed", "-E", *(word for line in lines for word in ("-e", line)))


def _client(entry: Database) -> tuple[str, ...]:
    return program(entry, f"{entry.kind}_command", _PROGRAMS[entry.kind].client)


def _told(head: bytes) -> Told:
    if not is_text(head):
        return Told(None)
    return Told(Format.SQL, first(_SERVER, head.decode("utf-8", "replace")))


def _mark(_: Format, entry: Database) -> tuple[str, ...]:
    is_there = not set(_WITHOUT_MARK) & set(words(entry, "options"))
    return ("grep", "^-- Dump completed") if is_there else ()


def _not_renamed(dump: Dump) -> str:
    return "it is of the server's users" if dump.name == _OF_MARIADB else ""


# --- entries ---


def _check(database: Database, diagnostics: Diagnostics) -> None:
    if database.texts("skip_names") and not database.several:
        message = "`skip_names` has no effect: the entry names one database"
        diagnostics.warning("BP388", message, database.place("skip_names"))


def _shown(database: Database, connection: Connection) -> Client:
    names = "{each database}" if database.name == "all" else database.name
    return _dumping(database, (names,), connection, system=database.name == "all").client


KIND = Kind(
    dump=_dump,
    shown=_shown,
    told=_told,
    restore=_restore,
    check=_check,
    mark=_mark,
    filtered=_filtered,
    question=_question,
    not_renamed=_not_renamed,
)
