"""What `plan` alone takes."""

from __future__ import annotations

import argparse

from ..arguments import Arguments, PlanArguments
from .common import add_format, add_jobs, add_untrusted, fields


def add(parser: argparse.ArgumentParser) -> None:
    """A field of `PlanArguments` has the destination of an option of that name."""
    add_format(parser)
    add = parser.add_argument
    add("--against-semantics", default="", metavar="NAME",
        help="show what moving to this generation would change")  # fmt: skip
    add("--differences", action="store_true",
        help="list where this run differs from borgmatic's on purpose")  # fmt: skip
    add("--probe", action="store_true",
        help="ask Borg whether repositories on other machines exist")  # fmt: skip
    add("-o", "--output", type=_file, default=argparse.SUPPRESS, metavar="FILE",
        help="save the plan too, for `apply FILE`")  # fmt: skip
    add_untrusted(parser)
    add_jobs(parser)
    add("--fail", action="append", default=[], metavar="STEP[=soft|hard|interrupt]",
        help="show what would happen if this step failed; by number or id, repeatable")  # fmt: skip
    add("--failures", action="store_true",
        help="show what every single failure would skip, run and leave, and who would be told")  # fmt: skip


def complete(
    arguments: Arguments, found: argparse.Namespace, parser: argparse.ArgumentParser
) -> Arguments:
    """`arguments` with what was found. Raises SystemExit, after a message, for a contradiction."""
    plan = PlanArguments(**fields(found, PlanArguments._fields))
    questions = sum(map(bool, (plan.fail, plan.failures, plan.against_semantics, plan.differences)))
    if questions > 1:
        parser.error(
            "--fail, --failures, --against-semantics and --differences are questions of their own; "
            "ask one at a time"
        )
    if plan.probe and arguments.offline:
        how = "--untrusted" if arguments.untrusted else "--offline"
        parser.error(f"--probe asks Borg, and {how} doesn't")
    if plan.output and questions:
        parser.error(
            "-o saves a plan; --fail, --failures, --against-semantics, --differences show none"
        )
    if plan.jobs > 1 and arguments.format == "json":
        parser.error("--jobs changes nothing of a plan; what would run at the same time is text")
    return arguments._replace(plan=plan)


def _file(text: str) -> str:
    if not text:
        raise argparse.ArgumentTypeError("the name of a file is empty")
    return text
