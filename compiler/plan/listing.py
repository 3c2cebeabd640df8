"""For whom Borg lists what it does."""

from __future__ import annotations

from ..support.enums import Enum


class Listing(Enum):
    """Whether a command lists all that it does, and for whom."""

    NONE = "none"
    SHOWN = "shown"  # to whoever reads its output
    COUNTED = "counted"  # only so that a run knows what came of it: nobody sees the lists
    QUIET = "quiet"  # so is all that it tells but warnings and errors
