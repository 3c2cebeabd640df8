"""What the steps of a plan remove or replace for good."""

from __future__ import annotations

from ..plan.model import Role, Step
from ..plan.titles import subcommand
from ..plan.work import Process, Shell
from ..shell.removing import removals

_OF_BORG = {
    "prune": "archives that no rule keeps",
    "compact": "the data of deleted archives",
    "delete": "archives",
    "recreate": "archives, replaced by new ones",
}


def destroyed(step: Step) -> tuple[str, ...]:
    """What is gone once a step has run, in words; of a hook the commands that remove something. Empty for most. Not
    what the plan itself has made: snapshots and mounts."""
    if isinstance(step.work, Shell):
        return removals(step.work.written)
    if not isinstance(step.work, Process) or step.role is Role.SNAPSHOT:
        return ()
    if step.work.consent:
        return (step.work.consent,)
    what = _OF_BORG.get(subcommand(step))
    return (what,) if what else ()
