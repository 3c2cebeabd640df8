"""What changes in the plans of all hosts, from one state of the configurations to another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from ...compiler.diff.plans import Change, changes
from ...compiler.plan.model import Plan
from ...compiler.source.span import Span
from ...compiler.support.record import NamedTuple
from ..system.host import RealHost
from .compile import Made, ProblemError, host_plan, made_for, plainly, spread
from .records import HostPlan, Member, Request

_NOWHERE = Span("<run>")


class Side(NamedTuple):
    """One state. `host`: opens where files are read, in the process that reads them."""

    request: Request
    host: Callable[[], RealHost]


class Altered(NamedTuple):
    """Hosts whose plans change in the same way but for their names, in their order."""

    hosts: tuple[str, ...]
    changes: tuple[Change, ...]


class Lost(NamedTuple):
    """A host that has no plan on a side. `before`, `after`: in words, why; empty if there is one."""

    host: str
    before: str
    after: str


class Differences(NamedTuple):
    """All that changes. `altered`: those of most hosts first. `same`: hosts whose plan stays as it is. `left`: what
    was left out of account, known only when a plan is applied."""

    altered: tuple[Altered, ...]
    same: tuple[str, ...]
    lost: tuple[Lost, ...]
    left: tuple[str, ...]

    @property
    def hosts(self) -> int:
        return sum(len(each.hosts) for each in self.altered) + len(self.same) + len(self.lost)

    @property
    def is_usable(self) -> bool:
        """Whether every host has a plan afterwards."""
        return not any(each.after for each in self.lost)

    @property
    def is_change(self) -> bool:
        return bool(self.altered or self.lost)


class _Share(NamedTuple):
    """What came of some hosts. `keys`: of each host that has both plans, what hosts share that change alike; `first`: the
    changes of the first such host."""

    keys: dict[str, str]
    first: dict[str, tuple[Change, ...]]
    lost: list[Lost]
    left: dict[str, None]


def differences(members: Sequence[Member], old: Side, new: Side, jobs: int = 0) -> Differences:
    """Raises WorkerError if a process dies."""
    shares: list[_Share] = spread(members, partial(_share, old=old, new=new), jobs)
    keys: dict[str, str] = {}
    lost: dict[str, Lost] = {}
    first: dict[str, tuple[Change, ...]] = {}
    left: dict[str, None] = {}
    for share in shares:
        keys |= share.keys
        lost |= {each.host: each for each in share.lost}
        first = {**share.first, **first}
        left |= share.left
    alike: dict[str, list[str]] = {}
    for member in members:
        if member.name in keys:
            alike.setdefault(keys[member.name], []).append(member.name)
    altered = [Altered(tuple(hosts), first[key]) for key, hosts in alike.items() if first[key]]
    return Differences(
        tuple(sorted(altered, key=lambda each: -len(each.hosts))),
        tuple(name for key, hosts in alike.items() if not first[key] for name in hosts),
        tuple(lost[member.name] for member in members if member.name in lost),
        tuple(left),
    )


def _share(members: Sequence[Member], old: Side, new: Side) -> _Share:
    hosts = old.host(), new.host()
    share = _Share({}, {}, [], {})
    for member in members:
        before, one = _side(member, old.request, hosts[0])
        after, other = _side(member, new.request, hosts[1])
        share.left.update(dict.fromkeys((*before.later, *after.later)))
        if one is None or other is None:
            share.lost.append(Lost(member.name, before.problem, after.problem))
            continue
        same = before.shape == after.shape
        found = () if same else tuple(changes(plainly(one[1], one[0]), plainly(other[1], other[0])))
        key = repr([change._replace(origin=_NOWHERE) for change in found])
        share.keys[member.name] = key
        share.first.setdefault(key, found)
    return share


def _side(
    member: Member, request: Request, inner: RealHost
) -> tuple[HostPlan, tuple[Made, Plan] | None]:
    try:
        made = made_for(member, request, inner)
        host, plan = host_plan(made)
    except ProblemError as problem:
        return HostPlan(member.name, str(problem)), None
    return host, None if plan is None else (made, plan)
