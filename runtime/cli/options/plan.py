"""What `plan` alone takes."""

from __future__ import annotations

import argparse

from ..arguments import Arguments, PlanArguments
from .common import add_format, add_jobs, add_looking, fields

_QUESTIONS = ("fail", "failures", "summary", "script", "against_semantics", "differences")
_ALL = "--fail, --failures, --summary, --script, --against-semantics and --differences"
_OF_QUESTIONS = ("text", "json")  # in which the answer to a question about a plan is given


def add(parser: argparse.ArgumentParser) -> None:
    """A field of `PlanArguments` has the destination of an option of that name."""
    add_format(parser, ("text", "json", "html", "markdown"))
    add = parser.add_argument
    add("-v", "--verbose", action="store_true",
        help="show every command, also those that are folded because they are alike")  # fmt: skip
    add("--against-semantics", default="", metavar="NAME",
        help="show what an upgrade to this borgmatic release would change")  # fmt: skip
    add("--differences", action="store_true",
        help="list the intentional differences from borgmatic in this run")  # fmt: skip
    add("--probe", action="store_true",
        help="ask Borg whether repositories on other machines exist")  # fmt: skip
    add("-o", "--output", type=_file, default=argparse.SUPPRESS, metavar="FILE",
        help="also save the plan, for `apply FILE`; with --format html or markdown write the page there")  # fmt: skip
    add_looking(parser)
    add_jobs(parser)
    add("--fail", action="append", default=[], metavar="STEP[=soft|hard|interrupt]",
        help="show what would happen if this step failed (a number of `borgplan plan`, or an id); repeatable")  # fmt: skip
    add("--failures", action="store_true",
        help="show for every single failure what would be skipped, run, left behind and reported")  # fmt: skip
    add("--summary", action="store_true",
        help="show the plan on a page: what is stopped for which steps, what is destroyed, and who is notified of what")  # fmt: skip
    add("--script", action="store_true",
        help="print the commands as a POSIX shell script, without secrets")  # fmt: skip


def complete(
    arguments: Arguments, found: argparse.Namespace, parser: argparse.ArgumentParser
) -> Arguments:
    """`arguments` with what was found. Raises SystemExit, after a message, for a contradiction."""
    plan = PlanArguments(**fields(found, PlanArguments._fields))
    questions = sum(bool(getattr(plan, name)) for name in _QUESTIONS)
    if questions > 1:
        parser.error(f"only one of {_ALL} can be given")
    if plan.probe and arguments.elsewhere:
        parser.error(f"--probe runs Borg and can't be combined with {arguments.elsewhere}")
    if plan.output and questions:
        parser.error(f"-o can't be combined with {_first(plan)}")
    if plan.verbose and (questions > plan.failures or arguments.format != "text"):
        parser.error(
            "-v has an effect only on a plan and on --failures as text: nothing else folds"
        )
    if questions and arguments.format not in _OF_QUESTIONS:
        parser.error(
            f"--format {arguments.format} shows a whole plan and can't be combined with {_first(plan)}"
        )
    if plan.jobs > 1 and arguments.format != "text":
        shown = arguments.format.upper() if arguments.format == "json" else arguments.format
        parser.error(f"--jobs has no effect on a plan in {shown}")
    return arguments._replace(plan=plan)


def _first(plan: PlanArguments) -> str:
    """The option that asks a question about the plan."""
    return _option(next(name for name in _QUESTIONS if getattr(plan, name)))


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _file(text: str) -> str:
    if not text:
        raise argparse.ArgumentTypeError("the name of a file is empty")
    return text
