"""Policies, read: each form of `grammar/policy.lark` as a record."""

from __future__ import annotations

from ..analysis.selector import Selector
from ..plan.exits import Outcome
from ..plan.model import ScopeKind
from ..source.span import Span
from ..support.enums import Enum
from ..support.record import NamedTuple


class Chosen(NamedTuple):
    """The steps that a selector stands for. `text`: the selector as written."""

    test: Selector
    text: str
    span: Span


class Ending(Enum):
    """Which ends of a step an event is about."""

    ANY = "run"
    SUCCESS = "succeeded"
    HARD = "failed"
    SOFT = "failed softly"
    INTERRUPTED = "been interrupted"

    @property
    def outcome(self) -> Outcome | None:
        """The bad end that is meant, if it is one."""
        return _OUTCOMES.get(self)


_OUTCOMES = {
    Ending.HARD: Outcome.HARD,
    Ending.SOFT: Outcome.SOFT,
    Ending.INTERRUPTED: Outcome.INTERRUPTED,
}


class Event(NamedTuple):
    """One of these steps ran and ended like this."""

    steps: Chosen
    ending: Ending = Ending.ANY


class Counted(NamedTuple):
    """Each scope of a kind (that has one of `where`) has `least` to `most` of `steps`."""

    kind: ScopeKind
    where: Chosen | None
    steps: Chosen
    least: int
    most: int | None


class Ordered(NamedTuple):
    """All of `first` stand before all of `second`."""

    first: Chosen
    second: Chosen
    kind: ScopeKind


class Relation(Enum):
    """What an event asks of other steps, in the run without failures and with each single one."""

    ALWAYS = "always"  # one of them runs after each such event
    NEVER = "never"  # none of them runs after one
    ONLY = "only"  # each of them runs after one
    RUNS = "runs"  # one of them runs, before or after
    RESTS = "rests"  # none of them does


class Related(NamedTuple):
    """An event and what it asks of `steps`."""

    relation: Relation
    event: Event
    steps: Chosen
    kind: ScopeKind


class Exits(NamedTuple):
    """After the event the run ends with this exit code."""

    event: Event
    code: int


class Told(NamedTuple):
    """Whenever one of `steps` fails, a step tells somebody."""

    steps: Chosen


class GivenBack(NamedTuple):
    """What hooks (those of `steps`) take is given back, whatever fails."""

    steps: Chosen | None


class Limited(NamedTuple):
    """`steps` have a time limit, of `most` seconds if that is not None."""

    steps: Chosen
    most: int | None


Claim = Counted | Ordered | Related | Exits | Told | GivenBack | Limited


class Policy(NamedTuple):
    """One policy and its place. `reason`: why, in its author's words, or empty."""

    claim: Claim
    reason: str
    span: Span


class Together(Enum):
    """What several hosts may do to one thing."""

    PRUNE = "prune"  # a repository
    WRITE = "write"  # to repositories of a server


class FleetPolicy(NamedTuple):
    """At most so many hosts do this to one thing. `reason`, `span`: as of a policy."""

    what: Together
    most: int
    reason: str
    span: Span


class Violation(NamedTuple):
    """How a plan violates a policy, in words; `steps`: the numbers, from 0, of those it names."""

    message: str
    steps: tuple[int, ...] = ()
