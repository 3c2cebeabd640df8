"""Which repositories a plan uses, on whose disks they are, and what hosts so have to share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set

from ...compiler.borg.locations import normal_location
from ...compiler.plan.claims import REPOSITORY, Mode
from ...compiler.plan.model import Plan
from .records import HostPlan, Use
from .schedule import Job

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


def jobs(uses_of: Mapping[str, Sequence[Use]]) -> list[Job]:
    """What the schedule has to know of hosts, by what their plans use; in their order."""
    users: dict[str, set[str]] = {}
    written: set[str] = set()
    for host, found in uses_of.items():
        for use in found:
            if use.server:
                users.setdefault(use.location, set()).add(host)
                written.update([use.location] if use.writes else [])
    shared = {place for place in written if len(users[place]) > 1}
    return [_job(host, found, shared) for host, found in uses_of.items()]


def _job(host: str, found: Sequence[Use], shared: Set[str]) -> Job:
    remote = [use for use in found if use.server]
    return Job(
        host,
        tuple(sorted({use.server for use in remote if use.writes})),
        tuple(sorted({use.location for use in remote} & shared)),
    )


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


def is_written(location: str, users: Iterable[HostPlan]) -> bool:
    """Whether one of these hosts writes to a repository, so that they use it one after another."""
    return any(use.writes and use.location == location for host in users for use in host.uses)
