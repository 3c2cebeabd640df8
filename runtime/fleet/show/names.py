"""Names of many hosts in few words, and changes in one line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from ....compiler.diff.plans import Change, Kind
from ....compiler.shell.printable import printable

_SIGNS = {Kind.ADDED: "+", Kind.REMOVED: "-", Kind.CHANGED: "~"}
_MOST = 8  # names or stretches of names
_NUMBERED = re.compile(r"(.*?)(\d{1,9})([^\d]*)")
_LEAST_STRETCH = 3
_WORDS = 12  # of a changed text


def hosts_named(names: Iterable[str], most: int = _MOST) -> str:
    """`web1 to web6, web8 and 3 more`."""
    found = list(_stretches(list(names)))
    shown = found if len(found) <= most + 1 else found[:most]
    more = sum(number for _, number in found[len(shown) :])
    text = ", ".join(name for name, _ in shown)
    return f"{text} and {more} more" if more else text


def _stretches(names: Sequence[str]) -> Iterator[tuple[str, int]]:
    """Names whose numbers follow one another as one; with how many hosts each is."""
    start = 0
    for place in range(1, len(names) + 1):
        if place < len(names) and _follows(names[place - 1], names[place]):
            continue
        number = place - start
        if number >= _LEAST_STRETCH:
            yield f"{printable(names[start])} to {printable(names[place - 1])}", number
        else:
            yield from ((printable(name), 1) for name in names[start:place])
        start = place


def _follows(one: str, other: str) -> bool:
    first, second = _NUMBERED.fullmatch(one), _NUMBERED.fullmatch(other)
    if first is None or second is None:
        return False
    same = first[1] == second[1] and first[3] == second[3]
    return same and int(second[2]) == int(first[2]) + 1


def change_lines(change: Change) -> Iterator[str]:
    """A change in a line or a few, without colours."""
    where = f" {change.where[0]}" if change.where else ""
    sign = _SIGNS[change.kind]
    if not change.fields:
        yield printable(f"{sign} {change.subject}{where}")
    for field in change.fields:
        old, new = _different_words(field.old, field.new)
        yield printable(f"{sign} {change.subject}{where}: {field.name}: {old} -> {new}")
    mark = sign if change.kind is not Kind.CHANGED else " "
    yield from (printable(f"  {mark} {line}") for line in change.lines)


def _different_words(old: str, new: str) -> tuple[str, str]:
    """The words in which two texts differ, and the one before them."""
    one, other = old.split(), new.split()
    least = min(len(one), len(other))
    start = next((n for n in range(least) if one[n] != other[n]), least)
    rest = least - start
    end = next((n for n in range(rest) if one[-1 - n] != other[-1 - n]), rest)
    first = max(0, start - 1)
    return _words(one, first, end), _words(other, first, end)


def _words(words: list[str], first: int, end: int) -> str:
    found = words[first : len(words) - end]
    text = " ".join(found[:_WORDS])
    return f"{text or '(none)'}{' ...' if len(found) > _WORDS else ''}"
