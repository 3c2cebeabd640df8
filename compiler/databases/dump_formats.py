"""What a dump in an archive is, told from its first bytes, and how a whole one ends.

Measured with PostgreSQL 15, MariaDB 10.11, SQLite 3.40; MongoDB's magic number from its documentation
("mongodump archive format").
"""

from __future__ import annotations

from ..support.enums import Enum
from ..support.record import TYPE_CHECKING, NamedTuple
from ..support.regex import lazily

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


_PG_SERVER = lazily(r"-- Dumped from database version (\d+(?:\.\d+)?)")
_PG_TOOL = lazily(r"-- Dumped by pg_dump version (\d+(?:\.\d+)?)")
_MARIA_SERVER = lazily(r"-- Server version\s+(\d+\.\d+(?:\.\d+)?)")
_COMPRESSION_BY_NAME = b"\x01\x0f"  # the version of the format from which on that is one byte
_MONGO = b"\x6d\xe2\x99\x81"


def told_by(kind: str, head: bytes, *, is_directory: bool = False) -> Told:
    """What a dump of this kind of database is. The format is None where the bytes are of no known one."""
    if is_directory:
        return Told(Format.DIRECTORY if kind in ("postgresql", "mongodb", "influxdb") else None)
    match kind:
        case "postgresql":
            return _of_postgresql(head)
        case "mariadb" | "mysql":
            return _of_sql(head)
        case "sqlite":
            return Told(Format.SQL if _is_text(head) else None)
        case "mongodb":
            return Told(Format.ARCHIVE if head.startswith((_MONGO, b"\x1f\x8b")) else None)
        case "openldap":
            return Told(Format.LDIF if _is_text(head) else None)
        case _:
            return Told(None)


def _of_postgresql(head: bytes) -> Told:
    if head.startswith(b"PGDMP"):
        return _of_custom(head)
    if head.startswith(b"toc.dat\0"):
        return _of_custom(head[512:])._replace(format=Format.TAR)
    if not _is_text(head):
        return Told(None)
    text = head.decode("utf-8", "replace")
    form = Format.CLUSTER if "-- PostgreSQL database cluster dump\n" in text else Format.PLAIN
    return Told(form, _first(_PG_SERVER, text), _first(_PG_TOOL, text))


def _of_custom(head: bytes) -> Told:
    """The header of pg_dump's archives, as pg_backup_archiver.c writes it: five bytes that say `PGDMP`, three of a
    version, the sizes of numbers and offsets, the format; the compression; seven numbers of the date; three
    texts: the database, the server's version, pg_dump's."""
    reader = _Reader(head, 11)
    try:
        size = head[8]
        reader.skip(1 if head[5:7] >= _COMPRESSION_BY_NAME else 1 + size)
        reader.skip(7 * (1 + size))
        _, server, tool = (reader.text(size) for _ in range(3))
    except (IndexError, ValueError):
        return Told(Format.CUSTOM)
    return Told(Format.CUSTOM, server.partition(" ")[0], tool.partition(" ")[0])


class _Reader:
    """Numbers and texts of pg_dump's archives, one after the other. Raises IndexError or ValueError at the end."""

    def __init__(self, data: bytes, place: int) -> None:
        self._data = data
        self._place = place

    def skip(self, count: int) -> bytes:
        found = self._data[self._place : self._place + count]
        if len(found) < count:
            raise ValueError(count)
        self._place += count
        return found

    def text(self, size: int) -> str:
        is_absent, *number = self.skip(1 + size)
        length = 0 if is_absent else int.from_bytes(bytes(number), "little")
        return self.skip(length).decode("utf-8", "replace")


def _of_sql(head: bytes) -> Told:
    if not _is_text(head):
        return Told(None)
    return Told(Format.SQL, _first(_MARIA_SERVER, head.decode("utf-8", "replace")))


def _first(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    return match[1] if match else ""


def _is_text(head: bytes) -> bool:
    return bool(head) and b"\0" not in head
