"""Many errors of one kind in one file are mostly one mistake: the first of them are told, and how many there are.

For reports. What decides anything, an exit code or a baseline, looks at all of them.
"""

from __future__ import annotations

from collections.abc import Iterable

from .diagnostic import Diagnostic, Severity

SHOWN = 20  # of a kind in a file; a list that is longer is not read


def folded(found: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Those to report, in their order; the last error of a kind stands for all that are left out."""
    everything = list(found)
    numbers: dict[tuple[str, str], int] = {}
    for item in everything:
        numbers[_kind(item)] = numbers.get(_kind(item), 0) + 1
    seen: dict[tuple[str, str], int] = {}
    kept = []
    for item in everything:
        place = seen[_kind(item)] = seen.get(_kind(item), 0) + 1
        left = numbers[_kind(item)] - SHOWN
        if item.severity is not Severity.ERROR or left < 2 or place <= SHOWN:
            kept.append(item)
        elif place == SHOWN + 1:
            kept.append(
                Diagnostic(
                    item.code,
                    item.severity,
                    f"and {left:,} more errors of this kind in this file after this one",
                    item.span,
                    "",
                )
            )
    return kept


def _kind(item: Diagnostic) -> tuple[str, str]:
    return item.code, item.span.file
