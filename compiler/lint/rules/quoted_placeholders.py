"""Placeholders in quotes: where borgplan and borgmatic write the same text differently."""

from __future__ import annotations

import re

from ...source.diagnostic import Diagnostics
from ...support.regex import lazily
from ..rule import HookRule
from .hook_commands import Hooks

_PIECE = lazily(r"\\.|'[^']*'|\"(?:\\.|[^\"\\])*\"", re.DOTALL)
_NAME = lazily(r"(?<![\\$])\{([a-z_]+)\}")


def quoted_placeholders(hooks: Hooks, diagnostics: Diagnostics) -> None:
    """BP322: a value that a hook fills in stands in quotes."""
    for found in hooks.commands:
        if "{" not in found.command.text:
            continue
        names = _quoted(found.command.text) & found.hook.variables
        if names:
            diagnostics.note(
                "BP322",
                f"`{{{min(names)}}}` is in quotes: borgmatic 1.8.7 and later add quotes of their own, "
                "and these become part of the text",
                found.command.span,
                "remove the quotes: without them, borgmatic and borgplan insert the same single word",
            )


def _quoted(text: str) -> set[str]:
    return {
        name for piece in _PIECE.findall(text) if piece[0] in "'\"" for name in _NAME.findall(piece)
    }


RULES = (HookRule(("BP322",), quoted_placeholders),)
