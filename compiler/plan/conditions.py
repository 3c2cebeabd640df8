"""When a message of the project file is sent: what became of some steps, in this run and in those before."""

from __future__ import annotations

from ..support.enums import Enum
from ..support.record import NamedTuple


class End(Enum):
    """What became of some steps together."""

    FAILURE = (
        "failure"  # one failed so that it counts, or a signal came before all of them were done
    )
    SOFT_FAILURE = "soft-failure"  # none failed, one ended softly
    SUCCESS = "success"  # all that a good run needs are done, and not for lack of work
    RECOVERY = "recovery"  # that, where the run before had failed in them


class Quiet(NamedTuple):
    """A part of the day, local time, in minutes since midnight; over midnight if it ends before it starts."""

    start: int
    end: int

    def __str__(self) -> str:
        start, end = (f"{minute // 60:02}:{minute % 60:02}" for minute in (self.start, self.end))
        return f"between {start} and {end}"

    def holds(self, minute: int) -> bool:
        if self.start <= self.end:
            return self.start <= minute < self.end
        return minute >= self.start or minute < self.end


class Condition(NamedTuple):
    """A message is sent at the `end` of `steps` (ids; none: of the whole run), beside what its trigger asks.

    `row`: for failures: from so many runs in a row on, this one included, as the journal has those before.
    `quiet`: for successes: when none is sent.
    """

    end: End
    steps: tuple[str, ...] = ()
    row: int = 1
    quiet: Quiet | None = None


def in_words(condition: Condition) -> str:
    """As the rest of a sentence about a message: `after failure of 2 steps in 3 runs in a row`."""
    number = len(condition.steps)
    about = f"{number} {'step' if number == 1 else 'steps'}" if number else "the whole run"
    words = f"after {condition.end.value.replace('-', ' ')} of {about}"
    if condition.row > 1:
        words += f" in {condition.row} runs in a row"
    return words if condition.quiet is None else f"{words}, but not {condition.quiet}"
