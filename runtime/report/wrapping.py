"""Lines that fit a terminal: prose with hanging indents, commands broken between their words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...compiler.support.regex import lazily
from .columns import columns_of

_PAINTED = lazily(r"( *)(\x1b\[[0-9;]*m)([^\x1b]*)(\x1b\[0m)")
_LEAST = 40  # columns, below which wrapping makes nothing better
_HANGING = 4
# A word of a command: what isn't quoted up to the next space, and whatever quotes hold.
_WORD = lazily(r"(?:[^\s'\"\\]|\\.|'[^']*'|\"(?:[^\"\\]|\\.)*\"|['\"\\])+")


class Verbatim(str):
    """A line that stays in one piece: a reader may take it out of the text."""

    __slots__ = ()


def fitting(line: str, width: int | None, hang: int = 0) -> Iterator[str]:
    """A line of prose as lines of at most `width` columns where its words allow that. Escape codes of colours take no
    room. `hang`: the column at which further lines begin; 0 for a few behind the first."""
    if width is None or width < _LEAST or isinstance(line, Verbatim) or columns_of(line) <= width:
        yield line
        return
    if whole := _PAINTED.fullmatch(line) if "\x1b" in line else None:
        indent, begin, text, end = whole.groups()  # pagers end a colour with its line
        for part in fitting(indent + text, width, hang):
            rest = part.lstrip(" ")
            yield f"{part[: len(part) - len(rest)]}{begin}{rest}{end}"
        return
    text = line.lstrip(" ")
    start = " " * (len(line) - len(text))
    hanging = " " * hang if hang else start + " " * _HANGING
    first, *words = text.split(" ")
    current = start + first
    for word in words:
        if columns_of(current) + 1 + columns_of(word) > width:
            yield current.rstrip(" ")
            current = hanging + word
        else:
            current += f" {word}"
    yield current


def fitted(lines: Iterable[str], width: int | None, hang: int = 0) -> str:
    """A text of lines, each of which fits: see `fitting`."""
    return "".join(f"{part}\n" for line in lines for part in fitting(line, width, hang))


def broken(command: str, width: int, indent: int) -> list[str]:
    """A shell command on one line, as lines that mean the same and fit `width` columns where its words allow that, if
    each is indented by `indent`. All but the last end with a backslash."""
    room = max(width, _LEAST) - indent
    if columns_of(command) <= room:
        return [command]
    first, *words = _WORD.findall(command)
    if " ".join((first, *words)) != command:
        return [command]  # not as it is written here
    lines, current = [], first
    for word in words:
        if columns_of(current) + 1 + columns_of(word) + 2 > room:
            lines.append(f"{current} \\")
            current = f"  {word}"
        else:
            current += f" {word}"
    return [*lines, current]
