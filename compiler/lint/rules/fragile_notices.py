"""Notifications in before-hooks: if one can't be sent, the backup isn't made."""

from __future__ import annotations

from ...plan.model import Phase
from ...shell.lists import deciding
from ...shell.telling import tells
from ...source.diagnostic import Diagnostics
from ..rule import HookRule
from .hook_commands import HookCommand, Hooks, spelled


def fragile_notices(hooks: Hooks, diagnostics: Diagnostics) -> None:
    """BP313: by its failure alone the command would fail."""
    for found in hooks.commands:
        if found.hook.phase is not Phase.ENTER:
            continue
        if any(map(tells, deciding(found.command.text))):
            diagnostics.warning(
                "BP313",
                f"if this message can't be sent, `{spelled(found.hook)}` fails and {_what(found)}",
                found.command.span,
                "append `|| true`",
            )


def _what(found: HookCommand) -> str:
    actions = found.hook.only or found.hook.actions
    if actions is None or "create" in actions or len(actions) > 1:
        return "no backup is made"
    return f"{min(actions)} is skipped"


RULES = (HookRule(("BP313",), fragile_notices),)
