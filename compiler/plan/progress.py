"""What Borg is asked to tell for those who watch a run, or who want its files counted."""

from __future__ import annotations

from .listing import Listing
from .work import Process

PROGRESS = "--progress"  # of Borg: its log tells how far it is
# Files that were added, modified, or can't be read; without the many that are unchanged.
COUNTING = ("--list", "--filter", "AME")


def with_counts(process: Process) -> Process:
    """A process that lists what it does for the summary, if it is one that can."""
    at = process.counts_at
    if not at:
        return process
    # Flags of one place may stand in any order.
    shift = len(COUNTING) if process.progress_at > at else 0
    return process._replace(
        argv=(*process.argv[:at], *COUNTING, *process.argv[at:]),
        listing=Listing.COUNTED,
        counts_at=0,
        progress_at=process.progress_at + shift,
    )


def with_progress(process: Process, *, counts: bool) -> Process:
    """A process as it runs while somebody watches. `counts`: whether its files are counted, where that can be done."""
    process = with_counts(process) if counts else process
    at = process.progress_at
    argv = (*process.argv[:at], PROGRESS, *process.argv[at:]) if at else process.argv
    return process._replace(argv=argv, progress_at=0)
