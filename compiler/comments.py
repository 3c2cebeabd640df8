"""The comments of a YAML text that are addressed to borgplan: `# borgplan: …`.

libyaml passes comments over. They are what stands in none of its tokens, so a `#` in a text or in a
block of text isn't one.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import yaml

from .parse import PARSER
from .source import ADDRESS, Span

_BREAKS = "\n\r\x85\u2028\u2029"  # where libyaml begins a new line
_BREAK = re.compile(f"\r\n|[{_BREAKS}]")
_ADDRESSED = re.compile(f"#[ \t]*{ADDRESS}([^{_BREAKS}]*)")


class Comment(NamedTuple):
    """What follows the address. `alone`: nothing else stands on its line. `below`: the first line after
    it that isn't a comment too."""

    text: str
    alone: bool
    below: int
    span: Span


def comments(file: str, text: str) -> list[Comment]:
    """All of them, in order; of a text that isn't valid YAML those before the place where that shows."""
    candidates = list(_ADDRESSED.finditer(text))
    if not candidates:
        return []
    tokens, end = _tokens(text)
    found: list[Comment] = []
    after = 0  # a `#` in a comment begins no other one
    for match in candidates:
        while tokens and tokens[-1][1] <= match.start():
            tokens.pop()
        in_token = bool(tokens) and tokens[-1][0] <= match.start()
        if not in_token and after <= match.start() < end:
            found.append(_comment(file, text, match))
            after = match.end()
    return found


def _tokens(text: str) -> tuple[list[tuple[int, int]], int]:
    """From where to where each token goes, the last one first; and how far the text is valid."""
    tokens = []
    try:
        parser: Any = PARSER(text)
        while parser.check_token():
            token = parser.get_token()
            start, end = token.start_mark.index, token.end_mark.index
            if start < end:
                tokens.append((start, end))
    except yaml.YAMLError:
        return tokens[::-1], tokens[-1][1] if tokens else 0
    return tokens[::-1], len(text)


def _comment(file: str, text: str, match: re.Match[str]) -> Comment:
    lines = _BREAK.split(text[: match.start()])
    number, before = len(lines), lines[-1]
    below = number + 1
    for line in _BREAK.split(text[match.end() :])[1:]:
        if not line.lstrip(" \t").startswith("#"):
            break
        below += 1
    column = len(before) + 1
    span = Span(file, number, column, number, column + len(match[0].rstrip()))
    return Comment(match[1].strip(), not before.strip(" \t"), below, span)
