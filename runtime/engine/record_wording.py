"""What came of a run in a repository, in words: for the summary, `show` and messages to services."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...compiler.shell.printable import printable
from ...compiler.support.record import NamedTuple
from .repositories import Backup, RepositoryRecord
from .sizes import ArchiveSize, in_units
from .tally import Tally
from .wording import elapsed

_OF_ARCHIVES = ("Files", "Size", "Added", "Time")
_OF_REPOSITORIES = ("Prune", "Compact", "Check")


class Line(NamedTuple):
    """`level`: 0 for a headline, 1 for what belongs to it, 2 for an item of that. `label`: what it is about, or empty.
    `is_bad`: a backup isn't there; `warns`: it isn't as it should be."""

    text: str
    level: int = 1
    label: str = ""
    is_bad: bool = False
    warns: bool = False


def lines(record: RepositoryRecord) -> Iterator[Line]:
    """All that is known of a repository; nothing where nothing is."""
    if not record.says_something:
        return
    for backup in record.backups:
        yield from _backup(backup)
    if not any(backup.archive or backup.is_missing or backup.hidden for backup in record.backups):
        yield Line(f"Repository {record.repository} of {record.configuration}:", 0)
    if record.pruned is not None and record.kept is not None:
        yield Line(f"{_archives(record.pruned)} deleted, {record.kept:,} kept", label="Prune")
    if record.freed is not None:
        yield Line(f"about {in_units(record.freed)} freed", label="Compact")
    for check in record.checks:
        found = "no problems found" if check.is_good else "NOT PASSED"
        text = f"{', '.join(check.names)}: {found}, {elapsed(check.seconds)}"
        yield Line(text, label="Check", is_bad=not check.is_good)


def brief(record: RepositoryRecord) -> list[str]:
    """The same for a message: a line for a backup, one for each thing that is wrong with it, and one for the rest."""
    told: list[str] = []
    head = 0
    for line in lines(record):
        about = f"{line.label.lower()} {printable(line.text)}"
        if line.level == 0:
            head = len(told)
            told.append(as_text(line).removesuffix(":"))
        elif line.label in _OF_ARCHIVES:
            told[head] += f"; {about}"
        elif line.label in _OF_REPOSITORIES:
            told.append(f"{record.label or record.repository}: {about}")
        elif line.label:
            told.append(f"{line.label}: {printable(line.text)}")
        else:
            told.append(as_text(line).strip())
    return told


def suddenly_small(made: Iterable[Backup]) -> str:
    """`but 1 backup is EMPTY`, `but 2 backups are less than a tenth of the last ones`; empty if none is."""
    small = [backup for backup in made if backup.growth.shrunk]
    if not small:
        return ""
    one = len(small) == 1
    is_empty = all(backup.is_empty for backup in small)
    what = smallness(is_empty=is_empty) + ("" if one or is_empty else "s")
    return f"but {_count(len(small), 'backup')} {'is' if one else 'are'} {what}"


def smallness(*, is_empty: bool) -> str:
    """How little a backup suddenly has in it: what it `is`, in all texts."""
    return "EMPTY" if is_empty else "less than a tenth of the last one"


def _backup(backup: Backup) -> Iterator[Line]:
    of = f"{backup.configuration} in {backup.repository}"
    if backup.is_missing:
        text = f"No backup of {backup.configuration} was made in {backup.repository}."
        yield Line(text, 0, is_bad=True)
    elif backup.hidden:
        text = (
            f"Backup of {of} is incomplete: archive {backup.hidden}, which Borg hides, and prunes once a complete one"
            " is newer"
        )
        yield Line(text, 0, is_bad=True)
    elif backup.archive:
        yield Line(f"Backup of {of}: archive {backup.archive}", 0)
        yield from _shrunk(backup)
        yield from _unreadable(backup.tally)
        if backup.size is not None:
            yield from _sizes(backup, backup.size)


def _sizes(backup: Backup, size: ArchiveSize) -> Iterator[Line]:
    yield Line(files(size, backup.tally), label="Files")
    since = backup.growth.since_last
    text = in_units(size.original)
    if since is not None:
        change = (
            "the same as" if not since else f"{'' if since < 0 else '+'}{in_units(since)} since"
        )
        text += f" ({change} the last backup)"
    if size.compressed is not None:
        text += f", {in_units(size.compressed)} compressed"
    yield Line(text, label="Size")
    if size.added is not None:
        times = backup.growth.times_usual
        text = f"{in_units(size.added)}{f', {times:,} times the usual' if times else ''}"
        if backup.tally.stored is not None:
            text += f"; the repository holds {in_units(backup.tally.stored)}"
        yield Line(text, label="Added", warns=bool(times))
    if backup.seconds is not None:
        yield Line(elapsed(backup.seconds), label="Time")


def files(size: ArchiveSize, tally: Tally) -> str:
    """`2,110 (12 new, 30 changed, 2,068 unchanged)`; `302, all new`."""
    if size.files and tally.new == size.files and not tally.unsteady:
        return f"{size.files:,}, all new"
    kinds = (
        (tally.new, "new"), (tally.changed, "changed"), (tally.unchanged, "unchanged"),
        (tally.unsteady or None, "changed while Borg read them"),
    )  # fmt: skip
    told = ", ".join(f"{number:,} {kind}" for number, kind in kinds if number is not None)
    return f"{size.files:,}{f' ({told})' if told else ''}"


def _shrunk(backup: Backup) -> Iterator[Line]:
    """Plainly: something is wrong with the sources, or with the patterns."""
    if not backup.growth.shrunk:
        return
    last = backup.last
    had = "" if last is None else f"{_count(last.files, 'file')}, {in_units(last.original)}"
    then = f"{'; the last one' if backup.is_empty else ', which'} had {had}" if had else ""
    text = f"this backup is {smallness(is_empty=backup.is_empty)}{then}"
    yield Line(text, label="WARNING", warns=True)


def _unreadable(tally: Tally) -> Iterator[Line]:
    if not tally.unreadable:
        return
    number = tally.unreadable
    what = "1 file or directory" if number == 1 else f"{number:,} files or directories"
    yield Line(f"{what} could not be read, and so not backed up:", label="WARNING", warns=True)
    for path, why in tally.unreadable_files:
        yield Line(f"{path}{f': {why}' if why else ''}", 2, warns=True)
    if number > len(tally.unreadable_files):
        yield Line(f"and {number - len(tally.unreadable_files):,} more", 2, warns=True)


_LABEL = 9  # columns


def as_text(line: Line) -> str:
    """As it is read, without colours."""
    text = printable(line.text)
    if line.level == 0:
        return text
    if line.label:
        return f"  {line.label + ':':<{_LABEL}} {text}"
    return f"{' ' * 6}{text}"


def _archives(number: int) -> str:
    return _count(number, "archive")


def _count(number: int, one: str) -> str:
    return f"{number:,} {one}{'' if number == 1 else 's'}"
