"""All hosts as Markdown, for a pull request. What configurations say is in code only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...render.markdown_text import LONGEST_COMMENT, code, fenced
from ...render.outline import about_files
from ...render.phrases import count
from ...report.style import Style
from ..overview import Overview
from ..records import HostPlan
from . import forecast
from .names import change_lines, hosts_named
from .text import headline


def as_markdown(found: Overview) -> str:
    """A comment, of a length that GitHub takes."""
    text = f"### borgplan: {headline(found)}\n"
    for part in _parts(found):
        if len(text) + len(part) > LONGEST_COMMENT:
            return f"{text}\n… and more: `borgplan fleet plan` shows all of it.\n"
        text += part
    return text


def _parts(found: Overview) -> Iterator[str]:
    if found.usual is not None:
        hosts, plan = found.usual.hosts, found.plans[found.usual.shape]
        yield f"\n**The same plan but for names**, {count(len(hosts), 'host')}: {_names(hosts)}\n\n"
        yield fenced("\n".join(about_files(plan, Style())))
    for each in found.different:
        hosts = each.group.hosts
        lines = [line for change in each.changes for line in change_lines(change)]
        yield f"\n**Different**, {count(len(hosts), 'host')}: {_names(hosts)}\n\n"
        yield fenced("\n".join(lines), "diff")
    yield from _table("No plan", [(host, host.problem) for host in found.without])
    yield from _table("`apply` refuses", [(host, host.refusals[0]) for host in found.refused])
    yield from _table("Outstanding cleanups", found.outstanding)
    yield from _table("Overdue", found.overdue)
    for server, users in found.servers.items():
        yield f"\n* {code(server)}: written by {count(len(users), 'host')}"
    for place, users in found.shared.items():
        yield f"\n* one repository, {code(place)}: {_names(users)}"
    yield "\n"
    if found.rollout.slots:
        lines = [*forecast.rows(found.rollout), *forecast.warnings(found.rollout)]
        yield f"\n**Roll-out**: {code(forecast.headline(found.rollout).removeprefix('Roll-out: '))}\n\n"
        yield fenced("\n".join(lines))


def _table(title: str, rows: Sequence[tuple[HostPlan, str]]) -> Iterator[str]:
    if rows:
        yield f"\n**{title}**\n\n"
        yield from (f"* {code(host.name)}: {code(text)}\n" for host, text in rows)


def _names(hosts: Sequence[HostPlan]) -> str:
    return code(hosts_named(host.name for host in hosts))
