"""What a dump in an archive is: forms, and what first bytes tell."""

from __future__ import annotations

from ..support.enums import Enum
from ..support.record import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import re

HEAD = 65536  # bytes of a dump that are read to tell what it is


class Format(Enum):
    """The form of a dump."""

    CUSTOM = "custom"  # pg_dump
    TAR = "tar"  # pg_dump
    DIRECTORY = "directory"  # pg_dump, mongodump, influx
    PLAIN = "plain"  # SQL of pg_dump
    CLUSTER = "cluster"  # SQL of pg_dumpall
    SQL = "sql"  # of mariadb-dump, mysqldump, sqlite3
    ARCHIVE = "archive"  # mongodump
    LDIF = "ldif"  # slapcat


class Told(NamedTuple):
    """What the first bytes of a dump say. `server`: the version that it was made of, `tool`: of the program that
    made it; empty where they don't say."""

    format: Format | None
    server: str = ""
    tool: str = ""


def first(pattern: re.Pattern[str], text: str) -> str:
    """The first group of the first match; empty for none."""
    match = pattern.search(text)
    return match[1] if match else ""


def is_text(head: bytes) -> bool:
    return bool(head) and b"\0" not in head
