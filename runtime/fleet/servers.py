"""Which repositories a plan uses, and on whose disks they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ...compiler.borg.locations import normal_location
from ...compiler.plan.claims import REPOSITORY, Mode
from ...compiler.plan.model import Plan
from .records import HostPlan, Use

_DELETING = ("prune", "delete")


def uses(plan: Plan, directory: str) -> tuple[Use, ...]:
    """The repositories of a plan, in its order. `directory`: what relative locations start from."""
    writes: dict[str, bool] = {}
    prunes: set[str] = set()
    scopes = {scope.id: scope.name for scope in plan.scopes}
    for step in plan.steps:
        for claim in step.claims:
            if claim.kind != REPOSITORY or claim.inferred:
                continue
            place = normal_location(claim.name, directory)
            writes[place] = writes.get(place, False) or claim.mode is Mode.WRITE
            if claim.mode is Mode.WRITE and scopes[step.scope] in _DELETING:
                prunes.add(place)
    return tuple(Use(p, server_of(p), written, p in prunes) for p, written in writes.items())


def server_of(location: str) -> str:
    """The machine that holds a repository, by its normal location; empty for a local disk."""
    _, separator, rest = location.partition("://")
    if separator:
        host = rest.partition("/")[0].rpartition("@")[2]
        name, colon, port = host.rpartition(":")
        return name if colon and port.isdigit() else host
    remote, colon, _ = location.partition(":")
    return f"{remote}:" if colon and "/" not in remote else ""  # rclone and the like


def servers(hosts: Iterable[HostPlan]) -> Mapping[str, list[HostPlan]]:
    """The hosts that write to each server, those with most hosts first."""
    found: dict[str, list[HostPlan]] = {}
    for host in hosts:
        for server in dict.fromkeys(use.server for use in host.uses if use.server and use.writes):
            found.setdefault(server, []).append(host)
    return dict(sorted(found.items(), key=lambda item: (-len(item[1]), item[0])))


def shared_repositories(hosts: Iterable[HostPlan]) -> Mapping[str, list[HostPlan]]:
    """The repositories that several hosts use, with these."""
    found: dict[str, list[HostPlan]] = {}
    for host in hosts:
        for use in host.uses:
            if use.server:
                found.setdefault(use.location, []).append(host)
    return {place: users for place, users in found.items() if len(users) > 1}
