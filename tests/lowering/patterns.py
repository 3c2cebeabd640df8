"""What Borg backs up and leaves out: roots and rules, from wherever they are written.

`borg help patterns`: in a pattern file `R path` is a root, `P style` sets the style of lines without
one until the file ends, `+`, `-` and `!` are rules of which the first that fits counts. `--exclude` is
a `!` rule whose style is fm unless it names one.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from typing import NamedTuple

from tests.lowering.versions import at_least

_STYLED = re.compile(r"(fm|sh|re|pp|pf):(.*)", re.DOTALL)
# In these a slash at the end says something: what is in the directory, not the directory itself.
_SLASH_COUNTS = frozenset({"fm", "sh"})


class Selection(NamedTuple):
    """Roots in the order in which they are given, and rules in the order in which they are asked."""

    roots: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()

    def __add__(self, other: object) -> Selection:
        assert isinstance(other, Selection)
        return Selection(self.roots + other.roots, self.rules + other.rules)


def of_pattern_lines(lines: Iterable[str]) -> Selection:
    """The lines of one file, or of one `--pattern`."""
    roots, rules, style = [], [], "sh"
    for line in _cleaned(lines):
        kind, text = line[0], line[1:].lstrip()
        if kind in "Rr":
            roots.append(text)
        elif kind in "Pp":
            style = text
        else:
            rules.append(_rule(kind, text, style))
    return Selection(tuple(roots), tuple(rules))


def of_exclude_lines(lines: Iterable[str]) -> Selection:
    """The lines of one file of excludes."""
    return Selection(rules=tuple(_rule("!", line, "fm") for line in _cleaned(lines)))


def of_exclude(text: str) -> Selection:
    """One `--exclude`."""
    return Selection(rules=(_rule("!", text, "fm"),))


def normal_roots(roots: Iterable[str], version: str) -> tuple[str, ...]:
    """Without repetitions, sorted unless one is inside another: Borg passes over what it has had."""
    found = list(dict.fromkeys(_root(root, version) for root in roots))
    nested = any(
        one != other and one.startswith(other.rstrip("/") + "/") for one in found for other in found
    )
    return tuple(found if nested else sorted(found))


def _root(path: str, version: str) -> str:
    """From 1.4 on `/./` says where the stored part of a path begins."""
    before, slashdot, after = path.partition("/./")
    if slashdot and at_least(version, "1.4.0"):
        return f"{posixpath.normpath(before)}/./{posixpath.normpath(after)}"
    return posixpath.normpath(path)


def _rule(kind: str, text: str, style: str) -> str:
    named = _STYLED.fullmatch(text)
    if named:
        style, text = named.groups()
    if style == "re":
        return f"{kind} re:{text}"
    end = "/" if text.endswith("/") and style in _SLASH_COUNTS else ""
    return f"{kind} {style}:{posixpath.normpath(text).lstrip('/')}{end}"


def _cleaned(lines: Iterable[str]) -> list[str]:
    stripped = (line.strip() for line in lines)
    return [line for line in stripped if line and not line.startswith("#")]
