"""What Borg is asked to tell for those who watch a run, or who want its files counted."""

from __future__ import annotations

from .listing import Listing
from .work import Process

PROGRESS = "--progress"  # of Borg: its log tells how far it is
# Files that were added, modified, or can't be read; without the many that are unchanged.
COUNTING = ("--list", "--filter", "AME")


def with_counts(process: Process) -> Process:
    """A process that lists what it does for the summary, if it is one that does so on demand."""
    if process.listing is not Listing.WATCHED:
        return process
    return _with(COUNTING, process)._replace(listing=Listing.COUNTED)


def with_progress(process: Process) -> Process:
    """A process as it runs while somebody watches."""
    if not process.progress_at:
        return process
    return _with((PROGRESS,), with_counts(process))._replace(progress_at=0)


def _with(words: tuple[str, ...], process: Process) -> Process:
    at = process.progress_at
    return process._replace(argv=(*process.argv[:at], *words, *process.argv[at:]))
