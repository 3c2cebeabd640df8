"""What moving to another generation changes, as text and as data."""

from __future__ import annotations

from collections.abc import Sequence

from ...compiler.diff.upgrade import Change
from ...compiler.plan.model import Plan
from ...compiler.shell.printable import printable
from ..report.style import Style
from ..report.wrapping import fitted
from .diagnostics import place
from .phrases import count


def render(old: Plan, new: Plan, changes: Sequence[Change], style: Style) -> str:
    title = f"From borgmatic {old.semantics} to {new.semantics}"
    if not changes:
        same = f"{title}: nothing changes; the same commands run in the same order."
        return fitted([same], style.columns)
    lines = [f"{title}: {count(len(changes), 'change')}.", ""]
    for change in changes:
        is_written = not change.origin.file.startswith("<")
        where = f"  {style.paint(place(change.origin), 'dim')}" if is_written else ""
        lines.append(f"{style.paint(printable(change.subject), 'cyan')}{where}")
        lines += [f"    {printable(what)}" for what in change.what]
    return fitted(lines, style.columns)


def as_data(old: Plan, new: Plan, changes: Sequence[Change]) -> dict[str, object]:
    return {
        "format": "borgplan-preview",
        "version": 1,
        "from": old.semantics,
        "to": new.semantics,
        "changes": [
            {
                "subject": change.subject,
                "what": list(change.what),
                "file": change.origin.file,
                "line": change.origin.line,
            }
            for change in changes
        ],
    }
