"""MariaDB and MySQL restored: their clients. Source: borgmatic 2.1.10, measured; MariaDB 10.11.

Their dumps make, and drop, databases themselves. MariaDB's users stand in the dump of `all`, and in that of `mysql`, as
statements that fail where a user is there, so that borgmatic's `all` can't be restored (measured). Here they are
made only where they aren't there; those that are keep their passwords.
"""

from __future__ import annotations

from ..config.databases import Database
from .client import Client, Connection, program
from .mysql import PROGRAMS, Reached, is_of_users, own_words

# Statements of the dump itself begin a line; those of routines and triggers stand between the two delimiters.
_ACCOUNTS = (
    r"/^DELIMITER ;;/,/^DELIMITER ;$/!"
    r"s,^(/\*M?![0-9]+ )?CREATE (USER|ROLE|SERVER|FUNCTION) (IF NOT EXISTS )?,\1CREATE \2 IF NOT EXISTS ,"
)


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
    words = ("--skip-column-names", "--batch", "--execute", sql)
    argv = (*_client(entry), *reached.file_flag, *reached.flags, *words)
    return Client(argv, reached.environment, reached.files)


def tidied(entry: Database, name: str) -> tuple[str, ...]:
    """As of `restore_postgresql`. `name`: of the dump."""
    has_users = is_of_users(entry, name) or (name == "all" and PROGRAMS[entry.kind].dumps_users)
    return ("sed", "-E", "-e", _ACCOUNTS) if has_users else ()


def _client(entry: Database) -> tuple[str, ...]:
    return program(entry, f"{entry.kind}_command", PROGRAMS[entry.kind].client)
