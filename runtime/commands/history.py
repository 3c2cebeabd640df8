"""`borgplan history`: the runs of the past, the newest first."""

from __future__ import annotations

import argparse
import sqlite3
import sys

from ...compiler.plan import Outcome
from ..common_arguments import add_color, add_format
from ..journal.records import Run, owed_by, plan_of, run_numbered, runs, steps
from ..render.history import Past, as_data, render_history
from .common import say, write, write_json

_LIMIT = 20


def configure(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--limit", type=_number, default=_LIMIT, metavar="N",
        help=f"how many runs at most (default: {_LIMIT})")  # fmt: skip
    add_format(parser)
    add_color(parser)


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text)):
        raise argparse.ArgumentTypeError(f"`{text}` is no number from 1")
    return int(text)


def run(namespace: argparse.Namespace) -> int:
    """0, or 2 if the journal can't be read."""
    from ..render.style import style_for

    opened = reading()
    if isinstance(opened, int):
        return opened
    connection, environment = opened
    try:
        found = runs(connection, min(namespace.limit, 1 << 31)) if connection else ()
        past = [past_of(connection, each, whole=False) for each in found] if connection else []
    except sqlite3.Error as error:
        return unreadable(error)
    if namespace.format == "json":
        data = {
            "format": "borgplan-history",
            "version": 1,
            "runs": [as_data(each, steps=False) for each in past],
        }
        write_json(data)
    else:
        write(render_history(past, style_for(sys.stdout, namespace.color, environment)))
    return 0


def reading() -> tuple[sqlite3.Connection | None, dict[str, str]] | int:
    """The journal, None if there is none yet, and the environment; 2, after saying why, if it can't be
    read."""
    import os

    from ..journal.place import journal_path
    from ..journal.store import UnusableError, open_for_reading

    path = journal_path(os.environ, os.path.expanduser("~"))
    try:
        return open_for_reading(path), dict(os.environ)
    except UnusableError as error:
        say(f"borgplan: the journal {path} can't be read: {error}")
        return 2


def unreadable(error: sqlite3.Error) -> int:
    """Says why; 2."""
    say(f"borgplan: the journal can't be read: {error}")
    return 2


def past_of(connection: sqlite3.Connection, run: Run, *, whole: bool = True) -> Past:
    """A run with all that is noted of it; if not `whole`, with its plan only where something is to be
    told of single steps."""
    origin = run_numbered(connection, run.origin) if run.origin else None
    records = steps(connection, run)
    plan = None
    if whole or any(record.outcome is not Outcome.DONE for record in records):
        plan = plan_of(connection, run)
    return Past(run, records, owed_by(connection, run), plan, origin.id if origin else "")
