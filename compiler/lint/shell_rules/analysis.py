"""Everything there is to say of hook commands as shell, and where in the files it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from ...config.hook_texts import Written
from ...source.diagnostic import Diagnostics
from ...source.span import Text
from ...syntax.source_map import PlacesIn
from .finding import Finding
from .lifetimes import background, carried_over, unreachable
from .losses import hidden, removals
from .portability import portability
from .shellcheck import findings as of_shellcheck
from .shellcheck import is_readable
from .syntax import unreadable
from .tree import parsed

_RULES = (portability, background, unreachable, hidden, removals)
# What ShellCheck says too, by the beginnings of its codes.
_SAID_TWICE = {
    "BP350": ("SC1",),
    "BP351": ("SC2039", "SC3"),
    "BP353": ("SC2317",),
    "BP354": ("SC2034", "SC2164"),
    "BP357": ("SC2115",),
}


def analyse(
    hooks: Iterable[tuple[Text, ...]],
    texts: Mapping[str, str],
    checked: Mapping[str, list[Any]],
    diagnostics: Diagnostics,
    written: Mapping[Text, Written] = MappingProxyType({}),
) -> None:
    """Codes BP350 to BP358. `hooks`: lists of commands. `texts`: of their files. `checked`: ShellCheck's
    comments by command, for those it has looked at. `written`: see `PlacesIn`. Raises ValueError if comments
    have an unknown form."""
    places = PlacesIn(texts, written)
    for hook in hooks:
        for number, command in enumerate(hook):
            is_last = number == len(hook) - 1
            found = findings(command.text, checked.get(command.text), followed=not is_last)
            if found:
                placed = places.of(command)
                diagnostics.extend(finding.placed(placed) for finding in found)


def findings(text: str, comments: list[Any] | None, *, followed: bool) -> list[Finding]:
    """Of one command. `comments`: ShellCheck's, None if it hasn't looked; `followed`: by another one in
    the same list."""
    theirs = of_shellcheck(comments, text) if comments else []
    tree = parsed(text)
    if tree is None:
        return theirs
    if not tree.root.has_error:
        ours = [finding for rule in _RULES for finding in rule(tree)]
        ours += carried_over(tree) if followed else ()
    elif comments is None or not is_readable(comments):
        ours = [unreadable(tree)]
    else:
        # The grammar is of bash, and misses some of what shells take: ShellCheck is a second opinion.
        ours = []
    return ours + _not_said_yet(theirs, ours, text)


def _not_said_yet(theirs: list[Finding], ours: list[Finding], text: str) -> list[Finding]:
    """Those of ShellCheck's findings that aren't among ours, about the same line."""
    said = {
        (begin, text.count("\n", 0, finding.start))
        for finding in ours
        for begin in _SAID_TWICE.get(finding.code, ())
    }
    begins = {begin for begin, _ in said}
    kept = []
    for finding in theirs:
        line = text.count("\n", 0, finding.start)
        if not any(finding.message.startswith(b) and (b, line) in said for b in begins):
            kept.append(finding)
    return kept
