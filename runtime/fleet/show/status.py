"""How hosts stand, as text and as data."""

from __future__ import annotations

from collections.abc import Sequence

from ....compiler.shell.printable import printable
from ...engine.wording import elapsed
from ...render.phrases import ago, count
from ...report.style import Style
from ..standing import Standing


def render(hosts: Sequence[Standing], now: float, limit: float, style: Style) -> str:
    """A line for each host, after one about all."""
    silent = sum(not host.is_known for host in hosts)
    well = sum(host.is_known and host.is_well(now, limit) for host in hosts)
    running = sum(bool(host.running) for host in hosts)
    owing = sum(host.cleanups for host in hosts)
    parts = [f"{well} in order"]
    parts += [f"{running} running"] if running else []
    parts += [count(owing, "outstanding cleanup")] if owing else []
    parts += [f"{silent} without an answer"] if silent else []
    lines = [f"{count(len(hosts), 'host')}: {', '.join(parts)}."]
    width = max((len(host.host) for host in hosts), default=0)
    for host in hosts:
        name = f"{printable(host.host):<{width}}"
        is_well = host.is_known and host.is_well(now, limit)
        colour = style.paint(name, "green" if is_well else "red")
        lines.append(f"  {colour}  {printable(_told(host, now, limit))}")
    return "".join(f"{line}\n" for line in lines)


def _told(host: Standing, now: float, limit: float) -> str:
    if host.problem:
        return f"not known: {host.problem}"
    parts = []
    if host.last is not None:
        took = f", took {elapsed(host.last.seconds)}" if host.last.seconds is not None else ""
        parts.append(f"last run {host.last.status} {ago(now - host.last.began)}{took}")
    else:
        parts.append("no run is recorded")
    parts += [f"running since {elapsed(now - run.began)} ({run.id})" for run in host.running]
    parts += [count(host.cleanups, "outstanding cleanup")] if host.cleanups else []
    if host.is_overdue(now, limit):
        backup = host.backup
        parts.append(
            "no backup is recorded"
            if backup is None
            else f"overdue: last backup {ago(now - backup)}"
        )
    return "; ".join(parts)


def as_data(hosts: Sequence[Standing], now: float, limit: float) -> dict[str, object]:
    """For JSON, documented in docs/fleet.md; times in seconds since 1970."""
    return {
        "format": "borgplan-fleet-status",
        "version": 1,
        "hosts": [
            {
                "name": host.host,
                "problem": host.problem or None,
                "last": host.last._asdict() if host.last else None,
                "running": [run.id for run in host.running],
                "outstanding_cleanups": host.cleanups if host.is_known else None,
                "last_backup": host.backup,
                "overdue": host.is_overdue(now, limit) if host.is_known else None,
            }
            for host in hosts
        ],
    }
