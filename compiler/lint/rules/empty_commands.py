"""Hook commands that do nothing."""

from __future__ import annotations

from ...source.diagnostic import Diagnostics
from ..rule import HookRule
from .hook_commands import Hooks


def empty_commands(hooks: Hooks, diagnostics: Diagnostics) -> None:
    """BP324: nothing, or nothing but comments."""
    for found in hooks.commands:
        lines = (line.strip() for line in found.command.text.splitlines())
        if all(not line or line.startswith("#") for line in lines):
            diagnostics.warning(
                "BP324",
                "this command is empty: the shell runs nothing and succeeds",
                found.command.span,
                "remove the item",
            )


RULES = (HookRule(("BP324",), empty_commands),)
