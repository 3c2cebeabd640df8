"""What has a colour in a plan: only what destroys something, and what runs only after a failure."""

from __future__ import annotations

from ...compiler.plan.model import Step
from ...compiler.support.record import TYPE_CHECKING
from ..report.style import Style

if TYPE_CHECKING:
    from ..report.style import Paint


def tone_of(step: Step, style: Style) -> Paint | None:
    """The colour of a step. Without colour nothing is looked at, which would take longer than the rest."""
    if not style.color:
        return None
    from ...compiler.analysis.destruction import destroyed
    from ...compiler.analysis.failures import is_usual

    if destroyed(step):
        return "red"
    return None if is_usual(step) else "yellow"
