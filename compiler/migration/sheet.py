"""A text as lines that can be changed at places, and its comments."""

from __future__ import annotations

import re
from typing import Any

import yaml

from ..source.span import Span
from ..support.record import NamedTuple
from ..syntax.nodes import Scalar

# What YAML counts as the end of a line.
_LINE = re.compile("[^\n\r\x85\u2028\u2029]*(?:\r\n|[\n\r\x85\u2028\u2029]|\\Z)")
_COMMENT = re.compile(r"(?:(?<=\s)|^)#.*")
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class UnableError(Exception):
    """What stands at `span` can't be rewritten; the message says why."""

    def __init__(self, message: str, span: Span) -> None:
        super().__init__(message)
        self.span = span


def split(text: str) -> list[str]:
    """Lines with their ends; none is empty."""
    return [line for line in _LINE.findall(text) if line]


class Comment(NamedTuple):
    """`line` and `column` from 0; `text` begins with the number sign and goes to the end of the line."""

    line: int
    column: int
    text: str


def comments(text: str) -> list[Comment]:
    """All comments of a YAML text, in order. Raises yaml.YAMLError for what is none."""
    lines = [line.rstrip("\n\r\x85\u2028\u2029") for line in split(text)]
    for token in yaml.scan(text, _LOADER):
        if isinstance(token, yaml.ScalarToken):
            _blank(lines, token.start_mark, token.end_mark, block=token.style in ("|", ">"))
    return [
        Comment(number, found.start(), found[0].rstrip())
        for number, line in enumerate(lines)
        if (found := _COMMENT.search(line))
    ]


def _blank(lines: list[str], start: Any, end: Any, *, block: bool) -> None:
    """Put letters in place of a scalar, so that no number sign in it is taken for a comment."""
    for number in range(start.line, min(end.line + 1, len(lines))):
        if block and number == start.line:
            continue  # `|` may be followed by a comment
        first = start.column if number == start.line else 0
        last = end.column if number == end.line else len(lines[number])
        lines[number] = lines[number][:first] + "x" * (last - first) + lines[number][last:]


class Sheet:
    """The lines of a text and what is to become of them; lines and columns count from 0.

    Changes refer to the text as it was, in any order; a changed line may hold several in the end.
    """

    def __init__(self, text: str) -> None:
        self.lines = split(text)
        self.comments = {comment.line: comment for comment in comments(text)}
        self.newline = "\r\n" if "\r\n" in text else "\n"
        self._changes: dict[int, list[tuple[int, int, str]]] = {}

    @property
    def is_changed(self) -> bool:
        return bool(self._changes)

    def replace(self, span: Span, new: str) -> None:
        """Something that stands on one line. Raises UnableError for what doesn't."""
        if span.line != span.end_line:
            raise UnableError("a value of several lines would have to change", span)
        change = span.column - 1, span.end_column - 1, new
        changes = self._changes.setdefault(span.line - 1, [])
        if change not in changes:
            changes.append(change)

    def insert(self, line: int, column: int, new: str) -> None:
        self._changes.setdefault(line, []).append((column, column, new))

    def append(self, line: int, new: tuple[str, ...]) -> None:
        """More lines, after this one."""
        self.insert(line, len(self.bare(line)), "".join(self.newline + text for text in new))

    def bare(self, line: int) -> str:
        """A line as it was, without its end."""
        return self.lines[line].rstrip("\n\r\x85\u2028\u2029")

    def changed(self, line: int) -> str:
        text = self.lines[line]
        for start, end, new in sorted(self._changes.get(line, ()), reverse=True):
            text = text[:start] + new + text[end:]
        return text

    def raw(self, scalar: Scalar) -> str:
        """A scalar that stands on one line, as it is written."""
        return self.lines[scalar.span.line - 1][scalar.span.column - 1 : scalar.span.end_column - 1]

    def is_empty(self, line: int) -> bool:
        return not self.lines[line].strip()

    def is_comment(self, line: int) -> bool:
        """Whether nothing but a comment is on it."""
        found = self.comments.get(line)
        return found is not None and not self.lines[line][: found.column].strip()

    def indentation(self, line: int) -> int:
        text = self.lines[line]
        return len(text) - len(text.lstrip(" "))


def shifted(text: str, by: int) -> str:
    """Lines moved to the right, or to the left as far as they are blank; those at less stay."""
    if by >= 0:
        return re.sub(r"(?m)^(?=[^\r\n])", " " * by, text)
    return re.sub(rf"(?m)^ {{{-by}}}", "", text)
