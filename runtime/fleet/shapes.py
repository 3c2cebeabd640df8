"""Which hosts have the same plan but for their names, and how the others differ."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence

from ...compiler.plan.as_json import plan_of, to_data
from ...compiler.plan.model import Plan
from ...compiler.plan.work import Process
from ...compiler.support.digest import sha256
from ...compiler.support.json_reader import Value
from ...compiler.support.record import NamedTuple
from .records import HostPlan

HOST = "HOST"  # stands in a shape for the name of the host
# Places and reasons, and files for the times of checks, whose names follow from the repositories'.
_NO_DIFFERENCE = frozenset(("origin", "inputs", "recorded", "reason", "meanings", "records"))


def nameless(plan: Plan, names: Iterable[str]) -> Plan:
    """A plan with `HOST` in place of each of the names of its host, and without what differs from host to host for
    no reason of the run: when its facts were recorded, and the bytes of its files."""
    steps = tuple(
        step._replace(work=step.work._replace(records=()))
        if isinstance(step.work, Process)
        else step
        for step in plan.steps
    )
    text = json.dumps(to_data(plan._replace(steps=steps, inputs=(), recorded=None)))
    found = pattern(names)
    return plan_of(Value(json.loads(found.sub(HOST, text) if found else text)))


def pattern(names: Iterable[str]) -> re.Pattern[str] | None:
    """What finds each of these names, the longest first; None without any."""
    wanted = sorted({name for name in names if name}, key=len, reverse=True)
    if not wanted:
        return None
    return re.compile(rf"(?<![A-Za-z0-9])(?:{'|'.join(map(re.escape, wanted))})(?![A-Za-z0-9])")


def names_of(name: str, machine: str) -> tuple[str, ...]:
    """What a host may be called in its plan: in the inventory and by itself, with and without its domain."""
    return tuple(
        dict.fromkeys(n for n in (name, machine, name.split(".")[0], machine.split(".")[0]) if n)
    )


def digest(plan: Plan, names: Iterable[str]) -> str:
    """What hosts share whose plans are the same: places in files and reasons don't count."""
    text = json.dumps(_bare(to_data(plan)), sort_keys=True)
    found = pattern(names)
    return sha256((found.sub(HOST, text) if found else text).encode()).hexdigest()


def _bare(data: object) -> object:
    if isinstance(data, dict):
        return {key: _bare(value) for key, value in data.items() if key not in _NO_DIFFERENCE}
    return [_bare(each) for each in data] if isinstance(data, list) else data


class Group(NamedTuple):
    """Hosts with one shape, in the order of the inventory."""

    shape: str
    hosts: tuple[HostPlan, ...]


def grouped(hosts: Sequence[HostPlan]) -> list[Group]:
    """The shapes of all hosts that have a plan, those of most hosts first."""
    found: dict[str, list[HostPlan]] = {}
    for host in hosts:
        if not host.problem:
            found.setdefault(host.shape, []).append(host)
    groups = [Group(shape, tuple(members)) for shape, members in found.items()]
    return sorted(groups, key=lambda group: -len(group.hosts))
