"""From a kind of database to its module; only those of kinds that a file or an archive names are loaded."""

from __future__ import annotations

from importlib import import_module

from .dump_formats import Format, Told
from .kind import Kind


def kind_of(name: str) -> Kind:
    """What is particular to a kind. `name`: one of `config.databases.DATABASES`."""
    found: Kind = import_module(f".{name}", __package__).KIND
    return found


def told_by(name: str, head: bytes, *, is_directory: bool = False) -> Told:
    """What a dump of this kind of database is. The format is None where the bytes are of no known one."""
    kind = kind_of(name)
    if is_directory:
        return Told(Format.DIRECTORY if kind.folders else None)
    return kind.told(head)
