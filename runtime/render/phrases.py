"""Small phrases that several outputs need."""

from __future__ import annotations

from ...compiler.plan.exits import Outcome
from ...compiler.support.record import TYPE_CHECKING
from ..engine.sizes import ArchiveSize, Growth, in_units

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ...compiler.plan.model import Plan, StepId
    from ..engine.runner import Result
    from ..journal.at_hand import AtHand

NOTHING_SPECIAL = Growth()
_SUPPOSED = {
    Outcome.HARD: "fails",
    Outcome.SOFT: "exits with a soft failure",
    Outcome.INTERRUPTED: "is interrupted",
}


def count(number: int, one: str, many: str = "") -> str:
    """`1 file`, `2 files`."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def elapsed(seconds: float) -> str:
    """`1.5 s`, `2:05 min`, `3:02:05`."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d} min"


def ago(seconds: float) -> str:
    """`5 minutes ago`, `29 hours ago`, `3 days ago`."""
    minutes = max(0, int(seconds // 60))
    if minutes < 120:
        return f"{count(minutes, 'minute')} ago"
    hours = minutes // 60
    return f"{hours} hours ago" if hours < 48 else f"{hours // 24} days ago"


def sized(size: ArchiveSize, growth: Growth = NOTHING_SPECIAL) -> str:
    """`200 files, 1.20 GB original size (+30.00 MB since the last), 12.00 MB added to the repository`."""
    since = growth.since_last
    change = f" ({'' if since < 0 else '+'}{in_units(since)} since the last)" if since else ""
    text = f"{count(size.files, 'file')}, {in_units(size.original)} original size{change}"
    if size.added is not None:
        text += f", {in_units(size.added)} added to the repository"
    if growth.times_usual:
        text += f", {growth.times_usual} times the usual"
    return text


def supposed(plan: Plan, results: Mapping[StepId, Result]) -> str:
    """`If step 3 fails and step 5 is interrupted`."""
    words = [
        f"step {number} {_SUPPOSED[results[step.id].outcome]}"
        for number, step in enumerate(plan.steps, 1)
        if step.id in results
    ]
    return f"If {' and '.join(words)}"


def no_single_run(name: str, number: int, about: AtHand) -> str:
    """Why a name doesn't tell one of the runs of the past, of which that many fit it."""
    if name == "last" and not about.is_all:
        return "no run of these files is recorded; --all includes runs of other files"
    return f"{'several runs begin with' if number else 'there is no run'} `{name}`"
