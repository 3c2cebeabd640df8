"""Which lines of a file belong to which option."""

from __future__ import annotations

import re

from ..config.options import SECTIONS
from ..support.record import NamedTuple
from ..syntax.nodes import Include, Mapping, Node, Scalar
from .sheet import Sheet, UnableError

_AFTER_KEY = re.compile(r"\s*:")
_END_OF_DOCUMENT = re.compile(r"\.\.\.(\s|\Z)")


class Part(NamedTuple):
    """An option. Its lines are from `first` to before `end`, and what stands above it from `above` on.

    Lines count from 0. `section`: empty at the top.
    """

    section: str
    key: Scalar
    value: Node
    above: int
    first: int
    end: int

    @property
    def name(self) -> str:
        return self.key.text

    @property
    def column(self) -> int:
        return self.key.span.column - 1


class Header(NamedTuple):
    """The line of a section whose options stand below it; `column`: of theirs."""

    key: Scalar
    above: int
    first: int
    column: int
    end: int  # of the whole section


class Layout(NamedTuple):
    """A file's options and sections, in order. `column`: where the keys at the top stand."""

    blocks: tuple[Part | Header, ...]
    column: int

    @property
    def parts(self) -> tuple[Part, ...]:
        return tuple(block for block in self.blocks if isinstance(block, Part))


def layout(root: Node, sheet: Sheet) -> Layout:
    """Raises UnableError for a file that doesn't have an option on each line."""
    if not isinstance(root, Mapping):
        raise UnableError("the file is not a list of options", root.span)
    stop = next(
        (
            n
            for n in range(root.span.line, len(sheet.lines))
            if _END_OF_DOCUMENT.match(sheet.lines[n])
        ),
        len(sheet.lines),
    )
    blocks: list[Part | Header] = []
    above = 0
    for (key, value), end in _with_ends(root, stop):
        if key.text in SECTIONS and not isinstance(value, Include):
            above = _section(key, value, above, end, sheet, blocks)
        else:
            above = _part("", key, value, above, end, sheet, blocks)
    columns = {key.span.column for key, _ in root.pairs}
    if len(columns) > 1:
        raise UnableError("several options are on one line", root.span)
    return Layout(tuple(blocks), columns.pop() - 1 if columns else 0)


def _with_ends(node: Mapping, stop: int) -> list[tuple[tuple[Scalar, Node], int]]:
    """Pairs, each with the line before which the next one begins."""
    ends = [key.span.line - 1 for key, _ in node.pairs[1:]] + [stop]
    return list(zip(node.pairs, ends, strict=True))


def _section(
    key: Scalar, value: Node, above: int, end: int, sheet: Sheet, blocks: list[Part | Header]
) -> int:
    first = key.span.line - 1
    rest = after_key(key, sheet)
    if not isinstance(value, Mapping) or (rest.strip() and first not in sheet.comments):
        raise UnableError(f"the section `{key.text}` is not written in block style", key.span)
    comment = sheet.comments.get(first)
    if comment is not None and sheet.lines[first][: comment.column].strip() != f"{sheet.raw(key)}:":
        raise UnableError(f"the section `{key.text}` is not written in block style", key.span)
    _check_key(key, sheet, first - 1, end)
    inner = value.pairs[0][0].span.column - 1 if value.pairs else 0
    blocks.append(Header(key, above, first, inner, end))
    above = first + 1
    for (name, child), stop in _with_ends(value, end):
        if name.span.column - 1 != inner:
            raise UnableError("several options are on one line", name.span)
        above = _part(key.text, name, child, above, stop, sheet, blocks)
    return above


def _part(
    section: str,
    key: Scalar,
    value: Node,
    above: int,
    stop: int,
    sheet: Sheet,
    blocks: list[Part | Header],
) -> int:
    first = key.span.line - 1
    _check_key(key, sheet, above - 1, stop)
    end = stop
    while end > first + 1 and (sheet.is_empty(end - 1) or sheet.is_comment(end - 1)):
        end -= 1
    # Comments below a value that are further in than its key are about it.
    while end < stop and sheet.is_comment(end) and sheet.indentation(end) >= key.span.column:
        end += 1
    blocks.append(Part(section, key, value, above, first, end))
    return end


def _check_key(key: Scalar, sheet: Sheet, before: int, stop: int) -> None:
    """That the key stands where the lines are, and nothing before it."""
    line = key.span.line - 1
    stands = before < line < stop and not sheet.lines[line][: key.span.column - 1].strip()
    if not stands or _AFTER_KEY.match(sheet.lines[line], key.span.end_column - 1) is None:
        raise UnableError("options are not on separate lines", key.span)


def after_key(key: Scalar, sheet: Sheet) -> str:
    """What follows the key and its colon on their line, with the end of the line."""
    line = sheet.lines[key.span.line - 1]
    match = _AFTER_KEY.match(line, key.span.end_column - 1)
    return line[match.end() :] if match else ""
