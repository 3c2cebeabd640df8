"""Values in hooks: what gets the neutral form, and what runs a raw value after all."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...source.diagnostic import Diagnostics
from ...support.regex import lazily
from ..rule import HookRule
from .hook_commands import Hooks

_FROM_OUTSIDE = frozenset(("error", "output"))
_PLACEHOLDER = lazily(r"(?<![\\$])\{(error|output)\}")
_RAW = lazily(r"BORGPLAN_(?:ERROR|OUTPUT|REPOSITORY|REPOSITORY_LABEL)")
_REFERENCE = lazily(r"(?<!\\)\$\{?([A-Za-z_][A-Za-z0-9_]*)")
_COPY = lazily(rf"(?<![^\s;&|(])([A-Za-z_][A-Za-z0-9_]*)=\"?\$\{{?({_RAW.pattern})\b")
# What stands in quotes, and comments.
_PIECE = lazily(r"\\[\s\S]|'[^']*'|\"(?:\\[\s\S]|[^\"\\])*\"|(?<![^\s;&|()])#[^\n]*")
# What may stand before the name of a command.
_BEFORE = frozenset(
    ("!", "{", "then", "do", "else", "elif", "if", "while", "until", "exec", "command")
)
_MAX_DEPTH = 5


def neutral_values(hooks: Hooks, diagnostics: Diagnostics) -> None:
    """BP617: a command gets the neutral form of what was said from outside."""
    for found in hooks.commands:
        text = found.command.text
        if (
            "{" not in text
            or not _FROM_OUTSIDE & found.hook.variables - found.configuration.constants.keys()
        ):
            continue
        told = set()
        for match in _PLACEHOLDER.finditer(text):
            receiver = _neutral_receiver(text, match.start(), hooks.plain_text)
            if match[1] not in found.hook.variables or receiver is None:
                continue
            if (match[1], receiver) in told:
                continue
            told.add((match[1], receiver))
            diagnostics.note(
                "BP617",
                f"{receiver} gets `{{{match[1]}}}` in its neutral form: letters and digits, with `_` for "
                "everything else",
                found.command.span,
                f"scripts find the full text in $BORGPLAN_{match[1].upper()}; list commands that never "
                "execute their arguments under `plain_text` in borgplan.yaml",
            )


def _neutral_receiver(text: str, position: int, plain_text: tuple[str, ...]) -> str | None:
    """What gets the neutral form there, for people; None if the place takes the value as it is."""
    from ...shell.place_kinds import Kind
    from ...shell.receivers import place

    taken = place(text, position, plain_text)
    if taken.kind is Kind.TEXT:
        return None
    if taken.receiver:
        return f"`{taken.receiver}`" if " " not in taken.receiver else taken.receiver
    return "a command that borgplan can't analyse"


def raw_values_as_code(hooks: Hooks, diagnostics: Diagnostics) -> None:
    """BP618: a hook runs a raw value that it has from the environment."""
    for found in hooks.commands:
        if "BORGPLAN_" not in found.command.text:
            continue
        for name in dict.fromkeys(_run_values(found.command.text, 0)):
            diagnostics.warning(
                "BP618",
                f"`${name}` holds a raw value, which is run as code here",
                found.command.span,
                f'pass it as a separate argument in double quotes: notify "${name}"',
            )


def _run_values(text: str, depth: int) -> Iterator[str]:
    """The names of the variables with raw values that a shell text runs."""
    if depth > _MAX_DEPTH:
        return
    from ...shell.code_context import is_code
    from ...shell.here_documents import bodies

    pieces = [match.span() for match in _PIECE.finditer(text) if match[0][0] in "'\"#"]
    plain = [(start, end) for start, end in pieces if text[start] in "'#"]
    plain += [(body.start - 1, body.end) for body in bodies(text) or ()]
    for start, end in pieces:
        if text[start] == "'" and "BORGPLAN_" in text[start:end] and is_code(text, start):
            yield from _run_values(text[start + 1 : end - 1], depth + 1)
    named = {match[1]: match[2] for match in _COPY.finditer(text)}
    for match in _REFERENCE.finditer(text):
        at, name = match.start(), match[1]
        raw = name if _RAW.fullmatch(name) else named.get(name, "")
        if raw and not any(start < at < end for start, end in plain):
            opened = [start for start, end in pieces if start < at < end]
            if _is_run(text, at, opened):
                yield raw


def _is_run(text: str, position: int, opened: list[int]) -> bool:
    """Whether what is expanded at a position is run. `opened`: where the quotes around it begin."""
    from ...shell.code_context import SHELLS, is_code, is_number
    from ...shell.receivers import place

    start = min(opened, default=position)
    before = re.split(r"[\n;&|(`]", text[:start])[-1].split()
    programs = {word.rpartition("/")[2] for word in (*before[:1], place(text, position).receiver)}
    return (
        any(is_code(text, at) or is_number(text, at) for at in (position, *opened))
        or (not opened and all(word in _BEFORE for word in before))
        or (before[-1:] == ["<<<"] and bool(SHELLS & programs))
        or place(text, position).receiver.rpartition("/")[2] in SHELLS
    )


RULES = (HookRule(("BP617",), neutral_values), HookRule(("BP618",), raw_values_as_code))
