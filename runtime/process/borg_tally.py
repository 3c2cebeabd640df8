"""Borg's work counted from what its log says of it.

Source: Borg's documentation, "JSON output" and `borg create`, "Item flags"; texts as 1.2.4 and 1.4 write them, those of
2.0's betas where they are known. A file that was listed as added or modified, and can't be read to its end, is listed
once more as an error.
"""

from __future__ import annotations

from collections.abc import Sequence

from ...compiler.plan.listing import Listing
from ...compiler.support.regex import lazily
from ..engine.sizes import ArchiveSize
from ..engine.tally import NAMED, Tally, Unreadable

LISTED = "borg.output.list"  # the logger of lists
_ADDED, _MODIFIED, _ERROR = "A", "M", "E"
# `home/anna/secret: open: [Errno 13] Permission denied: 'secret'`
_PROBLEM = lazily(r"(?s)(.+?): (?:[a-z_0-9]+: )?\[Errno \d+\] ([^:]+).*")
_TRIED_AGAIN = "next: retry: "
_UNSTEADY = ": file changed while we backed it up"
_KEEPING, _PRUNING = "Keeping archive ", "Pruning archive "
_FREED = lazily(
    r"(?:Remote: )?(?:compaction freed about|Compaction saved) (-?[0-9.]{1,20}) ([kKMGTPEZY]?i?)B\b.*"
)
_POWERS = "kMGTPEZY"
_SIZE = r"\s+(-?[0-9.]{1,20}) ([kKMGTPEZY]?i?)B"
# The table of `--stats`, which stands in the place of a report as JSON.
_FILES = lazily(r"Number of files: (\d{1,18})")
_THIS_ARCHIVE = lazily(rf"This archive:{_SIZE}{_SIZE}{_SIZE}")
_ALL_ARCHIVES = lazily(rf"All archives:{_SIZE}{_SIZE}{_SIZE}")


class Counting:
    """Takes what the log of one command says. `listing`: whether the command lists all that it does; `makes_archive`:
    whether it reads files for one."""

    def __init__(self, listing: Listing, *, makes_archive: bool) -> None:
        self._lists = listing is not Listing.NONE
        self._makes_archive = makes_archive
        self.stored: int | None = None
        self._freed: int | None = None
        self._files_told: int | None = None
        self._table: tuple[int, int, int] | None = None  # original, compressed, added
        self._counts = dict.fromkeys((_ADDED, _MODIFIED, _KEEPING, _PRUNING, _UNSTEADY), 0)
        self._unreadable = 0
        self._named: list[Unreadable] = []
        self._listed = ("", "")  # the last file, and its status
        self._problem = ""  # the path of the last one

    def status(self, status: str, path: str) -> None:
        """A file, as it is listed."""
        before, self._listed = self._listed, (path, status)
        if status in self._counts:
            self._counts[status] += 1
        elif status == _ERROR:
            if before[0] == path and before[1] in self._counts:
                self._counts[before[1]] -= 1
            if path != self._problem:
                self._miss(path, "")

    def warning(self, text: str) -> None:
        """A warning, as it is logged."""
        if not self._makes_archive:
            return
        if text.endswith(_UNSTEADY):
            self._counts[_UNSTEADY] += 1
            return
        if "[Errno " in text and _TRIED_AGAIN not in text and (found := _PROBLEM.fullmatch(text)):
            self._problem = found[1]
            self._miss(found[1], found[2].strip())

    def _miss(self, path: str, why: str) -> None:
        self._unreadable += 1
        if len(self._named) < NAMED:
            self._named.append(Unreadable(path, why))

    def told(self, name: object, text: str) -> None:
        """Anything else that is logged, by the logger of that name."""
        if name == LISTED:
            for kind in (_KEEPING, _PRUNING):
                self._counts[kind] += text.startswith(kind)
        elif "ompaction" in text and (found := _FREED.fullmatch(text)):
            self._freed = _bytes(found[1], found[2])

    def statistics(self, text: str) -> None:
        """A line of the table that Borg prints for people."""
        if found := _FILES.fullmatch(text):
            self._files_told = int(found[1])
        elif found := _THIS_ARCHIVE.fullmatch(text):
            self._table = _row(found.groups())
        elif (found := _ALL_ARCHIVES.fullmatch(text)) and (row := _row(found.groups())):
            self.stored = row[2]

    @property
    def size(self) -> ArchiveSize | None:
        """Of the archive, as that table has it."""
        if self._files_told is None or self._table is None:
            return None
        return ArchiveSize(self._files_told, *self._table, is_rounded=True)

    def tally(self, size: ArchiveSize | None) -> Tally:
        """What is known. `size`: of the archive that was made."""
        if self._makes_archive:
            found = Tally(unsteady=self._counts[_UNSTEADY], unreadable=self._unreadable,
                unreadable_files=tuple(self._named), stored=self.stored)  # fmt: skip
            return self._of_files(found, size) if self._lists else found
        if not self._lists:
            return Tally(freed=self._freed)
        kept, pruned = self._counts[_KEEPING], self._counts[_PRUNING]
        if not kept and not pruned:
            return Tally(freed=self._freed)  # it lists no archives
        return Tally(pruned=pruned, kept=kept, freed=self._freed)

    def _of_files(self, tally: Tally, size: ArchiveSize | None) -> Tally:
        new, changed = self._counts[_ADDED], self._counts[_MODIFIED]
        rest = -1 if size is None else size.files - new - changed
        return tally._replace(new=new, changed=changed, unchanged=rest if rest >= 0 else None)


def _row(groups: Sequence[str]) -> tuple[int, int, int] | None:
    """Three sizes, if they are some."""
    sizes = [_bytes(*pair) for pair in zip(groups[::2], groups[1::2], strict=True)]
    known = [size for size in sizes if size is not None]
    return (known[0], known[1], known[2]) if len(known) == 3 else None


def _bytes(number: str, unit: str) -> int | None:
    """`1.50` and `k` as 1500."""
    base = 1024 if unit.endswith("i") else 1000
    power = _POWERS.find(unit[0].replace("K", "k")) + 1 if unit else 0
    try:
        return round(float(number) * float(base**power))
    except ValueError:
        return None
