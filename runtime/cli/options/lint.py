"""What `lint` alone takes."""

from __future__ import annotations

import argparse

from ..arguments import Arguments, LintArguments
from .common import add_format, add_untrusted, fields


def add(parser: argparse.ArgumentParser) -> None:
    """A field of `LintArguments` has the destination of an option of that name."""
    add_format(parser, ("text", "json", "sarif", "github", "junit"))
    add = parser.add_argument
    add("--shell", action="store_true",
        help="also look at hook commands as shell, with tree-sitter and ShellCheck if they are there")  # fmt: skip
    add("--check-programs", action="store_true",
        help="also look whether the programs that hooks name are on this machine")  # fmt: skip
    add("--fix", action="store_true",
        help="mend what needs no thought: modes, older names, empty hooks")  # fmt: skip
    add("--diff", action="store_true", help="show what --fix would write, and write nothing")
    add("--select", action="extend", default=[], type=_codes, metavar="CODES",
        help="report these codes only; BP3 stands for all that begin so; repeatable")  # fmt: skip
    add("--ignore", action="extend", default=[], type=_codes, metavar="CODES",
        help="don't report these; of several that fit a code the longest counts")  # fmt: skip
    add("--severity", choices=("error", "warning", "note"), default="",
        help="the lowest that is reported and counts (default: notes are shown and don't count)")  # fmt: skip
    add("--skip-others", action="store_true",
        help="leave out named files that are no configurations: what others include, other programs' YAML")  # fmt: skip
    add_untrusted(parser)
    add("--exit-zero", action="store_true", help="exit with 0 although there are findings")
    add("--baseline", default="", metavar="FILE", help="report only what this file doesn't have")
    add("--write-baseline", default="", metavar="FILE",
        help="write all findings to this file instead of reporting them")  # fmt: skip
    add("--jobs", type=_number, default=0, metavar="N",
        help="processes for many files (default: one for each core)")  # fmt: skip


def complete(
    arguments: Arguments, found: argparse.Namespace, parser: argparse.ArgumentParser
) -> Arguments:
    """`arguments` with what was found. Raises SystemExit, after a message, for a contradiction."""
    lint = LintArguments(**fields(found, LintArguments._fields))
    if lint.baseline and lint.write_baseline:
        parser.error("--baseline compares and --write-baseline writes; one at a time")
    if arguments.untrusted and (lint.fix or lint.diff or lint.check_programs):
        parser.error(
            "--untrusted only looks, and only into the repository: no --fix, no --check-programs"
        )
    return arguments._replace(lint=lint)


def _codes(text: str) -> list[str]:
    from ....compiler.source.codes import KNOWN, unknown

    found = [word.strip() for word in text.split(",")]
    strange = unknown(found, KNOWN)
    if strange:
        raise argparse.ArgumentTypeError(f"no code begins with `{strange[0]}`")
    return found


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < len(text) < 5 and int(text)):
        raise argparse.ArgumentTypeError(f"not a number from 1 to 9999: `{text}`")
    return int(text)
