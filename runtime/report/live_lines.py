"""How far a step is, in words: the parts of a block on a terminal, and a line for elsewhere."""

from __future__ import annotations

from ...compiler.shell.printable import printable
from ...compiler.support.record import NamedTuple
from ..engine.progress import ArchiveProgress, Estimate, Expected, PartProgress, Progress
from ..engine.sizes import in_units


class Running(NamedTuple):
    """A step that runs. `lane`: the name of what runs beside others; empty if nothing does. `title`: what it is;
    `seconds`: since it began."""

    lane: str
    number: int
    total: int
    title: str
    seconds: float
    progress: Progress | None
    estimate: Estimate
    expected: Expected


def clock(seconds: float) -> str:
    """`0:05`, `12:31`, `1:02:05`."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def label(running: Running) -> str:
    return f"[{running.number}/{running.total}]"


def amounts(running: Running) -> list[str]:
    """What an archive has so far, the most important first; nothing for other steps."""
    progress = running.progress
    if not isinstance(progress, ArchiveProgress):
        return []
    found = [
        f"{progress.files:,} file{'' if progress.files == 1 else 's'}",
        in_units(progress.original),
    ]
    if progress.added is not None:
        found.append(f"{in_units(progress.added)} new")
    if progress.compressed is not None:
        found.append(f"{in_units(progress.compressed)} compressed")
    return found


def pace(running: Running) -> list[str]:
    """How much longer, how fast; what the last run took, where nothing else tells."""
    estimate, expected = running.estimate, running.expected
    found = []
    if estimate.left is not None:
        found.append(f"about {clock(estimate.left)} left")
    elif expected.seconds is not None and expected.seconds >= 1:
        found.append(f"last time {clock(expected.seconds)}")
    if estimate.rate is not None:
        found.append(f"{in_units(estimate.rate)}/s")
    progress, last = running.progress, expected.size
    if isinstance(progress, ArchiveProgress) and last and progress.original > last.original > 0:
        found.append(f"more than last time ({in_units(last.original)})")
    return found


def share(running: Running) -> str:
    """`62%`; `~62%` where it is a guess; empty if nothing is known."""
    estimate = running.estimate
    if estimate.done is None:
        return ""
    return f"{'' if estimate.is_told else '~'}{int(estimate.done * 100)}%"


def doing(running: Running) -> str:
    """The path that is read, or what Borg says that it does; empty if it says nothing."""
    match running.progress:
        case ArchiveProgress(path=path):
            return printable(path)
        case PartProgress(text=text):
            return printable(text)
        case None:
            return ""


def line_of(running: Running) -> str:
    """All of it on one line."""
    parts = [clock(running.seconds), share(running), *amounts(running), *pace(running)]
    text = f"{label(running)} {running.title}: {', '.join(part for part in parts if part)}"
    what = doing(running)
    return f"{text}: {what}" if what else text
