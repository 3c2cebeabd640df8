"""All hosts on one page, as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ....compiler.shell.printable import printable
from ...render.outline import about_files
from ...render.phrases import count
from ...report.style import Style
from ...report.wrapping import fitting
from ..forecast import Forecast
from ..overview import Different, Overview
from ..records import HostPlan
from ..servers import is_written
from . import forecast
from .names import change_lines, hosts_named

_CHANGES = 4  # lines for a shape
_SHAPES = 12
_LINES = 10  # hosts by name in a list
_SERVERS = 8


def render(found: Overview, style: Style) -> str:
    """The page."""
    lines = [headline(found), *_usual(found, style), *_different(found, style)]
    lines += _listed("No plan", [(h, h.problem) for h in found.without], style, "red")
    refused = [(host, host.refusals[0]) for host in found.refused]
    lines += _listed("apply refuses", refused, style, "red")
    lines += _listed("Outstanding cleanups", found.outstanding, style, "yellow")
    lines += _listed("Overdue", found.overdue, style, "yellow")
    lines += _later(found)
    lines += _servers(found, style)
    lines += _rollout(found.rollout, style)
    return "".join(f"{part}\n" for line in lines for part in fitting(line, style.columns))


def headline(found: Overview) -> str:
    """`200 hosts: 198 with a plan, of 4 shapes; 2 without.`"""
    shapes = len(found.different) + (found.usual is not None)
    text = f"{count(len(found.hosts), 'host')}: {found.planned} with a plan"
    text += f", of {count(shapes, 'shape')}" if shapes else ""
    return f"Fleet: {text}{f'; {len(found.without)} without' if found.without else ''}."


def _usual(found: Overview, style: Style) -> Iterator[str]:
    if found.usual is None:
        return
    hosts, plan = found.usual.hosts, found.plans[found.usual.shape]
    yield ""
    yield style.paint(
        f"The same plan but for names, {count(len(hosts), 'host')}: {_names(hosts)}", "bold"
    )
    yield f"  {hosts[0].summary}"
    yield from (f"  {line}" if line else "" for line in about_files(plan, style))


def _different(found: Overview, style: Style) -> Iterator[str]:
    if not found.different:
        return
    number = sum(len(each.group.hosts) for each in found.different)
    yield ""
    yield style.paint(f"Different from that, {count(number, 'host')}", "bold")
    for each in found.different[:_SHAPES]:
        yield from _difference(each, style)
    rest = found.different[_SHAPES:]
    if rest:
        names = _names([host for each in rest for host in each.group.hosts])
        yield f"  and {count(len(rest), 'more shape')}: {names}"


def _difference(each: Different, style: Style) -> Iterator[str]:
    yield f"  {style.paint(_names(each.group.hosts), 'cyan')}"
    lines = [line for change in each.changes for line in change_lines(change)]
    yield from (f"    {line}" for line in lines[:_CHANGES])
    if len(lines) > _CHANGES:
        yield f"    and {count(len(lines) - _CHANGES, 'more line')}"
    if not lines:
        yield "    the same steps, with other words of the host's name in them"


def _listed(
    title: str, hosts: Sequence[tuple[HostPlan, str]], style: Style, colour: str
) -> Iterator[str]:
    """Hosts by name, those with the same words together."""
    if not hosts:
        return
    yield ""
    yield style.paint(
        f"{title}, {count(len(hosts), 'host')}", "red" if colour == "red" else "yellow"
    )
    by_text: dict[str, list[HostPlan]] = {}
    for host, text in hosts:
        by_text.setdefault(text, []).append(host)
    rows = list(by_text.items())
    for text, members in rows[:_LINES]:
        yield f"  {_names(members)}: {printable(text)}"
    if rest := rows[_LINES:]:
        yield f"  and {_names([host for _, members in rest for host in members])}"


def _later(found: Overview) -> Iterator[str]:
    unsure = [host for host in found.hosts if host.later and not host.problem]
    if unsure:
        names = dict.fromkeys(name for host in unsure for name in host.later)
        yield ""
        shown = ", ".join(map(printable, [*names][:_LINES]))
        yield f"Known when applied, {count(len(unsure), 'host')} ({_names(unsure)}): {shown}"


def _servers(found: Overview, style: Style) -> Iterator[str]:
    if found.servers:
        yield ""
        yield style.paint("Repository servers", "bold")
    for server, hosts in [*found.servers.items()][:_SERVERS]:
        yield f"  {printable(server)}: written by {count(len(hosts), 'host')}: {_names(hosts)}"
    if len(found.servers) > _SERVERS:
        yield f"  and {count(len(found.servers) - _SERVERS, 'more server')}"
    shared = [*found.shared.items()]
    for place, hosts in shared[:_SERVERS]:
        turns = ", one after another" if is_written(place, hosts) else ""
        yield f"  one repository, {count(len(hosts), 'host')}{turns}: {printable(place)}: {_names(hosts)}"
    if len(shared) > _SERVERS:
        yield f"  and {count(len(shared) - _SERVERS, 'more shared repository', 'more shared repositories')}"


def _rollout(found: Forecast, style: Style) -> Iterator[str]:
    if not found.slots:
        return
    yield ""
    yield style.paint(forecast.headline(found), "bold")
    yield from (f"  {line}" for line in forecast.rows(found))
    yield from (style.paint(f"  {line}", "yellow") for line in forecast.warnings(found))


def _names(hosts: Iterable[HostPlan]) -> str:
    return hosts_named(host.name for host in hosts)
