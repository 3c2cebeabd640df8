"""The reference page of the command line, from the parsers: `make docs` writes it to docs/command-line.md."""

from __future__ import annotations

from argparse import Action
from collections.abc import Iterable
from importlib import import_module

from .cli.options.action import FLAGS
from .cli.parser import COMMANDS, OF_A_PLAN, Parser, own_parser, parser_of_a_plan

_HEAD = """\
# Command line

Written by `make docs` from what parses it; `borgplan COMMAND --help` shows the same. Options may stand between other
words. CONFIG is a file, or a directory that stands for its `*.yaml` and `*.yml`; where none is named, borgmatic's
default places are meant.
"""
_OF_PLANS = (*OF_A_PLAN, "diff")
_SHARED = """
## Options of every plan

`plan`, `apply`, `lint` and `diff` take them.

"""
_OF_ACTIONS = """
## Options of actions

The same four take them. Each is for the actions named with it; all but `lint` refuse it where none of those runs.

"""


def page() -> str:
    """The whole page, in Markdown."""
    rows = {command: _rows(parser_for(command)) for command in COMMANDS}
    shared = [row for row in rows["plan"] if all(row in rows[command] for command in _OF_PLANS)]
    parts = [_HEAD]
    for command, text in COMMANDS.items():
        own = [row for row in rows[command] if command not in _OF_PLANS or row not in shared]
        parts.append(f"\n## `borgplan {command}`\n\n{text[0].upper()}{text[1:]}.\n")
        parts += ["\n", *_table(own)] if own else []
    of_actions = set(_rows(parser_for("plan"), only=FLAGS))
    parts += [_SHARED, *_table(row for row in shared if row not in of_actions)]
    parts += [_OF_ACTIONS, *_table(row for row in shared if row in of_actions)]
    return "".join(parts)


def parser_for(command: str) -> Parser:
    """The parser of a command, with all that it takes."""
    if command in OF_A_PLAN:
        return parser_of_a_plan(command, with_action_options=True)[0]
    configure = import_module(f".commands.{command}", __package__).configure
    return own_parser(command, configure)


def _rows(parser: Parser, only: Iterable[str] = ()) -> list[str]:
    wanted = set(only)
    return [
        _row(argument)
        for argument in parser.arguments()
        if "--help" not in argument.option_strings
        and (not wanted or wanted & set(argument.option_strings))
    ]


def _row(argument: Action) -> str:
    takes = _takes(argument)
    words = [f"{flag} {takes}".rstrip() for flag in argument.option_strings] or [takes]
    cells = ", ".join(f"`{word}`" for word in words), argument.help or ""
    return " | ".join(["", *(cell.replace("|", r"\|") for cell in cells), ""]).strip() + "\n"


def _takes(argument: Action) -> str:
    """What stands behind an option."""
    if argument.nargs == 0:
        return ""
    if argument.metavar is None and argument.choices is not None:
        return "{" + ",".join(map(str, argument.choices)) + "}"
    several = argument.nargs in ("*", "+")
    return f"{argument.metavar}{' ...' if several else ''}"


def _table(rows: Iterable[str]) -> list[str]:
    return ["| | |\n| --- | --- |\n", *rows]
