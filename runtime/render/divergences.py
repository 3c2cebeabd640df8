"""Where a run differs from borgmatic's on purpose, as text and as data."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import fill

from ...compiler.semantics.divergences import Divergence
from ..report.style import Style

_COLUMN = 13  # where texts begin, behind names


def render(found: Sequence[Divergence], style: Style) -> str:
    """A paragraph each."""
    lines = [
        fill(
            each.text,
            style.width,
            initial_indent=f"{each.name + ':':<{_COLUMN}}",
            subsequent_indent=" " * _COLUMN,
        )
        for each in found
    ]
    text = "".join(f"{line}\n" for line in lines)
    return text or "This run has no intentional differences from borgmatic.\n"


def as_data(found: Sequence[Divergence]) -> dict[str, object]:
    """For JSON."""
    return {
        "format": "borgplan-differences",
        "version": 1,
        "differences": [{"name": each.name, "text": each.text} for each in found],
    }
