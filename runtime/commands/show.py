"""`borgplan show RUN`: a run of the past, step by step."""

from __future__ import annotations

import argparse
import sqlite3
import sys

from ..common_arguments import add_color, add_format
from ..journal.records import runs_named
from ..render.history import as_data, render_run
from .common import say, write, write_json
from .history import past_of, reading, unreadable


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", metavar="RUN", help="its id or the beginning of it, or last")
    add_format(parser)
    add_color(parser)


def run(namespace: argparse.Namespace) -> int:
    """0, or 2 if there is no such run, several, or the journal can't be read."""
    from ..render.style import style_for

    opened = reading()
    if isinstance(opened, int):
        return opened
    connection, environment = opened
    try:
        found = runs_named(connection, namespace.run) if connection else []
        if len(found) != 1 or connection is None:
            what = "several runs begin with" if found else "there is no run"
            say(f"borgplan show: {what} `{namespace.run}`; borgplan history lists them")
            return 2
        past = past_of(connection, found[0])
    except sqlite3.Error as error:
        return unreadable(error)
    if namespace.format == "json":
        data = {"format": "borgplan-run", "version": 1, **as_data(past, steps=True)}
        write_json(data)
    else:
        write(render_run(past, style_for(sys.stdout, namespace.color, environment)))
    return 0
