"""What a dump of pg_dump or pg_dumpall is, told from its first bytes. Measured with PostgreSQL 15."""

from __future__ import annotations

from ..support.regex import lazily
from .dump_formats import Format, Told, first, is_text

_SERVER = lazily(r"-- Dumped from database version (\d+(?:\.\d+)?)")
_TOOL = lazily(r"-- Dumped by pg_dump version (\d+(?:\.\d+)?)")
_COMPRESSION_BY_NAME = b"\x01\x0f"  # the version of the format from which on that is one byte


def told(head: bytes) -> Told:
    if head.startswith(b"PGDMP"):
        return _of_custom(head)
    if head.startswith(b"toc.dat\0"):
        return _of_custom(head[512:])._replace(format=Format.TAR)
    if not is_text(head):
        return Told(None)
    text = head.decode("utf-8", "replace")
    form = Format.CLUSTER if "-- PostgreSQL database cluster dump\n" in text else Format.PLAIN
    return Told(form, first(_SERVER, text), first(_TOOL, text))


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
