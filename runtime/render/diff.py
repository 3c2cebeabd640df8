"""What differs between two plans: as text, as data, and as Markdown for a pull request."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...compiler.diff.plans import Change, Kind
from ...compiler.shell.printable import printable
from ..report.style import Paint, Style
from ..report.wrapping import fitted
from .diagnostics import place
from .markdown_text import LONGEST_COMMENT, code, fenced
from .phrases import count

_SIGNS = {Kind.ADDED: "+", Kind.REMOVED: "-", Kind.CHANGED: "~"}
_COLOURS: dict[Kind, Paint] = {Kind.ADDED: "green", Kind.REMOVED: "red", Kind.CHANGED: "yellow"}
_TITLES = {"log": "log file ", "refusal": "not implemented: ", "fact": "on this machine: "}
_MOST_PLACES = 3


def summary(changes: Sequence[Change]) -> str:
    """`3 changes: 1 added, 2 changed`."""
    if not changes:
        return "no change"
    kinds = [
        f"{number} {kind.value}"
        for kind in Kind
        if (number := sum(c.kind is kind for c in changes))
    ]
    return f"{count(len(changes), 'change')}: {', '.join(kinds)}"


def render(names: tuple[str, str], changes: Sequence[Change], style: Style) -> str:
    """`names`: of the two sides."""
    title = f"From {printable(names[0])} to {printable(names[1])}: {summary(changes)}."
    lines = [title]
    for change in changes:
        lines += ["", *lines_of(change, style)]
    return fitted(lines, style.columns)


def lines_of(change: Change, style: Style) -> Iterator[str]:
    """A change as text."""
    sign = style.paint(_SIGNS[change.kind], _COLOURS[change.kind])
    subject = style.paint(printable(_subject(change)), "cyan")
    origin = _origin(change)
    place = f"  {style.paint(origin, 'dim')}" if origin else ""
    yield f"{sign} {subject}{_places(change, style)}{place}"
    for field in change.fields:
        yield f"    {printable(field.name)}:"
        yield from _side("-", field.old, "red", style)
        yield from _side("+", field.new, "green", style)
    sign = "" if change.kind is Kind.CHANGED else _SIGNS[change.kind] + " "
    yield from (
        f"      {sign}{printable(part)}" for line in change.lines for part in line.split("\n")
    )


def _side(sign: str, text: str, colour: Paint, style: Style) -> Iterator[str]:
    for line in text.split("\n") if text else ():
        yield f"      {style.paint(f'{sign} {printable(line)}', colour)}"


def _subject(change: Change) -> str:
    return _TITLES.get(change.about, "") + change.subject


def _places(change: Change, style: Style) -> str:
    if not change.where:
        return ""
    shown = ", ".join(printable(place) for place in change.where[:_MOST_PLACES])
    more = len(change.where) - _MOST_PLACES
    return f" {style.dash} {shown}{f' and {more} more' if more > 0 else ''}"


def _origin(change: Change) -> str:
    return "" if change.origin.file.startswith("<") else place(change.origin)


def as_data(names: tuple[str, str], changes: Sequence[Change]) -> dict[str, object]:
    return {
        "format": "borgplan-diff",
        "version": 1,
        "old": names[0],
        "new": names[1],
        "changes": [
            {
                "kind": change.kind.value,
                "about": change.about,
                "subject": change.subject,
                "where": list(change.where),
                "aspects": [{"name": a.name, "old": a.old, "new": a.new} for a in change.fields],
                "lines": list(change.lines),
                "file": change.origin.file,
                "line": change.origin.line,
            }
            for change in changes
        ],
    }


def as_markdown(names: tuple[str, str], changes: Sequence[Change], left: Sequence[str] = ()) -> str:
    """A comment; what configurations say stands in code only, so that it can't be markup. `left`: lines on
    what was left out of account."""
    head = f"### borgplan: {summary(changes)}\n\nFrom {code(names[0])} to {code(names[1])}.\n"
    head += "".join(f"\n{code(line)}\n" for line in left)
    if not changes:
        return f"{head}\nThe same commands run in the same order.\n"
    parts = [head]
    for number, change in enumerate(changes):
        part = markdown_of(change)
        if sum(map(len, parts)) + len(part) > LONGEST_COMMENT:
            parts.append(f"\n… and {count(len(changes) - number, 'more change')}.\n")
            break
        parts.append(part)
    return "".join(parts)


def markdown_of(change: Change) -> str:
    """A change as Markdown, with an empty line before it."""
    places = ", ".join(code(place) for place in change.where[:_MOST_PLACES])
    more = len(change.where) - _MOST_PLACES
    places += f" and {more} more" if more > 0 else ""
    origin = _origin(change)
    title = f"\n**{change.kind.value}** {code(_subject(change))}"
    title += f", {places}" if places else ""
    title += f" ({code(origin)})" if origin else ""
    lines = []
    for field in change.fields:
        lines.append(f"  {printable(field.name)}:")
        lines += [f"- {printable(line)}" for line in field.old.split("\n") if field.old]
        lines += [f"+ {printable(line)}" for line in field.new.split("\n") if field.new]
    sign = "" if change.kind is Kind.CHANGED else _SIGNS[change.kind] + " "
    lines += [f"{sign}{printable(part)}" for line in change.lines for part in line.split("\n")]
    if not lines:
        return f"{title}\n"
    block = fenced("\n".join(lines), "diff")
    return f"{title}\n\n{block}"
