"""Checks the files of a run, in as many processes as pay."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from ...compiler.config.model import Configuration
from ...compiler.lint.run import Report, Task, check_files, meanings
from ...compiler.lower.selection import Facts
from ...compiler.source.diagnostic import Diagnostics
from ..process.borg_version import borg_facts
from ..system.fork_pool import share_out, shares, usable_cores
from ..system.host import RealHost

_LEAST_FILES = 16  # for one process: starting one costs as much as checking a few files


def check(task: Task, jobs: int, diagnostics: Diagnostics) -> list[Report]:
    """A report for every file of the run, in their order; records what is wrong with the run.

    `jobs`: how many processes at most, 0 for one a core. Raises WorkerError if one of them dies.
    """
    files = task.run.files
    parts = shares(files, jobs or usable_cores(), _LEAST_FILES)
    found = share_out(
        parts,
        partial(check_files, task=task),
        partial(meanings, run=task.run, diagnostics=diagnostics),
    )
    by_path: dict[str, Report] = {report.path: report for part in found for report in part}
    return [by_path[path] for path in files]


def facts_of(host: RealHost) -> Callable[[Sequence[Configuration]], Facts]:
    """What is remembered of the Borg that configurations name; nothing is asked."""

    def facts(configurations: Sequence[Configuration]) -> Facts:
        return Facts(versions=borg_facts(configurations, host, ask=False))

    return facts
