"""The command line, parsed: `borgplan COMMAND [CONFIG ...] [options]`."""

from __future__ import annotations

import argparse
import os
import sys

from ...compiler.borg.action_options import ActionOptions
from ...compiler.support.record import TYPE_CHECKING
from ..report.style import style_for
from ..report.wrapping import fitted
from .action_commands import action_command, hint_for, hint_for_configs, hint_for_flags
from .help import Formatter, HelpParser
from .options.action import FLAGS, add_to, fields_of, foreign_options, options
from .options.common import add_configs, add_shaping, shaped_by

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import NoReturn

    from .arguments import Arguments

    Configure = Callable[[argparse.ArgumentParser], None]
    Complete = Callable[[Arguments, argparse.Namespace, argparse.ArgumentParser], Arguments]

COMMANDS = {
    "plan": "show what would run, in which order, and what happens on failure",
    "apply": "run exactly what plan shows",
    "lint": "check configuration files, for people and CI",
    "facts": "write down what planning needs to know of this machine, for planning elsewhere",
    "explain": "show why a step is in the plan, and what depends on it",
    "graph": "draw the plan as a graph, for Graphviz or Mermaid",
    "rule": "explain what a finding means and how to fix it",
    "diff": "compare two plans, configurations or git revisions",
    "migrate": "rewrite older configuration files for borgmatic 2.1 with the same meaning",
    "init": "write a first configuration file",
    "bootstrap": "get configuration files out of an archive, after a disaster",
    "history": "list past runs, newest first",
    "show": "show a past run step by step",
    "recover": "run the outstanding cleanups of an interrupted run",
    "resume": "resume a failed or interrupted run",
    "fleet": "plan, compare, check and run the backups of many hosts, through Ansible",
    "notify": "send a test message to every configured monitoring service",
    "schema": "print the JSON Schema of configuration files, for editors",
    "units": "write a systemd service and timer, or a crontab line",
    "completion": "print a completion script for bash, zsh or fish",
}
# The others are about something else than the plan of some configurations, and bring their own arguments:
# a module of `commands` with `configure(parser)` and `run(namespace) -> exit code`.
OF_A_PLAN = ("plan", "apply", "lint")

_DESCRIPTION = "Compile borgmatic configuration files into an explicit plan, show it and run it."
_CONFIG = "CONFIG is a file or a directory of *.yaml and *.yml files (default: borgmatic's default locations).\n"
_OTHER_CODES = "2 usage error or unusable input, 3 a bug of borgplan, 128+n ended by signal n.\n"
_CODES = f"0 success, 1 a step failed, a file was skipped or there are findings, {_OTHER_CODES}"
_EPILOG = f"{_CONFIG}Exit codes: {_CODES}"
_EPILOGS = {
    # As of `diff --exit-code`, the code is the answer: whether `apply` would run all of it.
    "plan": f"{_CONFIG}Exit codes: 0 apply would run this plan, 1 apply would refuse it or skip a file, {_OTHER_CODES}",
    "bootstrap": f"Exit codes: 0 success, 1 Borg failed, {_OTHER_CODES}",
    # These take no configuration files.
    "fleet": f"Exit codes: 0 success, 1 a host failed or there are findings, {_OTHER_CODES}",
    **dict.fromkeys(
        ("rule", "init", "schema", "completion"), f"Exit codes: 0 success, {_OTHER_CODES}"
    ),
}

# For its headings argparse looks for translations, of which there are none; the search loads `locale`.
vars(argparse)["_"] = str


class Parser(HelpParser):
    """Says what is wrong in one line; the list of all options is a question of its own."""

    def error(self, message: str) -> NoReturn:
        if message.startswith("unrecognized"):
            message += hint_for_flags(message)
        text = f"{self.prog}: {message}; for all options: {self.prog} --help"
        style = style_for(sys.stderr, "auto", os.environ)
        self.exit(2, fitted([text], style.columns))

    def arguments(self) -> list[argparse.Action]:
        """All that it takes, in order."""
        return list(self._actions)


def parse(argv: Sequence[str]) -> Arguments:
    """The arguments of a command `OF_A_PLAN`. Raises SystemExit, after a message, for wrong use (2), --help
    and --version (0)."""
    words, after = _split(argv)
    own = action_command(words) if words and words[0] not in COMMANDS else None
    if own is None and (not words or words[0] not in COMMANDS):
        _without_command(words)
    command, rest = ("apply", list(own.words)) if own else (words[0], words[1:])
    special = own is not None or any(
        w.partition("=")[0] in FLAGS or w.startswith(("-e", "-i")) for w in words
    )
    parser, complete = parser_of_a_plan(command, with_action_options=special)
    if own is not None:
        parser.prog = f"borgplan {own.name}"
        parser.description = f"The same as `borgplan apply --actions {own.action}`."
        parser.shown = fields_of(own.action)
    found = parser.parse_args(rest)
    if own is not None:
        found.actions.insert(0, [own.action])
        rest = ["--actions", own.action.value, *rest]
    of_actions = options(found, after) if special else ActionOptions(words=after)
    asked = shaped_by(found, command, (*found.configs, *found.config), of_actions)
    wrong = hint_for_configs(command, asked.configs, asked.actions)
    if not wrong and of_actions != ActionOptions() and command != "lint":
        wrong = foreign_options(of_actions, asked.actions)
    if wrong:
        parser.error(wrong)
    return complete(asked._replace(words=tuple(rest)), found, parser)


def again(words: Sequence[str]) -> Arguments:
    """The arguments of a run by the words that its journal keeps: those of `apply`, or `borgmatic` and its own.
    Raises SystemExit if they can't be read any more."""
    from .borgmatic.arguments import NAME

    if list(words[:1]) != [NAME]:
        return parse(["apply", *words])
    from .borgmatic.arguments import arguments_of
    from .borgmatic.flags import Flags
    from .borgmatic.words import UsageError, read

    known = Flags()
    try:
        return arguments_of(read(list(words[1:]), known), tuple(words[1:]), known.default)
    except UsageError as error:
        raise SystemExit(2) from error


def parse_own(argv: Sequence[str], configure: Configure) -> argparse.Namespace:
    """The arguments of a command that has its own. Raises SystemExit as `parse` does."""
    parser = own_parser(argv[0], configure)
    return parser.parse_intermixed_args(argv[1:])  # options may stand between other words


def _split(argv: Sequence[str]) -> tuple[list[str], tuple[str, ...]]:
    """The words for borgplan, and those after `--`, which are for Borg."""
    words = list(argv)
    if "--" not in words:
        return words, ()
    place = words.index("--")
    return words[:place], tuple(words[place + 1 :])


def _without_command(words: list[str]) -> NoReturn:
    """Help, or an error that lists the commands; raises SystemExit."""
    from ..system.version import VERSION

    others = {
        "ACTION": "the same as apply --actions ACTION: create, prune, list, extract, ...",
        "borgmatic ...": "borgmatic's command line, also by that name of the executable",
    }
    rows = {**COMMANDS, **others}
    width = max(map(len, rows)) + 2
    lines = "".join(f"  {name:{width}}{text}\n" for name, text in rows.items())
    parser = Parser(
        prog="borgplan", usage="borgplan COMMAND [CONFIG ...] [options]", allow_abbrev=False,
        description=f"{_DESCRIPTION}\n\ncommands:\n{lines}", epilog=_EPILOG,
        formatter_class=Formatter,
    )  # fmt: skip
    parser.add_argument("--version", action="version", version=f"borgplan {VERSION}")
    parser.parse_known_args(words)
    named = next((word for word in words if not word.startswith("-")), "")
    what = f"there is no command `{named}`" if named else "a command is needed"
    if hint := hint_for(words):
        parser.error(f"{what}; {hint}")
    parser.error(f"{what}; available commands: {', '.join(COMMANDS)}")


def own_parser(command: str, configure: Configure) -> Parser:
    """For a command that has arguments of its own."""
    parser = _empty_parser(command)
    configure(parser)
    parser.usage = parser.short_usage()  # argparse would list all flags
    return parser


def _own(command: str) -> tuple[Configure, Complete]:
    """What adds the options that a command `OF_A_PLAN` alone takes, and what reads them."""
    match command:
        case "plan":
            from .options import plan as plan_arguments

            return plan_arguments.add, plan_arguments.complete
        case "apply":
            from .options import apply as apply_arguments

            return apply_arguments.add, apply_arguments.complete
        case _:
            from .options import lint as lint_arguments

            return lint_arguments.add, lint_arguments.complete


def parser_of_a_plan(command: str, *, with_action_options: bool) -> tuple[Parser, Complete]:
    """For a command `OF_A_PLAN`, and what reads the options that it alone takes.

    Options cost time to set up, so those of single actions come only where one is used.
    """
    add_own, complete = _own(command)
    parser = _empty_parser(command)
    add_configs(parser)
    add_own(parser)
    add_shaping(parser)
    if with_action_options:
        add_to(parser)
    return parser, complete


def _empty_parser(command: str) -> Parser:
    text = COMMANDS[command]
    return Parser(
        prog=f"borgplan {command}", description=f"{text[0].upper()}{text[1:]}.",
        epilog=_EPILOGS.get(command, _EPILOG),
        allow_abbrev=False, formatter_class=Formatter,
    )  # fmt: skip
