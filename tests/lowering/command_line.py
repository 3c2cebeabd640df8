"""Borg's command lines taken apart as Borg's own parser does: with `argparse`, and the harvested flags.

So `--flag=value`, `-Xvalue`, clusters of short flags, abbreviations and `--` are read as Borg reads
them, and every spelling of an option comes out under one name.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple, NoReturn

from tests.lowering.flags import Grammar, grammar

_TWO_WORDS = ("key", "debug")


class Given(NamedTuple):
    """One flag as it was given. `value` is None for flags without one."""

    destination: str
    kind: str
    flag: str
    value: str | None


class CommandLine(NamedTuple):
    """`command` may be two words (`key export`). `unknown`: flags that this version doesn't have."""

    command: str
    given: tuple[Given, ...]
    positional: tuple[str, ...]
    unknown: tuple[str, ...]


class UnusableError(Exception):
    """A command line that Borg's parser would refuse, such as a flag without its value."""


def parse(words: Sequence[str], version: str) -> CommandLine:
    """`words`: what follows the name of the program."""
    before, command, after = _split(words, version)
    known = grammar(version, command)
    if known is None:
        return CommandLine(command, (), (*before, *after), (f"command {command}",))
    options, dashes, literal = _partition([*before, *after])
    namespace = argparse.Namespace(given=[])
    _, rest = _parser(known).parse_known_args(options, namespace)
    unknown = tuple(word for word in rest if word.startswith("-") and word != "-")
    positional = tuple(word for word in rest if word not in unknown)
    return CommandLine(
        command, tuple(namespace.given), (*positional, *(literal if dashes else ())), unknown
    )


def _partition(words: list[str]) -> tuple[list[str], bool, list[str]]:
    """What is before `--`, whether there is one, and what is after it."""
    if "--" not in words:
        return words, False, []
    at = words.index("--")
    return words[:at], True, words[at + 1 :]


def _split(words: Sequence[str], version: str) -> tuple[list[str], str, list[str]]:
    """The options before the command, the command, and all after it."""
    common = grammar(version, "")
    assert common is not None
    at = 0
    while at < len(words) and words[at].startswith("-"):
        flag = common.flag(words[at])
        at += 2 if flag is not None and flag.takes_value else 1
    command = words[at] if at < len(words) else ""
    end = at + 1
    if command in _TWO_WORDS and end < len(words):
        command = f"{command} {words[end]}"
        end += 1
    return list(words[:at]), command, list(words[end:])


class _Note(argparse.Action):
    """Notes every flag in the order in which they are given."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,
        option_string: str | None = None,
    ) -> None:
        value = values if self.nargs is None else None
        namespace.given.append(Given(self.dest, self.const, self._spelled(option_string), value))

    def _spelled(self, option: str | None) -> str:
        """The flag in full: argparse passes on abbreviations as they were written."""
        found = option or ""
        if found in self.option_strings:
            return found
        return next((name for name in self.option_strings if name.startswith(found)), found)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UnusableError(message)


@cache
def _parser(known: Grammar) -> _Parser:
    parser = _Parser(add_help=False, prog="borg")
    for flag in known.flags:
        parser.add_argument(
            *flag.names, dest=flag.destination, action=_Note, const=flag.kind,
            nargs=None if flag.takes_value else 0, default=argparse.SUPPRESS,
        )  # fmt: skip
    return parser
