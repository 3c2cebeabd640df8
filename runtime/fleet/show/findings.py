"""The findings of all hosts: as text, as data, and as Markdown for a pull request."""

from __future__ import annotations

from ....compiler.shell.printable import printable
from ....compiler.source.diagnostic import Severity
from ...render.diagnostics import as_data as finding_data
from ...render.diagnostics import render as rendered
from ...render.markdown_text import LONGEST_COMMENT, code
from ...render.phrases import count
from ...report.style import Style
from ..findings import Findings
from .names import hosts_named


def render(found: Findings, style: Style) -> str:
    """Each finding with its hosts."""
    parts = []
    for each in found.found:
        hosts = f"{count(len(each.hosts), 'host')}: {hosts_named(each.hosts)}"
        parts += [rendered([each.finding], {}, style), f"    {style.paint(hosts, 'cyan')}\n"]
    parts += (f"{name}: not checked: {printable(why)}\n" for name, why in found.without)
    return "".join(parts)


def summary(found: Findings) -> str:
    """`200 files of 200 hosts checked: 0 errors, 2 warnings, 1 note`; findings on several hosts count once."""
    numbers = ", ".join(
        count(sum(each.finding.severity is severity for each in found.found), severity.word)
        for severity in Severity
    )
    checked = found.hosts - len(found.without)
    text = f"{count(found.files, 'file')} of {count(checked, 'host')} checked: {numbers}"
    return f"{text}; {len(found.without):,} not checked" if found.without else text


def as_data(found: Findings, verb: str) -> dict[str, object]:
    """For JSON, documented in docs/fleet.md. `verb`: what of `borgplan fleet` has found it."""
    return {
        "format": f"borgplan-fleet-{verb}",
        "version": 1,
        "findings": [
            {**finding_data(each.finding), "hosts": list(each.hosts)} for each in found.found
        ],
        "not_checked": dict(found.without),
        "files": found.files,
        "known_on_the_hosts": list(found.left),
    }


def as_markdown(found: Findings, verb: str) -> str:
    """A comment, of a length that GitHub takes. `verb`: as in `as_data`."""
    text = f"### borgplan: {summary(found)}\n\n"
    lines = [
        f"* **{e.finding.severity.word}** {e.finding.code} {code(str(finding_data(e.finding)['message']))}"
        f" ({code(str(e.finding.span))}), {count(len(e.hosts), 'host')}: {code(hosts_named(e.hosts))}\n"
        for e in found.found
    ]
    lines += [f"* {code(name)}: not checked: {code(why)}\n" for name, why in found.without]
    for line in lines:
        if len(text) + len(line) > LONGEST_COMMENT:
            return f"{text}\n… and more: `borgplan fleet {verb}` shows all of it.\n"
        text += line
    return text
