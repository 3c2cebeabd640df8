"""What there is to know of a step beside its command, for a plan as text."""

from __future__ import annotations

from ...compiler.plan.model import Role, Step
from ...compiler.plan.spot import described
from ...compiler.plan.titles import listed
from ...compiler.plan.words import text_of
from ...compiler.plan.work import Process, Shell
from .phrases import count

_DUMPED_ONCE = (
    "databases: dumped once for all repositories, into files for which there has to be room"
)


def heading_of(step: Step) -> str:
    """What a step stands under, with its neighbours of the same hook, or of the same use."""
    if step.role is Role.DUMP:
        return _DUMPED_ONCE
    return f"{step.title}: {step.reason}" if step.role is Role.HOOK else step.reason


def limits(step: Step) -> str:
    """What the project file says about a step."""
    words = [f"named {step.name}"] if step.name else []
    if step.timeout is not None:
        words.append(f"stopped after {duration(step.timeout)}")
    if step.repeat.times:
        wait = f", {duration(step.repeat.wait)} apart" if step.repeat.wait else ""
        words.append(f"on failure retried at most {count(step.repeat.times, 'time')}{wait}")
    return "; ".join(words)


def effects(step: Step) -> str:
    """What a command does that its words don't show."""
    words = []
    if isinstance(step.work, Process) and step.work.needs:
        words.append("fails if any required path is missing")
    if step.role is Role.DUMP:
        words.append(step.reason)
    if step.role is Role.DUMP and isinstance(step.work, Process) and step.work.feeds:
        words.append("each dump is checked before it becomes a part of what is backed up")
    elif isinstance(step.work, Process) and step.work.feeds:
        words.append(
            "each dump begins when Borg reads it, and is checked before the archive gets its name"
        )
    if isinstance(step.work, Process) and step.work.leaves:
        paths = listed(tuple(text_of(product.path) for product in step.work.leaves))
        words.append(f"fails if {paths} is missing or empty afterwards")
    if isinstance(step.work, Process) and step.work.spot is not None:
        words.append(described(step.work.spot))
    if isinstance(step.work, Process) and step.work.records:
        words.append("the date of a successful check is recorded")
    return "; ".join(words)


def duration(seconds: int) -> str:
    """`90 s`, `5 min`, `2 h`: in the largest unit that gives a whole number."""
    for unit, name in ((3600, "h"), (60, "min")):
        if seconds >= 2 * unit and seconds % unit == 0:
            return f"{seconds // unit} {name}"
    return f"{seconds} s"


def umask(step: Step) -> str:
    if isinstance(step.work, Shell) and step.work.umask is not None:
        return f"umask {step.work.umask:04o}"
    return ""
