"""What a place in a hook takes."""

from __future__ import annotations

from ..plan.words import Value
from ..support.enums import Enum
from ..support.record import NamedTuple
from .neutral import ARGUMENT, NEUTRAL, from_outside


class Kind(Enum):
    """What a place takes: any text; what a configuration says as it is, anything else neutral; or
    everything neutral."""

    TEXT = "text"
    SETTING = "setting"
    NEUTRAL = "neutral"


class Place(NamedTuple):
    """A place in a hook. `guarded`: a first character of a text may make it an option. `receiver`: what
    the value goes to, for people."""

    kind: Kind
    receiver: str
    guarded: bool = False

    def form(self, late: Value) -> str:
        """The form in which this place gets a value that is known only while running."""
        if self.kind is Kind.NEUTRAL or (self.kind is Kind.SETTING and from_outside(late)):
            return NEUTRAL
        return ARGUMENT if self.guarded and from_outside(late) else ""
