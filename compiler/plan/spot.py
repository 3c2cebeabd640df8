"""The check `spot`: a sample of the sources compared with the newest archive. What its steps do beside running their commands.

Four steps, each with what the ones before it have found: the sources, as Borg lists them; the files of the archive, as
many as the sources are, which draws the sample; the sums of the sample's files; and those that the archive has.
"""

from __future__ import annotations

from ..support.enums import Enum
from ..support.record import NamedTuple
from .words import Value


class Stage(Enum):
    """What a step finds out. Each keeps something for the next ones, but for the last."""

    SOURCES = "sources"  # Borg's log lists paths: those that are files
    COUNT = "count"  # its output lists an archive, `TYPE PATH` with a null character behind: keeps the sample
    SUMS = "sums"  # its output is a line for each of its files: the first word is a sum
    COMPARE = "compare"  # its output is JSON lines with the archive's `xxh64`, `path` and targets of links


class Spot(NamedTuple):
    """Percentages are as they are written, of all sources. `tolerance`: what may differ. `share`: the size of the
    sample, which is drawn at random and has at least one file. `without`: shell patterns of paths in archives that
    aren't from the sources. `sources`, `sample` and `sums`: what the steps before have kept."""

    stage: Stage
    tolerance: str = "0"
    share: str = "100"
    without: tuple[str, ...] = ()
    sources: Value | None = None
    sample: Value | None = None
    sums: Value | None = None

    @property
    def values(self) -> tuple[Value, ...]:
        """What it needs of earlier steps."""
        return tuple(v for v in (self.sources, self.sample, self.sums) if v is not None)


def described(spot: Spot) -> str:
    """What a step does beside running its command, in words."""
    match spot.stage:
        case Stage.SOURCES:
            return "fails if none of the sources is a file"
        case Stage.COUNT:
            return (
                f"fails if the number of files differs by more than {spot.tolerance} %; "
                f"draws {spot.share} % of the sources at random, at least one"
            )
        case Stage.SUMS:
            return "repeated for each 5000 files; links are skipped"
        case Stage.COMPARE:
            return f"fails if more than {spot.tolerance} % of all sources differ in the sample"
