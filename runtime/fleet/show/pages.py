"""All hosts for a browser: one page about the fleet, beside a page for each host."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...render.outline import about_files
from ...render.page.markup import page, table, text
from ...render.phrases import count
from ...report.style import Style
from ..overview import Overview
from ..records import HostPlan
from . import forecast
from .names import change_lines, hosts_named
from .text import headline


def fleet_page(found: Overview) -> str:
    """The page about all of them; each host's page is `NAME.html` beside it."""
    heading = headline(found)
    body = f"<header>\n<h1>{text(heading)}</h1>\n</header>\n<main>\n{''.join(_parts(found))}</main>"
    return page(f"borgplan: {heading}", body, {})


def _parts(found: Overview) -> Iterator[str]:
    if found.usual is not None:
        hosts, plan = found.usual.hosts, found.plans[found.usual.shape]
        yield f"<h2>The same plan but for names: {text(_names(hosts))}</h2>\n"
        yield f"<pre>{text(chr(10).join(about_files(plan, Style())))}</pre>\n"
    for each in found.different:
        lines = [line for change in each.changes for line in change_lines(change)]
        yield f"<h2>Different: {text(_names(each.group.hosts))}</h2>\n"
        yield f"<pre>{text(chr(10).join(lines))}</pre>\n"
    for title, hosts_so in (
        ("Outstanding cleanups", found.outstanding),
        ("Overdue", found.overdue),
    ):
        if hosts_so:
            rows = "".join(_row(host, what) for host, what in hosts_so)
            yield f"<h2>{text(title)}</h2>\n{table(title, ('host', 'what'), rows)}"
    if found.servers:
        yield "<h2>Repository servers</h2>\n"
        cells = (
            f"<tr><td>{text(server)}</td><td>{text(_names(hosts))}</td></tr>"
            for server, hosts in found.servers.items()
        )
        yield table("Servers", ("server", "written by"), "".join(cells))
    if found.rollout.slots:
        lines = [*forecast.rows(found.rollout), *forecast.warnings(found.rollout)]
        yield f"<h2>{text(forecast.headline(found.rollout))}</h2>\n"
        yield f"<pre>{text(chr(10).join(lines))}</pre>\n"
    yield "<h2>Hosts</h2>\n"
    rows = "".join(_row(host, _told(host)) for host in found.hosts)
    yield table("Hosts", ("host", "plan"), rows)


def _row(host: HostPlan, what: str) -> str:
    # Names are letters, digits, dots, dashes and underscores.
    name = text(host.name)
    cell = name if host.problem else f'<a href="{name}.html">{name}</a>'
    bad = ' class="bad"' if host.problem else ""
    return f"<tr{bad}><td>{cell}</td><td>{text(what)}</td></tr>"


def _told(host: HostPlan) -> str:
    if host.problem:
        return f"no plan: {host.problem}"
    refused = f"; apply refuses: {host.refusals[0]}" if host.refusals else ""
    return f"{count(host.steps, 'step')}{refused}"


def _names(hosts: Sequence[HostPlan]) -> str:
    return hosts_named(host.name for host in hosts)
