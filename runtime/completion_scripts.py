"""The completion scripts, from the parsers: `make docs` writes them to runtime/completions/. Needs shtab."""

from __future__ import annotations

import argparse

import shtab

from ..compiler.plan.actions import Action
from .cli.options.action import add_to, fields_of
from .cli.options.common import add_configs
from .cli.parser import COMMANDS
from .reference_page import parser_for

_FILES = ("CONFIG", "FILE", "PATH")
_DIRECTORIES = ("DIR", "DIRECTORY")


def scripts() -> dict[str, str]:
    """The text for each shell."""
    from .completions import SHELLS

    return {shell: shtab.complete(_parser(), shell=shell) for shell in SHELLS}


def _parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="borgplan")
    top.add_argument("--version", action="store_true", help="show the version")
    commands = top.add_subparsers(dest="command")
    for name, text in COMMANDS.items():
        own = parser_for(name)
        _add(commands, name, text, own, {argument.dest for argument in own.arguments()})
    for action in Action:
        if action.value not in COMMANDS:
            parser = argparse.ArgumentParser(add_help=False)
            add_configs(parser)
            add_to(parser)
            wanted = {"configs", *fields_of(action)}
            _add(commands, action.value, f"apply --actions {action.value}", parser, wanted)
    return top


def _add(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    text: str,
    source: argparse.ArgumentParser,
    wanted: set[str],
) -> None:
    """A command with those arguments of a parser that have these destinations."""
    parser = commands.add_parser(name, help=text, add_help=False)
    for argument in source._actions:  # noqa: SLF001
        if argument.dest in wanted:
            parser._add_action(argument)  # noqa: SLF001
            if argument.metavar in _FILES:
                vars(argument)["complete"] = shtab.FILE
            elif argument.metavar in _DIRECTORIES:
                vars(argument)["complete"] = shtab.DIRECTORY
