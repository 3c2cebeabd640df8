"""`borgplan show RUN`: a run of the past, step by step."""

from __future__ import annotations

import argparse
import os
import sys

from ..cli.options.common import add_color, add_format
from ..journal.at_hand import add_at_hand, at_hand
from ..journal.records import Run, runs_named
from ..render.history import as_data, render_run
from ..render.phrases import no_single_run
from ..run.output_file import deliver
from ..run.session import say, write, write_json
from .history import asked, past_of


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "run",
        metavar="RUN",
        help="the run's id in `borgplan history`, the beginning of that, or last",
    )
    add_at_hand(parser)
    add_format(parser, ("text", "json", "html"))
    parser.add_argument("-o", "--output", default="", metavar="FILE",
        help="with --format html: write the page to this file")  # fmt: skip
    add_color(parser)


def run(namespace: argparse.Namespace) -> int:
    """0, or 2 if there is no such run, several, or the journal can't be read."""
    from ..report.style import style_for

    name = namespace.run
    if namespace.output and namespace.format != "html":
        say("borgplan show: -o is for --format html")
        return 2
    none: list[Run] = []
    about = at_hand((*namespace.configs, *namespace.config), everything=namespace.all)
    found = asked(lambda c: runs_named(c, name, about), none)
    if found is None:
        return 2
    if len(found) != 1:
        say(f"borgplan show: {no_single_run(name, len(found), about)}; borgplan history lists them")
        return 2
    past = asked(lambda c: past_of(c, found[0]), None)
    if past is None:
        return 2
    if namespace.format == "html":
        from ..render.page.run_page import run_page

        if past.plan is None:
            say("borgplan show: the plan of this run can't be read, so there is no page of it")
            return 2
        return 0 if deliver("show", run_page(past, past.plan), namespace.output) else 2
    if namespace.format == "json":
        data = {"format": "borgplan-run", "version": 1, **as_data(past, steps=True)}
        write_json(data)
    else:
        write(render_run(past, style_for(sys.stdout, namespace.color, os.environ)))
    return 0
