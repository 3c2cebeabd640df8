"""What Borg is asked to tell for borgplan itself, in sentences: how far it is, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ...compiler.plan.listing import Listing
from ...compiler.plan.model import Plan
from ...compiler.plan.progress import COUNTING, PROGRESS
from ...compiler.plan.titles import listed, subcommand
from ...compiler.plan.work import Process

_UNSEEN = (Listing.COUNTED, Listing.QUIET)


def added_flags(plan: Plan) -> Iterator[str]:
    """A sentence for each kind that the plan has."""
    added = (
        [f"{PROGRESS} to {names}"] if (names := _names(plan, lambda w: bool(w.progress_at))) else []
    )
    if names := _names(plan, lambda work: bool(work.counts_at)):
        added.append(
            f"{' '.join(COUNTING)} to {names} (files are counted, from the second backup on)"
        )
    if added:
        yield f"While progress is shown, these are added: {', and '.join(added)}."
    if counted := _names(plan, lambda work: work.listing in _UNSEEN):
        yield f"For the summary, Borg lists what {counted} did (--list, --info): counted, not shown."


def _names(plan: Plan, has: Callable[[Process], bool]) -> str:
    """The subcommands of which that holds."""
    steps = (step for step in plan.steps if isinstance(step.work, Process) and has(step.work))
    names = tuple(dict.fromkeys(subcommand(step) or step.title for step in steps))
    return listed(names)
