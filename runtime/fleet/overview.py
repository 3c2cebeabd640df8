"""All hosts on one page, as `fleet plan` sees them: computed once, for every format."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...compiler.diff.plans import Change, changes
from ...compiler.plan.model import Plan
from ...compiler.support.record import NamedTuple
from .condition import Limits, cleanups, overdue
from .forecast import Forecast
from .records import HostPlan
from .servers import servers, shared_repositories
from .shapes import Group, grouped


class Different(NamedTuple):
    """Hosts whose plan differs from the usual one, and how."""

    group: Group
    changes: tuple[Change, ...]


class Overview(NamedTuple):
    """`usual`: the shape of most hosts, None without any. `plans`: of each shape, without names. `without`: hosts
    that have no plan. `refused`: hosts whose plan `apply` would refuse."""

    hosts: tuple[HostPlan, ...]
    usual: Group | None
    different: tuple[Different, ...]
    plans: Mapping[str, Plan]
    without: tuple[HostPlan, ...]
    refused: tuple[HostPlan, ...]
    outstanding: tuple[tuple[HostPlan, str], ...]
    overdue: tuple[tuple[HostPlan, str], ...]
    servers: Mapping[str, list[HostPlan]]
    shared: Mapping[str, list[HostPlan]]
    rollout: Forecast

    @property
    def planned(self) -> int:
        return len(self.hosts) - len(self.without)


def overview(
    hosts: Sequence[HostPlan], plans: Mapping[str, Plan], limits: Limits, rollout: Forecast
) -> Overview:
    """What there is to say of all hosts."""
    groups = grouped(hosts)
    usual = groups[0] if groups else None
    different = tuple(
        Different(group, tuple(changes(plans[groups[0].shape], plans[group.shape])))
        for group in groups[1:]
    )
    return Overview(
        tuple(hosts), usual, different, plans,
        tuple(host for host in hosts if host.problem),
        tuple(host for host in hosts if host.refusals),
        tuple((host, text) for host in hosts if (text := cleanups(host))),
        tuple((host, ", ".join(found)) for host in hosts if (found := overdue(host, limits))),
        servers(hosts), shared_repositories(hosts), rollout,
    )  # fmt: skip
