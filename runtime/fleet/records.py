"""What is known of the hosts of a fleet: where their facts are, what their plans do, how they stand."""

from __future__ import annotations

from ...compiler.plan.actions import Action
from ...compiler.support.record import NamedTuple


class Member(NamedTuple):
    """A host to make a plan for. `facts`, `history`: paths of what `borgplan facts` and `borgplan history` printed on
    it; empty for none. `missing`: in words, why there are no facts. `configs`, `actions`: what its plan is of; none
    for the host's default places and default actions."""

    name: str
    facts: str = ""
    history: str = ""
    missing: str = ""
    configs: tuple[str, ...] = ()
    actions: tuple[Action, ...] = ()


class Request(NamedTuple):
    """How plans are made, for all hosts. `root`: the folder of configurations, with a folder for each host and one named
    `all`; empty for the texts in the facts. `untrusted`: strangers may have written what is in `root`.
    `is_revision`: `root` is as a revision of its git repository has it."""

    root: str = ""
    actions: tuple[Action, ...] = ()
    semantics: str = ""
    untrusted: bool = False
    is_revision: bool = False


class Use(NamedTuple):
    """A repository that a host's plan uses. `server`: the machine that holds it; empty for the host's own disks.
    `prunes`: archives are deleted in it."""

    location: str
    server: str
    writes: bool
    prunes: bool


class Condition(NamedTuple):
    """How a host stands, by its journal; times in seconds since 1970, None for never. `cleanups`: how many are
    outstanding. `backup`: when the last archive was made. `check`: when the oldest of the last checks succeeded.
    `took`: seconds, the median of its latest runs. `is_known`: whether its journal was read."""

    cleanups: int = 0
    backup: float | None = None
    check: float | None = None
    took: float | None = None
    is_known: bool = False


class HostPlan(NamedTuple):
    """What came of one host. `problem`: in words, why it has no plan, or empty. `shape`: a digest that hosts share whose
    plans are the same but for their names. `sha256`: of its saved plan, if that was written. `machine`: how the host
    calls itself, and `time`: when its facts were recorded. `errors`: of its configuration, a line each.
    `refusals`: why `apply` would refuse the plan. `later`: what is known when it is applied."""

    name: str
    problem: str = ""
    machine: str = ""
    time: float = 0.0
    shape: str = ""
    steps: int = 0
    summary: str = ""
    uses: tuple[Use, ...] = ()
    errors: tuple[str, ...] = ()
    refusals: tuple[str, ...] = ()
    later: tuple[str, ...] = ()
    condition: Condition = Condition()
    sha256: str = ""
