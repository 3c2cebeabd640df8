"""MariaDB and MySQL: their dump programs and clients. Source: borgmatic 2.1.10, measured; MariaDB 10.11.

Borgmatic gives dumps a `--result-file`; here they go to standard output, where borgplan reads them.
"""

from __future__ import annotations

from ..config.databases import Database
from ..plan.feeds import Sound
from ..plan.words import Escape, ScratchPath, Word, joined
from ..support.record import NamedTuple
from .client import ANYTHING, Client, Connection, Dumping, escaped, flag, program, words

_EXTRA_FILE = "--defaults-extra-file="
_SOUND = Sound(ends=("\n-- Dump completed",))
_WITHOUT_END = ("--skip-comments", "--compact", "--comments=0", "--skip-dump-date=", "--xml", "-X")
_OF_MARIADB = "mysql"  # the schema that MariaDB dumps as users and servers


class Programs(NamedTuple):
    """What differs between the two. `system`: schemas that `all` leaves out."""

    dump: str
    client: str
    system: tuple[str, ...]
    dumps_users: bool


PROGRAMS = {
    "mariadb": Programs(
        "mariadb-dump",
        "mariadb",
        ("information_schema", "performance_schema", "sys"),
        dumps_users=True,
    ),
    "mysql": Programs(
        "mysqldump",
        "mysql",
        ("information_schema", "mysql", "performance_schema", "sys"),
        dumps_users=False,
    ),
}


def is_listed(database: Database) -> bool:
    return database.several


def is_one_dump(database: Database) -> bool:
    """Whether all databases go into one dump."""
    return database.name == "all" and not database.text("format")


def left_out(database: Database) -> tuple[str, ...]:
    """Databases that `all` or a pattern doesn't stand for."""
    return (*PROGRAMS[database.kind].system, *database.texts("skip_names"))


def dump(
    database: Database, names: tuple[Word, ...], connection: Connection, *, system: bool
) -> Dumping:
    """`names`: what is dumped into one dump. `system`: whether MariaDB's users and servers are dumped."""
    programs = PROGRAMS[database.kind]
    own, extra = own_words(database, "options")
    reaches = Reached(database, connection, extra)
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


def is_of_users(database: Database, name: str) -> bool:
    """Whether dumping this schema means MariaDB's users and servers."""
    return name == _OF_MARIADB and PROGRAMS[database.kind].dumps_users


def listing(database: Database, connection: Connection) -> Client:
    """Prints a name a line."""
    own, extra = own_words(database, "list_options")
    reaches = Reached(database, connection, extra)
    argv: tuple[Word, ...] = (
        *program(database, f"{database.kind}_command", PROGRAMS[database.kind].client),
        *reaches.file_flag,
        *own,
        *reaches.flags,
        *("--skip-column-names", "--batch", "--execute", "show schemas"),
    )
    return Client(argv, reaches.environment, reaches.files)


def own_words(database: Database, option: str) -> tuple[tuple[str, ...], str]:
    """The words of `options`, and the option file that is their first."""
    found = words(database, option)
    if found and found[0].startswith(_EXTRA_FILE):
        return found[1:], found[0].removeprefix(_EXTRA_FILE)
    return found, ""


class Reached:
    """How the server is reached: flags, environment, and an option file for what nobody may see."""

    def __init__(self, database: Database, connection: Connection, extra: str) -> None:
        self.files: tuple[tuple[str, tuple[Word, ...]], ...] = ()
        self.environment: tuple[tuple[str, Word], ...] = ()
        self.file_flag: tuple[Word, ...] = (f"{_EXTRA_FILE}{extra}",) if extra else ()
        by_environment = database.text("password_transport") == "environment"
        known = connection.username or connection.password
        if known and not by_environment:
            self.files = ((connection.file, _option_file(connection, extra)),)
            self.file_flag = ((_EXTRA_FILE, ScratchPath(connection.file)),)
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
