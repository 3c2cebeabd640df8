"""`borgplan completion`: a script that completes command lines in a shell."""

from __future__ import annotations

import argparse

from ..completions import SHELLS, script
from ..run.session import write


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("shell", metavar="SHELL", choices=SHELLS, help="bash, zsh or fish")


def run(namespace: argparse.Namespace) -> int:
    """Always 0."""
    write(script(namespace.shell))
    return 0
