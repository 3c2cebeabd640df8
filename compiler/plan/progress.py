"""Processes whose progress somebody watches."""

from __future__ import annotations

from .work import Process

PROGRESS = "--progress"  # of Borg: its log tells how far it is


def with_progress(process: Process) -> Process:
    """A process as it runs while somebody watches."""
    at = process.progress_at
    argv = (*process.argv[:at], PROGRESS, *process.argv[at:]) if at else process.argv
    return process._replace(argv=argv, progress_at=0)
