"""The codes of diagnostics, and which of them are wanted.

A prefix stands for all codes that begin with it: `BP3` for BP301 to BP399.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable
from functools import cache

from ..support.record import NamedTuple

_PAGES = f"{os.path.dirname(__file__)}/../lint/pages"


@cache
def known_codes() -> frozenset[str]:
    """All of them: a page declares its code."""
    return frozenset(name[:-3] for name in os.listdir(_PAGES) if name.endswith(".md"))


def unknown(prefixes: Iterable[str], known: Collection[str]) -> list[str]:
    """Those that fit no known code."""
    return [p for p in prefixes if not p or not any(code.startswith(p) for code in known)]


class Choice(NamedTuple):
    """Prefixes of codes that are wanted (none: all), and of those that aren't."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()

    def takes(self, code: str) -> bool:
        """Of all prefixes that fit, the longest counts; of two equal ones `ignore`."""
        wanted = _longest(self.select, code) if self.select else 0
        return wanted > _longest(self.ignore, code)


def _longest(prefixes: tuple[str, ...], code: str) -> int:
    return max((len(prefix) for prefix in prefixes if code.startswith(prefix)), default=-1)


class LintSettings(NamedTuple):
    """What `lint` reports: codes and prefixes of codes, and the lowest severity; empty if not said."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: str = ""
