"""What is particular to a kind of database: the record that each kind's module ends with, as its `KIND`."""

from __future__ import annotations

from collections.abc import Callable

from ..config.databases import Database
from ..plan.words import Word
from ..source.diagnostic import Diagnostics
from ..source.span import Text
from ..support.record import TYPE_CHECKING, NamedTuple
from .archive_layout import Dump
from .client import Client, Connection, Dumping
from .dump_formats import Format, Told

if TYPE_CHECKING:
    from typing import Protocol

    from ..plan.words import Listed, Printed

    class Dumps(Protocol):
        """Where a kind puts the dumps of an entry; see `lower/dump_steps.py`."""

        def connection(self, database: Database) -> Connection: ...

        def path(self, database: Database) -> Word:
            """Where a client makes a dump that is a folder."""

        def path_of_each(self, database: Database) -> Word:
            """The same for each of several names: with `Use(EACH)` in it."""

        def listed(
            self, database: Database, client: Client, printed: Printed, without: tuple[str, ...]
        ) -> Listed:
            """The names that a client prints, but for those that the entry doesn't mean."""

        def dump(self, database: Database, name: str, dumping: Dumping) -> None:
            """One dump, of this name."""

        def dump_each(self, database: Database, dumping: Dumping, names: Listed) -> None:
            """A dump for each name: `Use(EACH)` in the client's words."""

        def file(self, database: Database) -> str:
            """The path of a database that is a file."""

        def copied(self, database: Database, client: Callable[[Word], Client]) -> Word:
            """Where a client that is given this place copies such a file to, before it is dumped."""

        def attributes(self, database: Database, client: Client) -> None:
            """Mode and owners of the file, which a client prints."""


class Restoring(NamedTuple):
    """A dump that is restored, by which entry, into the database of which name. `schemas`: only these. `folder`: where the
    dump is, if it isn't one file. `to`: the other name that is asked for; empty for none."""

    dump: Dump
    entry: Database
    format: Format
    connection: Connection
    database: str
    schemas: tuple[str, ...] = ()
    folder: Word = ""
    to: str = ""


def _nothing(*_: object) -> tuple[()]:
    return ()


def _none_lacks(_: Database) -> list[Text]:
    return []


def _always(_: Dump) -> str:
    return ""


def _well(_database: Database, _diagnostics: Diagnostics) -> None:
    """Nothing is wrong with an entry that isn't with those of all kinds."""


class Kind(NamedTuple):
    """A kind of database. Of an entry:

    `dump`: makes its dumps; the names are of databases of its server that have entries of their own. `shown`: the client
    that dumps it, for people. `check`: records what is wrong with it. `lacks`: what of it isn't implemented, by name.

    Of a dump: `told`: what it is, by its first bytes. `folders`: whether it may be a folder. `end`, `mark`: what prints
    the end of a text, and what finds in it the mark without which the dump was cut off. `read`: what reads a dump that
    isn't text to its end, or the folder that it is.

    Of a restore: `restore`: the client that restores; None where the database is a file. `filtered`: the filter that a
    text goes through. `created`: what makes a database that isn't there, `analyzed`: what gathers its statistics; where
    they are needed. `question`: what asks the server for its version, databases and roles. `tools`: the programs, with
    their words, whose versions matter. `not_renamed`: why a dump can't be restored under another name.
    """

    dump: Callable[[Dumps, Database, tuple[str, ...]], None]
    shown: Callable[[Database, Connection], Client]
    told: Callable[[bytes], Told]
    restore: Callable[[Restoring], Client] | None
    check: Callable[[Database, Diagnostics], None] = _well
    lacks: Callable[[Database], list[Text]] = _none_lacks
    folders: bool = False
    end: tuple[str, ...] = ("tail", "-c", "4096")
    mark: Callable[[Format, Database], tuple[str, ...]] = _nothing
    read: Callable[[Database, Word], tuple[Word, ...]] | None = None
    filtered: Callable[[Restoring], tuple[str, ...]] = _nothing
    created: Callable[[Restoring], Client] | None = None
    analyzed: Callable[[Restoring], Client] | None = None
    question: Callable[[Database, Connection], Client] | None = None
    tools: Callable[[Database, Format], tuple[tuple[str, ...], ...]] = _nothing
    not_renamed: Callable[[Dump], str] = _always


def no_other_name(_: Dump) -> str:
    """Of clients that restore under the dump's own name only."""
    return "its client has no way for that"


def line(text: str) -> tuple[str, ...]:
    """What finds a line that is this text."""
    return ("grep", "-F", "-x", "-e", text)
