"""`borgplan rule`: what a finding means, with an example, and how to mend it."""

from __future__ import annotations

import argparse
import os
import sys

from ...compiler.lint import pages as rules
from ...compiler.source.diagnostic import did_you_mean
from ..cli.options.common import add_color, add_format
from ..render.rules import as_data, listing, render
from ..report.style import style_for
from ..run.session import say, write


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("rule", nargs="?", default="", metavar="RULE",
        help="a code such as BP601 or a name such as file-readable-by-others (default: list all)")  # fmt: skip
    add_format(parser)
    add_color(parser)


def run(arguments: argparse.Namespace) -> int:
    """0, or 2 for a rule that there is not."""
    pages = [rules.page(code) for code in rules.codes()]
    found = rules.named(arguments.rule) if arguments.rule else None
    if arguments.rule and found is None:
        known = [word for page in pages for word in (page.code, page.name)]
        hint = did_you_mean(arguments.rule.lower(), known) or did_you_mean(
            arguments.rule.upper(), known
        )
        say(f"borgplan rule: there is no rule `{arguments.rule}`{hint and '; '}{hint}")
        return 2
    style = style_for(sys.stdout, arguments.color, os.environ)
    if arguments.format == "json":
        import json

        write(json.dumps(as_data(pages if found is None else [found]), indent=2) + "\n")
    else:
        write(listing(pages, style) if found is None else render(found, style))
    return 0
