"""The codes of diagnostics, and which of them are wanted.

A prefix stands for all codes that begin with it: `BP3` for BP301 to BP399.
"""

from collections.abc import Collection, Iterable
from typing import NamedTuple

_NUMBERS = (
    *range(101, 120), 120, 121, 122, 123, 131, 132, 133, 141, 142, 143,
    *range(201, 236),
    *range(301, 310),
    *range(401, 417), *range(418, 423), 424, 425, 426,
    501,
    601, 602, 603,
    *range(701, 706),
    801, 802, 803, 804, 805, 811, 812,
)  # fmt: skip
KNOWN = frozenset(f"BP{number}" for number in _NUMBERS)


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
