"""The flags of borgmatic: which there are, and what each takes. Facts of release 2.1.10, in `flags.txt`."""

from __future__ import annotations

import os
import re

from ....compiler.support.record import NamedTuple

_FILE = os.path.join(os.path.dirname(__file__), "flags.txt")
_ITEM = re.compile(r"\[[0-9]{1,6}\]")

RELEASE = "2.1.10"  # of borgmatic, whose flags they are

# Of the command itself; the short ones may be written together, as in `-nv1`.
GLOBAL = {
    "-c": "--config", "--config": "--config", "-n": "--dry-run", "--dry-run": "--dry-run",
    "--override": "--override", "--no-environment-interpolation": "--no-environment-interpolation",
    "--bash-completion": "--bash-completion", "--fish-completion": "--fish-completion",
    "--version": "--version", "-h": "--help", "--help": "--help",
    "-v": "--verbosity", "--verbosity": "--verbosity", "-nc": "--no-color",
    "--differences": "--differences", "--yes": "--yes",
}  # fmt: skip
_TAKING = frozenset({"--config", "--override", "--verbosity"})
_SEVERAL = frozenset({"--config", "--override"})  # older releases took several words after one flag

# Up to 1.7, actions were flags too; `--list` is one no longer, as it lists what other actions do.
_FORMER = ("init", "prune", "create", "check", "extract", "mount", "umount", "restore", "info")
_DEFAULT = ("create", "prune", "compact", "check")


class Flag(NamedTuple):
    """One flag of an action. `names`: the long one is last but for synonyms. `several`: it may be given more
    than once, with a value each."""

    names: tuple[str, ...]
    takes_value: bool
    several: bool

    @property
    def name(self) -> str:
        """The first long name, which stands for all."""
        return next(name for name in self.names if name.startswith("--"))


def common_flag(name: str) -> Flag:
    """A flag of the command itself, by its long name."""
    return Flag((name,), name in _TAKING, name in _SEVERAL)


class Action(NamedTuple):
    """`name`: of one word, or of two as `key export`."""

    name: str
    aliases: tuple[str, ...]
    flags: tuple[Flag, ...]

    def flag(self, name: str) -> Flag | None:
        """The flag that has this name here."""
        return next((flag for flag in self.flags if name in flag.names), None)


class OptionFlag(NamedTuple):
    """An option of configuration files as a flag. `value`: what the flag alone says; None if a value
    follows it, empty if it takes a whole mapping away."""

    option: str
    value: str | None


class Flags:
    """`actions`: by every name. The flags that follow from options are read when one is asked for."""

    def __init__(self) -> None:
        with open(_FILE, encoding="utf-8") as file:
            text = file.read().replace("\n    ", " ")
        lines = [line for line in text.splitlines() if line and not line.startswith("#")]
        found = [_action(line) for line in lines if not line.startswith("--")]
        self.actions = {name: action for action in found for name in (action.name, *action.aliases)}
        self.actions |= {f"--{name}": self.actions[name] for name in _FORMER}
        self._lines = [line[2:] for line in lines if line.startswith("--")]
        self._options: dict[str, OptionFlag] = {}

    @property
    def default(self) -> tuple[Action, ...]:
        """The actions that run if none is named."""
        return tuple(self.actions[name] for name in _DEFAULT)

    @property
    def options(self) -> dict[str, OptionFlag]:
        """By the names of their flags."""
        if not self._options:
            for line in self._lines:
                self._options |= _options(line)
        return self._options

    def option(self, flag: str) -> OptionFlag | None:
        """What a flag such as `--repositories[1].path` sets."""
        items = _ITEM.findall(flag)
        known = self.options.get(_ITEM.sub("[0]", flag) if items else flag)
        if known is None or not items:
            return known
        meant = iter(items)
        return known._replace(option=re.sub(r"\[0\]", lambda _: next(meant), known.option))


def _action(line: str) -> Action:
    names, _, flags = line.partition(":")
    name, *aliases = names.split("|")
    return Action(name, tuple(aliases), tuple(_flag(word) for word in flags.split()))


def _flag(word: str) -> Flag:
    names = word.rstrip("=+").split(",")
    return Flag(tuple(names), word[-1] in "=+", word[-1] == "+")


def _options(line: str) -> dict[str, OptionFlag]:
    """The flags of one option at the top of a file, and of those within it."""
    top, _, within = line.partition(":")
    name = top.rstrip("?[]{}")
    mark = top[len(name) :]
    found = _flags_of(name, mark)
    inner = f"{name}[0]." if mark == "[]" else f"{name}."
    for word in within.split():
        inner_name = word.rstrip("?").removesuffix("[]")
        found |= _flags_of(f"{inner}{inner_name}", word[len(inner_name) :])
    return found


def _flags_of(name: str, mark: str) -> dict[str, OptionFlag]:
    option = name.replace("-", "_")
    match mark:
        case "?":
            return {
                f"--{name}": OptionFlag(option, "true"),
                f"--{negated(name)}": OptionFlag(option, "false"),
            }
        case "{}":
            return {f"--no-{name}": OptionFlag(option, "")}
        case "[]":
            value = OptionFlag(option, None)
            return {f"--{name}": value, f"--{name}[0]": OptionFlag(f"{option}[0]", None)}
        case _:
            return {f"--{name}": OptionFlag(option, None)}


def negated(name: str) -> str:
    """`a.no-b` for `a.b`, and the other way round."""
    outer, dot, last = name.rpartition(".")
    last = last.removeprefix("no-") if last.startswith("no-") else f"no-{last}"
    return f"{outer}{dot}{last}"
