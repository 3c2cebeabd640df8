"""What `apply` alone takes."""

from __future__ import annotations

import argparse
import re

from ..arguments import ApplyArguments, Arguments
from .common import add_format, add_jobs, duration_in, fields


def add(parser: argparse.ArgumentParser) -> None:
    """A field of `ApplyArguments` has the destination of an option of that name."""
    add_format(parser)
    add = parser.add_argument
    add(
        "-n",
        "--dry-run",
        action="store_true",
        help="run no hook, and Borg only with its own --dry-run",
    )
    add_jobs(parser)
    add("--strict", action="store_true", help="run nothing if any configuration file has errors")
    add("-q", "--quiet", action="store_true", help="print only failures")
    add("--allow-stale", action="store_true",
        help="run a saved plan even if its inputs have changed")  # fmt: skip
    add("--lock-wait", type=_seconds, default=0.0, metavar="SECONDS",
        help="wait this long (or forever) for repositories in use by another run (default: refuse to run)")  # fmt: skip
    add("--log-format", choices=("auto", "text", "json", "journal"), default="auto",
        help="format of messages and log files (default: text; journal under systemd)")  # fmt: skip
    add("--events", default="", metavar="FILE",
        help="append events to this file as JSON lines; or fd:NUMBER")  # fmt: skip
    add("--metrics", default="", metavar="FILE",
        help="write metrics of the run to this file, for node_exporter; needs borgplan[metrics]")  # fmt: skip
    add("--traces", type=_endpoint, default="", metavar="URL",
        help="send the run's spans to this OTLP endpoint over HTTP; needs borgplan[traces]")  # fmt: skip
    add("-y", "--yes", action="store_true",
        help="confirm irreversible steps (repo-delete, recreate, key-change-passphrase, restore)")  # fmt: skip
    add("--progress-every", type=duration_in, default=0, metavar="DURATION",
        help="print the progress this often, such as 30s or 5m, where there is no terminal to show it on")  # fmt: skip
    add("--run-id", type=_run_id, default="", metavar="ID",
        help="id of the run in the journal; refuse to run if there is such a run already (default: by the time of day)")  # fmt: skip
    add("--recover", action="store_true",
        help="first run the outstanding cleanups of interrupted runs")  # fmt: skip


def complete(
    arguments: Arguments, found: argparse.Namespace, _parser: argparse.ArgumentParser
) -> Arguments:
    """`arguments` with what was found."""
    apply = ApplyArguments(**fields(found, ApplyArguments._fields))
    return arguments._replace(apply=apply._replace(quiet=apply.quiet or arguments.apply.quiet))


def _seconds(text: str) -> float:
    if text == "forever":
        return float("inf")
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise argparse.ArgumentTypeError("takes a number of seconds, or forever")
    return float(text)


def _run_id(text: str) -> str:
    """A part of a file name, and nothing that means another run."""
    if text and (text == "last" or not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,219}", text)):
        raise argparse.ArgumentTypeError("takes letters, digits, dots, dashes and underscores")
    return text


def _endpoint(text: str) -> str:
    """An address of a web server, without a password in it: everybody can read command lines."""
    if not text:
        return text  # the default
    scheme, _, rest = text.partition("://")
    if scheme not in ("http", "https") or not rest or "@" in rest.partition("/")[0]:
        raise argparse.ArgumentTypeError(
            "takes a URL with http or https and without a user, such as http://localhost:4318/v1/traces"
        )
    return text
