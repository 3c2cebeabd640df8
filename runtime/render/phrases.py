"""Small phrases that several outputs need."""

from __future__ import annotations

from ...compiler.plan.exits import Outcome
from ...compiler.support.record import TYPE_CHECKING
from ..engine.sizes import ArchiveSize, in_units
from ..engine.tally import NO_TALLY, Tally

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ...compiler.plan.model import Plan, StepId
    from ..engine.runner import Result
    from ..journal.at_hand import AtHand

_SUPPOSED = {
    Outcome.HARD: "fails",
    Outcome.SOFT: "exits with a soft failure",
    Outcome.INTERRUPTED: "is interrupted",
}


def count(number: int, one: str, many: str = "") -> str:
    """`1 file`, `1,204 files`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def ago(seconds: float) -> str:
    """`5 minutes ago`, `29 hours ago`, `3 days ago`."""
    minutes = max(0, int(seconds // 60))
    if minutes < 120:
        return f"{count(minutes, 'minute')} ago"
    hours = minutes // 60
    return f"{hours} hours ago" if hours < 48 else f"{hours // 24} days ago"


def sized(size: ArchiveSize, tally: Tally = NO_TALLY) -> str:
    """`2,110 files (12 new), 9.04 GB original size, 12.00 MB added to the repository, 3 unreadable`."""
    kinds = ((tally.new, "new"), (tally.changed, "changed"))
    told = ", ".join(f"{number:,} {kind}" for number, kind in kinds if number is not None)
    text = f"{size.files:,} file{'' if size.files == 1 else 's'}{f' ({told})' if told else ''}"
    text += f", {in_units(size.original)} original size"
    if size.added is not None:
        text += f", {in_units(size.added)} added to the repository"
    if tally.unreadable:
        text += f", {tally.unreadable:,} unreadable"
    return text


def supposed(plan: Plan, results: Mapping[StepId, Result]) -> str:
    """`If step 3 fails and step 5 is interrupted`."""
    words = [
        f"step {number} {_SUPPOSED[results[step.id].outcome]}"
        for number, step in enumerate(plan.steps, 1)
        if step.id in results
    ]
    return f"If {' and '.join(words)}"


def tidied(tally: Tally) -> str:
    """What prune and compact did: `2 archives pruned, 14 kept`, `about 56.00 MB freed`; empty for anything else."""
    found = []
    if tally.pruned is not None and tally.kept is not None:
        found.append(f"{count(tally.pruned, 'archive')} pruned, {tally.kept:,} kept")
    if tally.freed is not None:
        found.append(f"about {in_units(tally.freed)} freed")
    return ", ".join(found)


def no_single_run(name: str, number: int, about: AtHand) -> str:
    """Why a name doesn't tell one of the runs of the past, of which that many fit it."""
    if name == "last" and not about.is_all:
        return "no run of these files is recorded; --all includes runs of other files"
    return f"{'several runs begin with' if number else 'there is no run'} `{name}`"
