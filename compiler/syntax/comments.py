"""The comments of a YAML text that are addressed to borgplan: `# borgplan: …`.

libyaml passes comments over. They are what stands in none of its tokens, so a `#` in a text or in a
block of text isn't one.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import Any

from ..source.span import ADDRESS, Span
from ..support.record import NamedTuple
from .events import Parser, errors

_BREAKS = "\n\r\x85\u2028\u2029"  # where libyaml begins a new line
_BREAK = re.compile(f"\r\n|[{_BREAKS}]")
_COMMENT = re.compile("[ \t]*#")
_ADDRESSED = re.compile(f"#[ \t]*{ADDRESS}")


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
    lines = _Lines(text)
    found: list[Comment] = []
    after = 0  # a `#` in a comment begins no other one
    for match in candidates:
        while tokens and tokens[-1][1] <= match.start():
            tokens.pop()
        in_token = bool(tokens) and tokens[-1][0] <= match.start()
        if not in_token and after <= match.start() < end:
            found.append(_comment(file, text, lines, match.start(), match.end()))
            after = _end_of_line(text, match.end())
    return found


def _tokens(text: str) -> tuple[list[tuple[int, int]], int]:
    """From where to where each token goes, the last one first; and how far the text is valid."""
    tokens = []
    try:
        parser: Any = Parser(text)
        while parser.check_token():
            token = parser.get_token()
            start, end = token.start_mark.index, token.end_mark.index
            if getattr(token, "style", None) in ("|", ">"):
                start = _end_of_line(text, start)  # there may be a comment behind the sign
            if start < end:
                tokens.append((start, end))
    except errors.YAMLError:
        return tokens[::-1], tokens[-1][1] if tokens else 0
    return tokens[::-1], len(text)


class _Lines:
    """Where the lines of a text begin, and which is the next one that isn't a comment."""

    def __init__(self, text: str) -> None:
        self.starts = [0, *(found.end() for found in _BREAK.finditer(text))]
        last = len(self.starts)
        self.next = [last + 1] * last
        for number in range(last - 1, 0, -1):  # of a line, from 0
            is_comment = _COMMENT.match(text, self.starts[number])
            self.next[number - 1] = self.next[number] if is_comment else number + 1


def _comment(file: str, text: str, lines: _Lines, start: int, end: int) -> Comment:
    """The comment from `start`; what it says is from `end` on."""
    stop = _end_of_line(text, end)
    number = bisect_right(lines.starts, start)
    begin = lines.starts[number - 1]
    column = start - begin + 1
    span = Span(file, number, column, number, column + len(text[start:stop].rstrip()))
    alone = not text[begin:start].strip(" \t")
    return Comment(text[end:stop].strip(), alone, lines.next[number - 1], span)


def _end_of_line(text: str, start: int) -> int:
    found = _BREAK.search(text, start)
    return found.start() if found else len(text)
