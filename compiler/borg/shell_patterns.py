"""Borg's shell patterns, for paths and for names of archives, as regular expressions.

Measured with Borg 1.2.4 and 1.4.5: `*` and `?` stop at a slash, `**/` goes through directories, `[…]` is
a set of characters, `[!…]` all others, and a `[` without `]` is itself.
"""

from __future__ import annotations

import re
import warnings

_SPECIAL = re.compile(r"\*\*/|\*|\?|\[(!?[^!\]][^\]]*|!?\][^\]]*|![^\]]+)\]|.", re.DOTALL)
_WITHOUT_SETS = re.compile(r"\*\*/|()\*|\?|.", re.DOTALL)
_OPENED = {"**/": r"(?:[^/]*/)*", "*": "[^/]*", "?": "[^/]"}


def expression(pattern: str) -> str:
    """The regular expression that Borg makes of a shell pattern, for the whole of a text."""
    closed = pattern.rfind("]") + 1  # no `[` after that opens a set
    found = (*_SPECIAL.finditer(pattern, 0, closed), *_WITHOUT_SETS.finditer(pattern, closed))
    parts = [
        f"[{_set(match[1])}]" if match[1] else _OPENED.get(match[0]) or re.escape(match[0])
        for match in found
    ]
    return f"(?ms){''.join(parts)}\\Z"


def _set(inside: str) -> str:
    escaped = inside.replace("\\", "\\\\")
    if escaped[0] == "!":
        return f"^{escaped[1:]}"
    return f"\\{escaped}" if escaped[0] == "^" else escaped


def compiled(text: str) -> re.Pattern[str] | str:
    """A regular expression, or why Python, which Borg is written in, takes it for none."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return re.compile(text)
        except (re.error, OverflowError, RecursionError) as error:
            return str(error) or type(error).__name__
