"""`borgplan schema`: a JSON Schema of configuration files, for editors."""

from __future__ import annotations

import argparse
import json

from ...compiler.config.publish.schema import schema
from ..run.session import write


def configure(parser: argparse.ArgumentParser) -> None:
    """It takes no arguments."""


def run(_arguments: argparse.Namespace) -> int:
    """Always 0."""
    write(json.dumps(schema(), indent=2) + "\n")
    return 0
