"""A plan as Markdown, for a pull request or the summary of a job: the page in outline, a picture, every command folded."""

from __future__ import annotations

from collections.abc import Sequence

from ...compiler.analysis.picture import picture
from ...compiler.plan.model import Plan
from ..report.style import Style
from . import outline
from .graph import Limits, mermaid
from .markdown_text import LONGEST_COMMENT, code, fenced
from .phrases import count
from .plan import steps_of
from .plan_preamble import preamble, refusals, summary

_PICTURE = Limits(edges=500, characters=25_000)  # what GitHub draws, and half of a comment at most
_STYLE = Style()


def as_markdown(plan: Plan, broken: Sequence[str] = ()) -> str:
    """A comment. `broken`: configuration files that the plan lacks, as they have errors."""
    parts = [f"### borgplan: {summary(plan)}\n"]
    parts += [f"\nNot in this plan, as it has errors: {code(path)}\n" for path in broken]
    if refused := refusals(plan, every=False):
        parts.append(f"\n**{refused[0]}**\n\n{fenced(_lines(refused[1:]))}")
    # Its first lines are the sentence above; refusals are.
    page = "\n".join(outline.about_files(plan, _STYLE))
    parts.append(
        f"\n{fenced(page)}"
        if len(page) < LONGEST_COMMENT // 3
        else _cut(page, LONGEST_COMMENT // 3)
    )
    parts.append(_drawn(plan))
    before = _folded("What this plan is based on", _lines(preamble(plan, every=False)), 5_000)
    parts.append(before)
    room = LONGEST_COMMENT - sum(map(len, parts))
    parts.append(_folded(f"All {count(len(plan.steps), 'command')}", steps_of(plan, _STYLE), room))
    return "".join(parts)


def _drawn(plan: Plan) -> str:
    """The graph, where it is small enough for GitHub to draw it, and for people to read it."""
    drawn = mermaid(plan, picture(plan), _PICTURE)
    if drawn is None:
        return (
            "\nThe graph is too large to be drawn here; `borgplan graph --format svg` draws it.\n"
        )
    return (
        f"\n<details><summary>Graph</summary>\n\n{fenced(drawn.rstrip(), 'mermaid')}\n</details>\n"
    )


def _folded(title: str, text: str, room: int) -> str:
    """Lines that are shown when somebody asks for them."""
    body = fenced(text.strip("\n")) if len(text) <= room else _cut(text.strip("\n"), room)
    return f"\n<details><summary>{title}</summary>\n\n{body}\n</details>\n"


def _cut(text: str, room: int) -> str:
    """The first lines, and how many there are besides."""
    lines = text.split("\n")
    kept: list[str] = []
    for line in lines:
        room -= len(line) + 1
        if room < 500:  # for what is around them
            break
        kept.append(line)
    more = count(len(lines) - len(kept), "more line")
    return f"{fenced(_lines(kept))}\n… and {more}: `borgplan plan` shows them.\n"


def _lines(lines: Sequence[str]) -> str:
    return "\n".join(lines)
