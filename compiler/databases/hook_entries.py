"""The entry that takes the place of a hook's dump: as YAML, and as the command that it runs."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from ..config.databases import DATABASES, Database
from ..plan.words import text_of
from ..source.span import Span
from ..support.regex import lazily
from ..syntax.scalars import resolve
from .client import Client, Connection
from .hook_dumps import HookDump, Value
from .kinds import kind_of

_HIDDEN = "…"
# A text that YAML reads as itself, without quotes.
_PLAIN = lazily(r"[A-Za-z_/][\w./@%+=-]*(?: [\w./@%+=-]+)*")


def lines_of(dump: HookDump, *, shown: bool = False) -> list[str]:
    """An option with its value, a line each. `shown`: for people, without secrets."""
    return [f"{name}: {_written(value)}" for name, value in _options(dump, shown=shown)]


def _options(dump: HookDump, *, shown: bool) -> Iterator[tuple[str, Value]]:
    secret = {option.name for option in DATABASES[dump.kind].options if option.secret}
    for name, value in dump.options:
        yield name, _HIDDEN if shown and name in secret else value


def _written(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    is_plain = _PLAIN.fullmatch(value) and isinstance(resolve(value), str)
    return value if is_plain else "'" + value.replace("'", "''") + "'"


def command_of(dump: HookDump) -> str:
    """What an entry runs, for people."""
    database = Database(dump.kind, 0, dict(_options(dump, shown=True)), {}, Span(""))
    words = _client(database).argv
    return " ".join(w if "{" in w else shlex.quote(w) for w in map(text_of, words))


def _client(database: Database) -> Client:
    reach = Connection(
        database.text("hostname"), database.text("port"), database.text("username"), database.text("password"),
        database.text("socket_path"), file="password",
    )  # fmt: skip
    return kind_of(database.kind).shown(database, reach)
