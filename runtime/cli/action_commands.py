"""Actions as commands, `borgplan list` for `borgplan apply --actions list`; and hints for borgmatic's habits."""

from __future__ import annotations

import os
import shlex

from ...compiler.plan.actions import ALIASES, NOT_IMPLEMENTED, Action
from ...compiler.support.record import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

_GROUPS = ("config", "key")  # of borgmatic, whose actions have two words
# What borgmatic's flags are here.
_FLAGS = {
    "-v": "--verbosity N", "--override": "--set OPTION=VALUE", "-P": "--prefix TEXT",
    "--create": "borgplan create", "--prune": "borgplan prune", "--check": "borgplan check",
}  # fmt: skip
# What borgmatic's actions without a counterpart of their name are.
_COMMANDS = {
    "config validate": "borgplan lint",
    "config show": "borgplan plan",
    "config generate": "borgplan init -o FILE",
}


class ActionCommand(NamedTuple):
    """`name`: as it was typed. `words`: those that follow."""

    action: Action
    name: str
    words: tuple[str, ...]


def action_command(words: Sequence[str]) -> ActionCommand | None:
    """What the first words of a command line name, if that is an action."""
    first, *rest = words or ("",)
    if first in _GROUPS and rest:
        found = _action(f"{first}-{rest[0]}")
        if found is not None:
            return ActionCommand(found, f"{first} {rest[0]}", tuple(rest[1:]))
    found = _action(first)
    return ActionCommand(found, first, tuple(rest)) if found is not None else None


def _action(name: str) -> Action | None:
    if name in ALIASES:
        return ALIASES[name]
    return next((action for action in Action if action.value == name), None)


def hint_for(words: Sequence[str]) -> str:
    """For a command line that isn't borgplan's, and may be borgmatic's; empty if it isn't."""
    first = words[0] if words else ""
    pair = " ".join(words[:2])
    if pair in _COMMANDS:
        return f"use `{_COMMANDS[pair]}`, or borgplan borgmatic {shlex.join(words)}"
    if first in NOT_IMPLEMENTED:
        return f"the action `{first}` is not implemented yet: {NOT_IMPLEMENTED[first]}"
    if first.startswith("-") or first in _GROUPS:
        return f"for borgmatic's command line: borgplan borgmatic {shlex.join(words)}"
    return ""


def hint_for_configs(command: str, configs: Sequence[str], actions: Sequence[Action]) -> str:
    """For a name of an action where configuration files stand, as there is no such file."""
    named = [word for word in configs if _action(word) and not os.path.lexists(word)]
    if not named:
        return ""
    meant = [action.value for action in actions] + [str(_action(word)) for word in named]
    return (
        f"`{named[0]}` is read as a configuration file; "
        f"for actions: borgplan {command} --actions {','.join(meant)}"
    )


def hint_for_flags(message: str) -> str:
    """For argparse's message about flags that are borgmatic's; empty for others."""
    flag = message.removeprefix("unrecognized arguments: ").partition(" ")[0].partition("=")[0]
    return f" (borgmatic's {flag} is {_FLAGS[flag]})" if flag in _FLAGS else ""
