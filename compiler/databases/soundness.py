"""The mark at the end of a dump that is a text, without which it was cut off (measured)."""

from __future__ import annotations

from ..config.databases import Database
from .client import words
from .dump_formats import Format

_WITHOUT = ("--skip-comments", "--compact", "--comments=0", "--xml", "-X", "-i0")


def last_of(kind: str) -> tuple[str, ...]:
    """What prints the end of a text in which its mark has to be. SQLite's would not be told from data before it."""
    return ("tail", "-n", "1") if kind == "sqlite" else ("tail", "-c", "4096")


def mark_of(kind: str, form: Format, entry: Database) -> tuple[str, ...]:
    """What finds the mark in the end of a text, and fails where it isn't there; empty for none."""
    match kind, form:
        case "postgresql", Format.PLAIN:
            return _line("-- PostgreSQL database dump complete")
        case "postgresql", Format.CLUSTER:
            return _line("-- PostgreSQL database cluster dump complete")
        case "sqlite", _:
            return _line("COMMIT;")
        case (("mariadb" | "mysql"), _) if not set(_WITHOUT) & set(words(entry, "options")):
            return ("grep", "^-- Dump completed")
        case _:
            return ()


def _line(text: str) -> tuple[str, ...]:
    return ("grep", "-F", "-x", "-e", text)
