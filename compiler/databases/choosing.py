"""Which dumps of an archive are restored, and which entry of the configuration says how.

Like borgmatic 2.1.10 (measured) but for this: everything is chosen before anything is restored, and of two entries that
fit a dump the one that is exactly its own counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase
from itertools import chain

from ..config.databases import DATABASES, Database
from ..support.record import NamedTuple
from .archive_layout import Dump, identifier_of

ALL = "all"


class Wanted(NamedTuple):
    """Which dumps: `names` (patterns of the shell; none for all), of which kind of database, and where they came
    from; empty for any."""

    names: tuple[str, ...] = ()
    kind: str = ""
    hostname: str = ""
    port: int = 0
    label: str = ""
    container: str = ""


class Choice(NamedTuple):
    """`pairs`: dumps with their entries. `missing`: names that no dump has. `unconfigured`: dumps without an entry.
    `ambiguous`: dumps with several."""

    pairs: tuple[tuple[Dump, Database], ...]
    missing: tuple[str, ...] = ()
    unconfigured: tuple[Dump, ...] = ()
    ambiguous: tuple[Dump, ...] = ()


def chosen(wanted: Wanted, dumps: Sequence[Dump], entries: Sequence[Database]) -> Choice:
    """The dumps that are wanted, with their entries: in the order of the names that are wanted, those of one name in the
    archive's order."""
    possible = [dump for dump in dumps if _comes_from(dump, wanted)]
    names = [] if ALL in wanted.names else list(wanted.names)
    by_name = [[dump for dump in possible if _is_named(dump, name)] for name in names]
    missing = [name for name, own in zip(names, by_name, strict=True) if not own]
    fitting = dict.fromkeys(chain.from_iterable(by_name) if names else possible)
    found = [(dump, _entries_of(dump, entries)) for dump in fitting]
    return Choice(
        tuple((dump, own[0]) for dump, own in found if len(own) == 1),
        tuple(missing),
        tuple(dump for dump, own in found if not own),
        tuple(dump for dump, own in found if len(own) > 1),
    )


def _is_named(dump: Dump, name: str) -> bool:
    # A name that is one is not read as a pattern: databases may be called `a[b]`.
    return name == dump.name or fnmatchcase(dump.name, name)


def _comes_from(dump: Dump, wanted: Wanted) -> bool:
    kind = wanted.kind.removesuffix("_databases")
    return (
        (not kind or kind == dump.kind)
        and (not wanted.hostname or wanted.hostname == dump.hostname)
        and (not wanted.port or wanted.port == _port(dump.kind, dump.port))
        and (not wanted.label or wanted.label == dump.label)
        and (not wanted.container or wanted.container == dump.container)
    )


def _port(kind: str, port: int | None) -> int | None:
    return DATABASES[kind].port if port is None else port


def _entries_of(dump: Dump, entries: Sequence[Database]) -> list[Database]:
    """The entry that a dump is of; several, if it can't be told which; none."""
    own = [entry for entry in entries if entry.kind == dump.kind and _fits_name(dump, entry)]
    if not dump.described:
        # A path can't be told apart: `a` may be a host, a container or a label.
        found = [entry for entry in own if _identifier(entry) == dump.identifier]
    else:
        found = [entry for entry in own if _server(entry) == _server_of(dump)]
        found = found or [entry for entry in own if _usual(entry) == _usual_of(dump)]
    exact = [entry for entry in found if entry.name == dump.name]
    return exact or found


def _fits_name(dump: Dump, entry: Database) -> bool:
    return entry.name == dump.name or (
        entry.several and (entry.name == ALL or fnmatchcase(dump.name, entry.name))
    )


_Server = tuple[str, str, str, int | None]


def _server(entry: Database) -> _Server:
    port: int | None = entry.options.get("port")
    return entry.text("label"), entry.text("container"), entry.text("hostname"), port


def _server_of(dump: Dump) -> _Server:
    return dump.label, dump.container, dump.hostname, dump.port


def _usual(entry: Database) -> _Server:
    *others, port = _server(entry)
    return (*others, _port(entry.kind, port))  # type: ignore[return-value]  # as of `_server`


def _usual_of(dump: Dump) -> _Server:
    return dump.label, dump.container, dump.hostname, _port(dump.kind, dump.port)


def _identifier(entry: Database) -> str:
    port: int | None = entry.options.get("port")
    return identifier_of(entry.text("hostname"), port, entry.text("label"), entry.text("container"))
