"""The findings of all hosts, where somebody reads them."""

from __future__ import annotations

import argparse
import sys

from ..run.session import say, write, write_json
from .findings import Findings
from .show import findings as show
from .style import style_of


def show_findings(found: Findings, namespace: argparse.Namespace) -> None:
    """In the format that is wanted; the text ends with a summary on standard error."""
    match namespace.format:
        case "json":
            write_json(show.as_data(found, namespace.verb))
        case "markdown":
            write(show.as_markdown(found, namespace.verb))
        case _:
            write(show.render(found, style_of(namespace, sys.stdout)))
            say(show.summary(found))
