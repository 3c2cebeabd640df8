"""What Borg is asked about an archive before its dumps are restored: commands that change nothing."""

from __future__ import annotations

from ..borg.action_inputs import LATEST, newest
from ..borg.target import Target, extra, flags
from ..borg.versions import SERIES
from ..plan.actions import Action
from ..plan.words import Word
from ..plan.work import SHOWN, Process
from .archive_layout import LISTED


def latest(target: Target) -> Process:
    """Its last line names the newest archive."""
    return newest(target, "").command


def name_of(target: Target, archive: str, answer: str) -> str:
    """The archive to restore from, as commands take it. `answer`: to `latest`, where that was asked for."""
    if archive != LATEST:
        return archive
    return f"aid:{answer}" if answer and target.version.knows(SERIES) else answer


def listing(target: Target, archive: str) -> Process:
    """Prints a line of JSON for each path that has to do with dumps."""
    argv: tuple[Word, ...] = (
        "list", "--log-json", *flags(target, Action.LIST), "--json-lines",
        *target.at(archive), f"re:{LISTED}",
    )  # fmt: skip
    return target.command(argv, argv)._replace(output=SHOWN)


def content(target: Target, archive: str, path: str) -> Process:
    """Prints the one file that lies exactly there (a path prefix: nothing lies below a file; Borg 1.2 tells of `pf:`
    patterns that they never matched)."""
    argv = (*_extract(target), "--stdout", *target.at(archive), f"pp:{path}")
    dry = (*_extract(target), "--dry-run", *target.at(archive), f"pp:{path}")
    return target.command(argv, dry)._replace(output=SHOWN)


def files(target: Target, archive: str, path: str, location: str) -> Process:
    """Writes what lies there and below it into the current directory. `location`: the repository from there."""
    parts = str(path.count("/") + 1)
    place = target.at(archive, location=location)
    argv = (*_extract(target), "--strip-components", parts, *place, f"pp:{path}")
    dry = (*_extract(target), "--dry-run", *place, f"pp:{path}")
    return target.command(argv, dry)


def _extract(target: Target) -> tuple[str, ...]:
    return ("extract", "--log-json", *flags(target, Action.EXTRACT), *extra(target, "extract"))
