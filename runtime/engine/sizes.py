"""How large archives are: of a new one, and beside those that were made before it."""

from __future__ import annotations

from collections.abc import Sequence

from ...compiler.support.record import NamedTuple

_UNITS = ("B", "kB", "MB", "GB", "TB", "PB")
_TENTH = 10  # an archive of less than the tenth of the last one has lost something
_MANY_TIMES = 3  # of what archives usually add: worth a remark
_ROUNDED = 50  # a difference of two rounded sizes means something from this part of one on
_LEAST = 100_000_000  # bytes, below which no addition is remarkable


class ArchiveSize(NamedTuple):
    """Of a new archive, as Borg reports it: how many files, and bytes. `original`: of the files. `compressed`: as they
    are stored. `added`: those that the repository didn't have yet. None for what Borg doesn't report. `is_rounded`: to
    three digits or so, as in the table that Borg prints for people."""

    files: int
    original: int
    compressed: int | None = None
    added: int | None = None
    is_rounded: bool = False

    @property
    def is_empty(self) -> bool:
        return not self.files


class Growth(NamedTuple):
    """An archive beside those before it. `since_last`: bytes more of files than in the last one; None if that isn't
    known. `times_usual`: how many times it adds what archives here usually do; 0 where that is nothing special.
    `shrunk`: it has no files, or less than a tenth of the last one's bytes."""

    since_last: int | None = None
    times_usual: int = 0
    shrunk: bool = False


def growth(size: ArchiveSize, former: Sequence[ArchiveSize]) -> Growth:
    """`former`: of the same backup, the newest first."""
    if not former:
        return Growth(shrunk=size.is_empty)
    last = former[0]
    # Twice in a row nothing or little is how it is meant.
    shrunk = (size.is_empty and not last.is_empty) or size.original * _TENTH < last.original
    return Growth(_since(size, last), _times_usual(size, former), shrunk)


def _since(size: ArchiveSize, last: ArchiveSize) -> int | None:
    """Of rounded sizes only what is more than the rounding."""
    more = size.original - last.original
    is_sure = not (size.is_rounded or last.is_rounded)
    return more if is_sure or abs(more) * _ROUNDED > last.original else None


def _times_usual(size: ArchiveSize, former: Sequence[ArchiveSize]) -> int:
    usual = sorted(each.added for each in former if each.added is not None)
    if size.added is None or size.added < _LEAST or not usual:
        return 0
    median = usual[len(usual) // 2]
    times = size.added // median if median else 0
    return times if times >= _MANY_TIMES else 0


def in_units(number: object) -> str:
    """Bytes as `12.30 MB`, in powers of 1000 as Borg has them; `?` for what is no number that there is."""
    try:
        size = float(number) if isinstance(number, int | float) else 0.0
    except OverflowError:
        return "?"
    sign, size = ("-", -size) if size < 0 else ("", size)
    for unit in _UNITS:
        if size < 1000 or unit == _UNITS[-1]:
            return f"{sign}{size:.0f} {unit}" if unit == "B" else f"{sign}{size:.2f} {unit}"
        size /= 1000
    return ""


def as_data(size: ArchiveSize | None) -> dict[str, int | None] | None:
    """For JSON: bytes, null for what isn't known."""
    if size is None:
        return None
    return {name: value for name, value in size._asdict().items() if name != "is_rounded"}
