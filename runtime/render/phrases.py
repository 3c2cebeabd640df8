"""Small phrases that several outputs need."""

from __future__ import annotations

from ...compiler.support.record import TYPE_CHECKING
from ..engine.sizes import ArchiveSize, Growth, in_units

if TYPE_CHECKING:
    from ..journal.at_hand import AtHand

NOTHING_SPECIAL = Growth()


def count(number: int, one: str, many: str = "") -> str:
    """`1 file`, `2 files`."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def elapsed(seconds: float) -> str:
    """`1.5 s`, `2:05 min`, `3:02:05`."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d} min"


def sized(size: ArchiveSize, growth: Growth = NOTHING_SPECIAL) -> str:
    """`200 files, 1.20 GB original size (+30.00 MB since the last), 12.00 MB added to the repository`."""
    since = growth.since_last
    change = f" ({'' if since < 0 else '+'}{in_units(since)} since the last)" if since else ""
    text = f"{count(size.files, 'file')}, {in_units(size.original)} original size{change}"
    if size.added is not None:
        text += f", {in_units(size.added)} added to the repository"
    if growth.times_usual:
        text += f", {growth.times_usual} times the usual"
    return text


def no_single_run(name: str, number: int, about: AtHand) -> str:
    """Why a name doesn't tell one of the runs of the past, of which that many fit it."""
    if name == "last" and not about.is_all:
        return "no run of these files is recorded; --all includes runs of other files"
    return f"{'several runs begin with' if number else 'there is no run'} `{name}`"
