"""What changes in the plans of all hosts: as text, as data, and as Markdown for a pull request."""

from __future__ import annotations

from collections.abc import Iterator

from ....compiler.shell.printable import printable
from ...render import diff
from ...render.markdown_text import LONGEST_COMMENT, code
from ...render.phrases import count
from ...report.style import Style
from ..changes import Altered, Differences, Lost
from .names import hosts_named

Names = tuple[str, str]


def render(names: Names, found: Differences, style: Style) -> str:
    """The page. `names`: of the two sides."""
    lines = [_headline(names, found)]
    for each in found.altered:
        lines += ["", style.paint(_title(each), "bold")]
        for change in each.changes:
            lines += (f"  {line}" for line in diff.lines_of(change, style))
    for title, hosts in _lost(found):
        lines += ["", style.paint(f"{title}, {count(len(hosts), 'host')}", "yellow")]
        lines += (f"  {name}: {printable(why)}" for name, why in _folded(hosts))
    if found.same and found.is_change:
        lines += ["", f"No change, {count(len(found.same), 'host')}: {hosts_named(found.same)}"]
    return "".join(f"{line}\n" for line in lines)


def _headline(names: Names, found: Differences) -> str:
    number = sum(len(each.hosts) for each in found.altered)
    text = f"{number:,} change" if number != 1 else "1 changes"
    text += f" in {count(len(found.altered), 'way')}" if number else ""
    lost = f", {len(found.lost):,} without a plan on a side" if found.lost else ""
    start = f"From {printable(names[0])} to {printable(names[1])}"
    return f"{start}: of {count(found.hosts, 'host')}, {text}{lost}."


def _title(each: Altered) -> str:
    hosts, what = hosts_named(each.hosts), diff.summary(each.changes)
    return f"{count(len(each.hosts), 'host')}: {hosts}: {what}"


def _lost(found: Differences) -> Iterator[tuple[str, list[Lost]]]:
    for title, lost in (
        ("No plan after the change", [each for each in found.lost if each.after]),
        ("No plan before the change", [each for each in found.lost if not each.after]),
    ):
        if lost:
            yield title, lost


def _folded(lost: list[Lost]) -> Iterator[tuple[str, str]]:
    """Hosts with the same reason together."""
    by_reason: dict[str, list[str]] = {}
    for each in lost:
        by_reason.setdefault(each.after or each.before, []).append(each.host)
    for why, hosts in by_reason.items():
        yield hosts_named(hosts), why


def as_data(names: Names, found: Differences) -> dict[str, object]:
    """For JSON, documented in docs/fleet.md."""
    return {
        "format": "borgplan-fleet-diff",
        "version": 1,
        "old": names[0],
        "new": names[1],
        "changed": [
            {
                "hosts": list(each.hosts),
                "changes": diff.as_data(names, each.changes)["changes"],
            }
            for each in found.altered
        ],
        "unchanged": list(found.same),
        "without_plan": [
            {"host": e.host, "before": e.before or None, "after": e.after or None}
            for e in found.lost
        ],
        "known_when_applied": list(found.left),
    }


def as_markdown(names: Names, found: Differences) -> str:
    """A comment, of a length that GitHub takes."""
    number = sum(len(each.hosts) for each in found.altered)
    text = f"### borgplan: the plans of {number:,} of {count(found.hosts, 'host')} change\n\n"
    text += f"From {code(names[0])} to {code(names[1])}.\n"
    for part in _parts(found):
        if len(text) + len(part) > LONGEST_COMMENT:
            return f"{text}\n… and more: `borgplan fleet diff` shows all of it.\n"
        text += part
    return text


def _parts(found: Differences) -> Iterator[str]:
    for each in found.altered:
        hosts = code(hosts_named(each.hosts))
        yield f"\n#### {count(len(each.hosts), 'host')}: {hosts}: {diff.summary(each.changes)}\n"
        yield from (diff.markdown_of(change) for change in each.changes)
    for title, lost in _lost(found):
        yield f"\n**{title}**\n\n"
        yield from (f"* {code(name)}: {code(why)}\n" for name, why in _folded(lost))
    if found.same:
        yield f"\nNo change: {code(hosts_named(found.same))}\n"
