"""`borgplan history`: the runs of the past, of the files at hand, the newest first."""

from __future__ import annotations

import argparse
import os
import sqlite3
import sys
import time
from collections.abc import Callable
from contextlib import closing
from typing import TypeVar

from ...compiler.plan.model import Plan, StepId
from ..cli.options.common import add_color, add_format
from ..engine.sizes import ArchiveSize
from ..journal.at_hand import AtHand, add_at_hand, at_hand
from ..journal.former import former_of
from ..journal.records import Run, outstanding_of, plan_of, run_numbered, runs, steps
from ..render.history import Past, as_data, render_history
from ..run.output_file import deliver
from ..run.session import say, write, write_json

_LIMIT = 20
_T = TypeVar("_T")


def configure(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--limit", type=_number, default=None, metavar="N",
        help=f"show at most N runs (default: {_LIMIT}; with --format html all)")  # fmt: skip
    add_at_hand(parser)
    add_format(parser, ("text", "json", "html"))
    add("-o", "--output", default="", metavar="FILE",
        help="with --format html: write the page to this file")  # fmt: skip
    add_color(parser)


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text)):
        raise argparse.ArgumentTypeError(f"`{text}` is not a number of 1 or more")
    return int(text)


def run(namespace: argparse.Namespace) -> int:
    """0, or 2 if the journal or a file can't be read, or the page not written."""
    from ..report.style import style_for

    is_page = namespace.format == "html"
    if namespace.output and not is_page:
        say("borgplan history: -o is for --format html")
        return 2
    about = at_hand((*namespace.configs, *namespace.config), everything=namespace.all)
    none: tuple[list[Past], int] = [], 0
    most = namespace.limit or (sys.maxsize if is_page else _LIMIT)
    found = asked(lambda c: _past(c, about, most, whole=namespace.format != "json"), none)
    if found is None:
        return 2
    past, others = found
    missing = [path for path in (*namespace.configs, *namespace.config) if not os.path.exists(path)]
    if missing and not past:
        say(f"borgplan history: {missing[0]}: there is no such file, and no run of it is recorded")
        return 2
    if is_page:
        from ..render.page.history_page import history_page

        return (
            0
            if deliver("history", history_page(past, time.time(), others), namespace.output)
            else 2
        )
    if namespace.format == "json":
        data = {
            "format": "borgplan-history",
            "version": 1,
            "runs": [as_data(each, steps=False) for each in past],
        }
        write_json(data)
    else:
        style = style_for(sys.stdout, namespace.color, os.environ)
        write(render_history(past, style, others))
    return 0


def _past(
    connection: sqlite3.Connection, about: AtHand, most: int, *, whole: bool
) -> tuple[list[Past], int]:
    """The newest runs that count, and how many of others there are among and after them. `whole`: with their plans."""
    found: list[Past] = []
    others = 0
    plans: dict[str, Plan | None] = {}
    for run in runs(connection):
        if not about.has(run.configurations):
            others += 1
        elif len(found) < most:
            past = past_of(connection, run, whole=False)
            if whole and run.plan not in plans:  # mostly the same one in every run
                plans[run.plan] = past.plan or plan_of(connection, run)
            found.append(past._replace(plan=plans[run.plan]) if whole else past)
    return _compared(found), others


def _compared(newest_first: list[Past]) -> list[Past]:
    """Each with the size of the archive before its own, as far as that run is among them."""
    last: dict[StepId, ArchiveSize] = {}
    found = []
    for past in reversed(newest_first):
        sizes = {step.step: step.size for step in past.steps if step.archive and step.size}
        found.append(past._replace(former={step: [last[step]] for step in sizes if step in last}))
        last |= sizes
    return found[::-1]


def asked(question: Callable[[sqlite3.Connection], _T], none: _T) -> _T | None:
    """What the journal answers, `none` if there is no journal yet; None, after saying why, if it can't be
    read."""
    from ..journal.store import UnusableError, open_for_reading
    from ..system.paths import journal_path

    path = journal_path(os.environ, os.path.expanduser("~"))
    try:
        connection = open_for_reading(path)
        if connection is None:
            return none
        with closing(connection):
            return question(connection)
    except (UnusableError, sqlite3.Error) as error:
        say(f"borgplan: the journal {path} can't be read: {error}")
        return None


def past_of(connection: sqlite3.Connection, run: Run, *, whole: bool = True) -> Past:
    """A run with all that is noted of it; if not `whole`, with its plan only where something is to be
    told of single steps."""
    origin = run_numbered(connection, run.origin) if run.origin else None
    records = steps(connection, run)
    plan = None
    if whole or not all(record.went_well for record in records):
        plan = plan_of(connection, run)
    made = [record.step for record in records if record.archive] if whole else []
    former = former_of(connection, run.number, made)
    of = origin.id if origin else ""
    return Past(run, records, outstanding_of(connection, run), plan, of, former)
