"""What `lint` alone takes."""

from __future__ import annotations

import argparse

from ..arguments import Arguments, LintArguments
from .common import add_format, add_looking, fields, number_in


def add(parser: argparse.ArgumentParser) -> None:
    """A field of `LintArguments` has the destination of an option of that name."""
    add_format(parser, ("text", "json", "sarif", "github", "junit"))
    add = parser.add_argument
    add("--shell", action="store_true",
        help="also check hook commands as shell code, with tree-sitter and ShellCheck if installed")  # fmt: skip
    add("--check-programs", action="store_true",
        help="also check that the programs in hooks are installed here")  # fmt: skip
    add("--fix", action="store_true",
        help="fix what is safe to fix automatically: modes, former names, empty hooks")  # fmt: skip
    add("--diff", action="store_true", help="show the changes of --fix without writing them")
    add("--select", action="extend", default=[], type=_codes, metavar="CODES",
        help="report only these codes or prefixes such as BP3; repeatable")  # fmt: skip
    add("--ignore", action="extend", default=[], type=_codes, metavar="CODES",
        help="don't report these codes or prefixes; the most specific matching prefix wins")  # fmt: skip
    add("--severity", choices=("error", "warning", "note"), default="",
        help="lowest severity to report and to fail on (default: report all, fail on warnings)")  # fmt: skip
    add("--skip-others", action="store_true",
        help="skip named files that are not configurations: included files, YAML of other programs")  # fmt: skip
    add_looking(parser)
    add("--exit-zero", action="store_true", help="exit with 0 even if there are findings")
    add(
        "--baseline",
        default="",
        metavar="FILE",
        help="report only findings that are not in this file",
    )
    add("--write-baseline", default="", metavar="FILE",
        help="write all findings to this file instead of reporting them")  # fmt: skip
    add("-j", "--jobs", type=number_in(9999), default=0, metavar="N",
        help="check files in up to N worker processes (default: one per core)")  # fmt: skip


def complete(
    arguments: Arguments, found: argparse.Namespace, parser: argparse.ArgumentParser
) -> Arguments:
    """`arguments` with what was found. Raises SystemExit, after a message, for a contradiction."""
    lint = LintArguments(**fields(found, LintArguments._fields))
    if lint.baseline and lint.write_baseline:
        parser.error("--baseline and --write-baseline can't be combined")
    if arguments.elsewhere not in ("", "--offline") and (lint.fix or lint.diff):
        parser.error(f"{arguments.elsewhere} can't be combined with --fix")
    if arguments.elsewhere and lint.check_programs:
        parser.error(f"{arguments.elsewhere} can't be combined with --check-programs")
    return arguments._replace(lint=lint)


def _codes(text: str) -> list[str]:
    from ....compiler.source.codes import known_codes, unknown

    found = [word.strip() for word in text.split(",")]
    strange = unknown(found, known_codes())
    if strange:
        raise argparse.ArgumentTypeError(f"no code starts with `{strange[0]}`")
    return found
