"""MariaDB and MySQL restored: their clients. Source: borgmatic 2.1.10, measured; MariaDB 10.11.

Their dumps make, and drop, databases themselves. MariaDB's users stand in the dump of `all`, and in that of `mysql`, as
statements that fail where a user is there, so that borgmatic's `all` can't be restored (measured). Here they are
made only where they aren't there; those that are keep their passwords. A dump of one database can be restored under
another name.
"""

from __future__ import annotations

from ..config.databases import Database
from ..support.regex import lazily
from .client import Client, Connection, program
from .mysql import PROGRAMS, Reached, is_of_users, own_words

# Statements of the dump itself begin a line; those of routines and triggers stand between the two delimiters.
_ACCOUNTS = (
    r"/^DELIMITER ;;/,/^DELIMITER ;$/!"
    r"s,^(/\*M?![0-9]+ )?CREATE (USER|ROLE|SERVER|FUNCTION) (IF NOT EXISTS )?,\1CREATE \2 IF NOT EXISTS ,"
)


_SPECIAL = lazily(r"[][\\.*^$+?(){}|,/&]")


def restore(entry: Database, connection: Connection) -> Client:
    """What restores a dump from its standard input."""
    own, extra = own_words(entry, "restore_options")
    reached = Reached(entry, connection, extra)
    argv = (*_client(entry), *reached.file_flag, *own, "--batch", *reached.flags)
    return Client(argv, reached.environment, reached.files)


def question(entry: Database, connection: Connection) -> Client:
    """As of `restore_postgresql`."""
    sql = (
        "SELECT 'database', schema_name FROM information_schema.schemata"
        " UNION ALL SELECT 'version', version() UNION ALL SELECT 'user', current_user()"
    )
    _, extra = own_words(entry, "restore_options")
    reached = Reached(entry, connection, extra)
    words = ("--skip-column-names", "--batch", "--raw", "--execute", sql)
    argv = (*_client(entry), *reached.file_flag, *reached.flags, *words)
    return Client(argv, reached.environment, reached.files)


def tidied(entry: Database, name: str, to: str = "") -> tuple[str, ...]:
    """As of `restore_postgresql`. `name`: of the dump; `to`: of the database that takes its place."""
    if to and to != name:
        return _renaming(name, to)
    has_users = is_of_users(entry, name) or (name == "all" and PROGRAMS[entry.kind].dumps_users)
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
    return program(entry, f"{entry.kind}_command", PROGRAMS[entry.kind].client)
