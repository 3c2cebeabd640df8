"""Texts of policies, and where each of their characters stands in a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..source.span import Span
from ..support.record import NamedTuple


class Written(NamedTuple):
    """A text of policies. `places`: for each of its characters the offset in `whole`, the file's text.

    None where that can't be told: then all of it stands at `span`.
    """

    text: str
    whole: str
    places: Sequence[int] | None
    span: Span

    def between(self, start: int, end: int) -> Span:
        """Where the characters from `start` to before `end` stand; an empty stretch is one point."""
        if self.places is None or not self.text:
            return self.span
        start = min(start, len(self.text) - 1)
        first = self.places[start]
        last = max(first, self.places[min(max(start, end - 1), len(self.text) - 1)])
        return Span(self.span.file, *_position(self.whole, first), *_position(self.whole, last + 1))


def _position(text: str, offset: int) -> tuple[int, int]:
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def of_file(path: str, text: str) -> Written:
    return Written(text, text, range(len(text)), Span(path))


def of_scalar(text: str, whole: str, span: Span) -> Written:
    """A YAML scalar's text, wherever its characters can be found again in the file `whole`."""
    lines = whole.split("\n")
    if span.end_line > len(lines):
        return Written(text, whole, None, span)
    start = sum(len(line) + 1 for line in lines[: span.line - 1]) + span.column - 1
    end = sum(len(line) + 1 for line in lines[: span.end_line - 1]) + span.end_column - 1
    return Written(text, whole, _aligned(text, whole, start, min(end, len(whole))), span)


def _aligned(text: str, whole: str, start: int, end: int) -> list[int] | None:
    """Offsets in `whole` for the characters of a scalar that stands there in any of YAML's styles.

    Only blanks, line ends and escaped quotes may differ between the two; None if more does.
    """
    if start >= end:
        return None
    style = whole[start : start + 1]
    at = start
    if style in ("|", ">"):
        at = whole.find("\n", start) + 1 or end
    elif style in ("'", '"'):
        at += 1
    found = []
    for character in text:
        if character.isspace():
            found.append(min(at, end - 1))
            at += at < end and whole[at].isspace()
            continue
        while at < end and whole[at].isspace():
            at += 1
        if (style == "'" and whole[at : at + 2] == "''") or (
            style == '"' and whole[at : at + 2] in ('\\"', "\\\\")
        ):
            at += 1
        if at >= end or whole[at] != character:
            return None
        found.append(at)
        at += 1
    return found


def statements(text: str) -> Iterator[tuple[int, str]]:
    """Each policy of a text with its offset. Indented lines continue the one above; so do comments."""
    start, end, offset = -1, 0, 0
    for line in text.split("\n"):
        said = line.strip()
        if said and not said.startswith("#"):
            if start < 0 or not line[0].isspace():
                if start >= 0:
                    yield start, text[start:end]
                start = offset + line.index(said)
            end = offset + len(line.rstrip())
        offset += len(line) + 1
    if start >= 0:
        yield start, text[start:end]
