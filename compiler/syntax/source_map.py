"""Where in a YAML file each character of a text stands, whatever style the text is written in.

The raw characters of the scalar are read once more, as YAML reads them, and for each character of the
value the place it comes from is kept: of an escape its first character, of a folded line break the break.
Only if the outcome is the value itself are the places used; else they are all the scalar's start, as
for a value that was put together or comes from elsewhere.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from ..source.span import Span, Text
from ..support.record import NamedTuple, Protocol

# YAML 1.1's line breaks, which libyaml's marks count.
_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_PROPERTIES = re.compile(
    "(?:[&!][^ \t\n\r\x85\u2028\u2029]*|#[^\n\r\x85\u2028\u2029]*|[ \t\n\r\x85\u2028\u2029]+)*"
)
_HEADER = re.compile(
    "[|>]([-+0-9]*)[ \t]*(?:#[^\n\r\x85\u2028\u2029]*)?(?:\r\n|[\n\r\x85\u2028\u2029]|\\Z)"
)
_ESCAPE = re.compile("\\\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|([\\s\\S]))")
_ESCAPED = {
    "0": "\0", "a": "\a", "b": "\b", "t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r",
    "e": "\x1b", "N": "\x85", "_": "\xa0", "L": "\u2028", "P": "\u2029",
}  # fmt: skip


class _Placed(NamedTuple):
    """A character of a value, and the offset in the file that it comes from."""

    character: str
    offset: int


class Lines:
    """A file's text with its lines, counted as in spans."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._starts = [0, *(match.end() for match in _BREAK.finditer(text))]

    def offset(self, line: int, column: int) -> int:
        """The offset of a place counted from 1, or the end of the text."""
        start = self._starts[line - 1] if line <= len(self._starts) else len(self.text)
        return min(start + column - 1, len(self.text))

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset, from 1."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1


class ScriptPlaces:
    """The places of one text. `span`: of the scalar; `lines`: of the file that it is in. `origins`: where the
    characters of the text come from in `value`, if it isn't that itself."""

    def __init__(
        self, lines: Lines, span: Span, value: str, origins: Sequence[int] | None = None
    ) -> None:
        self._lines = lines
        self._scalar = span
        found = offsets(lines, span, value)
        if found is not None and origins is not None:
            found = tuple(found[place] for place in origins)
        self._offsets = found

    def at(self, offset: int) -> tuple[int, int]:
        """Line and column of the character at an offset of the value, from 1."""
        if self._offsets is None:
            return self._scalar.line, self._scalar.column
        return self._lines.place(self._offsets[min(offset, len(self._offsets) - 1)])

    def span(self, start: int, end: int) -> Span:
        """The place of a stretch of the value, its end exclusive."""
        if self._offsets is None:
            return self._scalar
        last = self._offsets[min(max(start, end - 1), len(self._offsets) - 1)]
        line, column = self._lines.place(last)
        return Span(self._scalar.file, *self.at(start), line, column + 1)


def offsets(lines: Lines, span: Span, value: str) -> tuple[int, ...] | None:
    """For each character of `value`, and for its end, the offset in the file; None if they differ."""
    end = lines.offset(span.end_line, span.end_column)
    begin = _PROPERTIES.match(lines.text, lines.offset(span.line, span.column), end)
    start = begin.end() if begin else end
    found = _reading(lines.text, start, end, value)
    if len(found) != len(value) or "".join(item.character for item in found) != value:
        return None
    after = found[-1].offset + 1 if found else min(start + 1, end)
    return (*(item.offset for item in found), after)


def _reading(text: str, start: int, end: int, value: str) -> list[_Placed]:
    """What stands from `start` to `end`, if it means `value`."""
    match text[start : start + 1]:
        case "'" | '"' as quote:
            return _Flow(text, start + 1, end - 1, quote).read()
        case "|" | ">":
            header = _HEADER.match(text, start, end)
            return [] if header is None else _block(text, header, end, value)
        case _:
            return _Flow(text, start, end, "").read()


class _Flow:
    """A plain or quoted scalar: line breaks are folded, and in quotes there are escapes."""

    def __init__(self, text: str, start: int, end: int, quote: str) -> None:
        self._text, self._at, self._end, self._quote = text, start, end, quote
        self._found: list[_Placed] = []

    def read(self) -> list[_Placed]:
        while self._at < self._end:
            if self._text[self._at] in " \t" or self._break():
                self._blanks()
            elif self._quote == "'" and self._text.startswith("''", self._at):
                self._put("'", 2)
            elif self._quote == '"' and self._text[self._at] == "\\":
                self._escape()
            else:
                self._put(self._text[self._at], 1)
        return self._found

    def _put(self, character: str, length: int) -> None:
        self._found.append(_Placed(character, self._at))
        self._at += length

    def _break(self) -> re.Match[str] | None:
        return _BREAK.match(self._text, self._at, self._end)

    def _escape(self) -> None:
        match = _ESCAPE.match(self._text, self._at, self._end)
        if match is None:
            self._put("\\", 1)
        elif _BREAK.match(match[4] or ""):
            self._at += 1
            self._blanks(escaped=True)
        else:
            digits = match[1] or match[2] or match[3]
            known = (
                chr(min(int(digits, 16), 0x10FFFF)) if digits else _ESCAPED.get(match[4], match[4])
            )
            self._put(known, len(match[0]))

    def _blanks(self, *, escaped: bool = False) -> None:
        """Spaces and line breaks up to the next character; an escaped break gives nothing itself."""
        spaces: list[_Placed] = []
        breaks: list[_Placed] = []
        while self._at < self._end:
            match = self._break()
            if match is not None:
                breaks.append(_Placed(_normal(match[0]), self._at))
                self._at = match.end()
            elif self._text[self._at] in " \t":
                spaces.append(_Placed(self._text[self._at], self._at))
                self._at += 1
            else:
                break
        if not breaks:
            self._found += spaces
        elif escaped:
            self._found += breaks[1:]
        else:
            self._found += _folded(breaks)


def _folded(breaks: list[_Placed]) -> list[_Placed]:
    """One line break is a space, of several the first is dropped; separators of Unicode are kept."""
    first, *rest = breaks
    if first.character != "\n":
        return breaks
    return rest or [first._replace(character=" ")]


def _normal(line_break: str) -> str:
    return line_break if line_break in "\u2028\u2029" else "\n"


class _Line(NamedTuple):
    """A line of a block scalar: from `start` to its break at `end`; `line_break` is empty at the end."""

    start: int
    end: int
    line_break: str


def _lines(text: str, start: int, end: int) -> list[_Line]:
    found = []
    while start < end:
        match = _BREAK.search(text, start, end)
        stop = match.start() if match else end
        found.append(_Line(start, stop, _normal(match[0]) if match else ""))
        start = match.end() if match else end
    return found


def _indentation(raw: list[str], value: str) -> int:
    """How far a block is indented, by its lines in the file and what it means; an indicator would tell
    only how much further than what is around."""
    meant = _BREAK.split(value)
    if any(line.strip(" ") for line in raw):
        return max(_leading(raw) - _leading(meant), 0)
    return max(max(map(len, raw), default=0) - max(map(len, meant)), 0)


def _leading(lines: list[str]) -> int:
    """The spaces before the first text."""
    first = next((line for line in lines if line.strip(" ")), "")
    return len(first) - len(first.lstrip(" "))


def _block(text: str, header: re.Match[str], end: int, value: str) -> list[_Placed]:
    """A block scalar that means `value`."""
    lines = _lines(text, header.end(), end)
    indentation = _indentation([text[line.start : line.end] for line in lines], value)
    is_folded = header[0][0] == ">"
    found: list[_Placed] = []
    pending: list[_Placed] = []  # line breaks since the last line with text
    after_text = was_blank = False
    for line in lines:
        start = line.start + indentation
        if start < line.end:
            is_blank = text[start] in " \t"
            if is_folded and after_text and pending and not is_blank and not was_blank:
                pending = _folded(pending)
            found += [*pending, *(_Placed(text[at], at) for at in range(start, line.end))]
            pending, after_text, was_blank = [], True, is_blank
        if line.line_break:
            pending.append(_Placed(line.line_break, line.end))
    if "+" in header[1]:
        return found + pending
    return found if "-" in header[1] or not after_text else found + pending[:1]


class Written(Protocol):
    """How a text stands in its file, where something was filled in."""

    @property
    def text(self) -> Text:
        """As it stands there."""

    @property
    def origins(self) -> Sequence[int]:
        """For each character of the text with all filled in, the offset in `text`."""


class PlacesIn:
    """The places of texts of several files, whose lines are found once. `texts`: of files by path. `written`: of
    commands in which constants were filled in, how they stand there."""

    def __init__(
        self, texts: Mapping[str, str], written: Mapping[Text, Written] = MappingProxyType({})
    ) -> None:
        self._texts = texts
        self._written = written
        self._lines: dict[str, Lines] = {}

    def of(self, text: Text) -> ScriptPlaces:
        file = text.span.file
        if file not in self._lines:
            self._lines[file] = Lines(self._texts.get(file, ""))
        written = self._written.get(text)
        if written is None:
            return ScriptPlaces(self._lines[file], text.span, text.text)
        return ScriptPlaces(self._lines[file], text.span, written.text.text, written.origins)
