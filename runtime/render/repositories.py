"""What came of a run in each repository, as lines with colours."""

from __future__ import annotations

from collections.abc import Iterable

from ..engine.record_wording import Line, as_text, lines
from ..engine.repositories import RepositoryRecord
from ..report.style import Style


def blocks(records: Iterable[RepositoryRecord], style: Style) -> list[str]:
    """The lines of all that there is something to say of. Two that say the same are one."""
    found = dict.fromkeys(
        tuple(_painted(line, style) for line in lines(record)) for record in records
    )
    return [line for block in found for line in block]


def _painted(line: Line, style: Style) -> str:
    text = as_text(line)
    if line.is_bad:
        return style.paint(text, "red")
    return style.paint(text, "yellow") if line.warns else text
