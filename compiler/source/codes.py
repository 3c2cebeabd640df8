"""The codes of diagnostics, and which of them are wanted.

A prefix stands for all codes that begin with it: `BP3` for BP301 to BP399.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from ..support.record import NamedTuple

_NUMBERS = (
    101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111, 112, 113, 114, 115, 116, 117, 118,
    119, 120, 121, 122, 123, 124, 131, 132, 133, 141, 142, 143,
    201, 202, 203, 204, 205, 206, 207, 208, 209, 210, 211, 212, 213, 214, 215, 216, 217, 218,
    219, 220, 221, 222, 223, 224, 225, 226, 227, 228, 229, 230, 231, 232, 233, 234, 235, 240,
    241, 243, 245,
    301, 302, 303, 304, 305, 306, 307, 308, 309, 310, 311, 312, 313, 320, 321, 322, 323, 324,
    325, 327, 328, 329, 330, 331, 341, 342, 343, 344, 345, 346, 350, 351, 352, 353, 354, 355, 356, 357,
    358, 359, 360, 361,
    370, 371, 372, 373, 374, 375, 376, 377, 378,
    380, 381, 382, 383, 384, 385, 386, 387, 388, 389,
    390, 391, 392, 393, 394, 395, 396, 397, 398, 399,
    401, 402, 403, 404, 405, 407, 408, 409, 410, 411, 412, 413, 414, 415, 416, 417, 418, 419,
    420, 421, 422, 424, 425, 426, 427, 430, 431, 432, 433, 434, 435, 436, 438, 439, 440, 441,
    442, 443, 444, 445, 446, 447, 448, 449, 470, 471, 472, 473,
    501, 511,
    601, 602, 603, 604, 610, 611, 612, 613, 614, 615, 616, 617, 618, 619, 620, 630, 631, 632, 633,
    701, 702, 703, 704, 705,
    801, 802, 803, 804, 805, 806, 811, 812, 851, 852,
    901, 902, 903,
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
