"""All hosts as data, for programs."""

from __future__ import annotations

from ...render.diff import as_data as diff_data
from ..overview import Overview
from ..records import HostPlan
from .forecast import as_data as rollout_data


def as_data(found: Overview) -> dict[str, object]:
    """For JSON, documented in docs/fleet.md; times in seconds since 1970."""
    overdue = {host.name: text for host, text in found.overdue}
    shapes = [found.usual] if found.usual else []
    groups = [*shapes, *(each.group for each in found.different)]
    differences = {each.group.shape: each.changes for each in found.different}
    return {
        "format": "borgplan-fleet",
        "version": 1,
        "hosts": [_host(host, overdue.get(host.name)) for host in found.hosts],
        "shapes": [
            {
                "shape": group.shape,
                "hosts": [host.name for host in group.hosts],
                "changes": diff_data(("usual", "this"), differences.get(group.shape, ()))[
                    "changes"
                ],
            }
            for group in groups
        ],
        "servers": {server: [h.name for h in hosts] for server, hosts in found.servers.items()},
        "rollout": rollout_data(found.rollout),
        "shared_repositories": {p: [h.name for h in hosts] for p, hosts in found.shared.items()},
    }


def _host(host: HostPlan, overdue: str | None) -> dict[str, object]:
    known = host.condition
    return {
        "name": host.name,
        "machine": host.machine or None,
        "facts_from": host.time or None,
        "problem": host.problem or None,
        "shape": host.shape or None,
        "steps": host.steps,
        "plan": host.sha256 or None,
        "repositories": [use._asdict() for use in host.uses],
        "errors": list(host.errors),
        "refusals": list(host.refusals),
        "known_when_applied": list(host.later),
        "outstanding_cleanups": known.cleanups if known.is_known else None,
        "last_backup": known.backup,
        "overdue": overdue,
    }
