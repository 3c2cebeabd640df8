"""`plan --summary`: a page that says for each file what is stopped when, who hears of what, and what is destroyed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...compiler.analysis.alike import File
from ...compiler.analysis.outline import Destroyed, Held, Interval, Notice, Outline, outline
from ...compiler.plan.index import index
from ...compiler.plan.model import Plan, Role, ScopeKind
from ...compiler.plan.titles import listed, named, subcommand
from ...compiler.shell.printable import printable
from ..report.style import Style
from ..report.wrapping import fitting
from .alike_files import note_on
from .plan_preamble import refusals, summary
from .stretches import in_stretches

_BAR = 48  # columns of a bar at most
_LEAST_BAR = 16
_INDENT = 14  # of what is said behind a word


def render(plan: Plan, style: Style) -> str:
    """The page."""
    found = refusals(plan, every=False)
    lines = [
        f"Plan: {summary(plan)}.",
        "",
        *about_files(plan, style),
        *([""] if found else []),
        *found,
    ]
    fit = (part for line in lines for part in fitting(line, style.columns, _hang(line)))
    return "".join(f"{line}\n" for line in fit)


def about_files(plan: Plan, style: Style) -> Iterator[str]:
    """The page without what is about the plan as a whole."""
    text = _Text(plan, style)
    empty: list[str] = []
    for one in outline(plan):
        title, *lines = text.about(one)
        if one.file or lines:
            yield from (*empty, title, *lines)
            empty = [""]


def as_data(plan: Plan) -> dict[str, object]:
    """For JSON, documented in docs/reading.md; steps are numbers from 1 in the order of the plan."""
    return {
        "format": "borgplan-summary",
        "version": 1,
        "steps": len(plan.steps),
        "files": [_as_data(one) for one in outline(plan)],
    }


def _as_data(one: Outline) -> dict[str, object]:
    file = one.file
    return {
        "file": file.scope.name if file else None,
        "first": file.first if file else None,
        "last": file.last if file else None,
        "alike": [other.scope.name for other in one.others],
        "held": [
            {
                "kind": held.kind,
                "what": held.what,
                "stopped": held.is_stopped,
                "intervals": [interval._asdict() for interval in held.intervals],
            }
            for held in one.held
        ],
        "reported": [notice._asdict() for notice in one.notices],
        "messages": list(one.messages),
        "destroyed": [gone._asdict() for gone in one.destroyed],
    }


class _Text:
    def __init__(self, plan: Plan, style: Style) -> None:
        self._plan = plan
        self._style = style
        self._tree = index(plan)

    def about(self, one: Outline) -> Iterator[str]:
        """A title, then what there is to say of one file."""
        yield self._style.paint(self._title(one), "bold")
        if one.file and one.others:
            yield f"  {note_on(one.file, one.others)}"
        if one.file:
            yield from self._borg(one.file)
        first, last = (one.file.first, one.file.last) if one.file else (1, len(self._plan.steps))
        for held in one.held:
            yield from self._held(held, first, last)
        yield from self._destroyed(one.destroyed)
        yield from self._reported(one.notices)
        if one.messages:
            yield _entry("messages", self._named(one.messages))

    def _title(self, one: Outline) -> str:
        if one.file is None:
            return "Around all files"
        if not one.file.first:
            return f"{printable(one.file.scope.name)}: nothing to do"
        return f"{printable(one.file.scope.name)}: steps {one.file.first} to {one.file.last}"

    def _borg(self, file: File) -> Iterator[str]:
        """What Borg does, in which repositories."""
        steps = self._plan.steps[max(0, file.first - 1) : file.last]
        done = dict.fromkeys(name for step in steps if (name := subcommand(step)))
        for scope in self._tree.children_of(file.scope):
            if scope.kind is ScopeKind.REPOSITORY:
                label = f" ({printable(scope.label)})" if scope.label else ""
                yield _entry("repository", f"{printable(scope.name)}{label}")
        if done:
            yield _entry("borg", listed(tuple(done)))

    def _held(self, held: Held, first: int, last: int) -> Iterator[str]:
        what = printable(f"{held.kind} {held.what}".strip())
        spans = listed([_span(interval) for interval in held.intervals])
        word = "down" if held.is_stopped else "acquired"
        yield _entry(word, f"{what}, {spans}{self._during(held)}")
        bar = self._bar(held.intervals, first, last)
        yield f"{' ' * _INDENT}{bar}  steps {first} to {last}"

    def _during(self, held: Held) -> str:
        """While which of Borg's commands: an hour of `check` is an hour that a service is down for."""
        numbers = [number for interval in held.intervals for number in interval.commands]
        found = dict.fromkeys(self._plan.steps[number - 1].title for number in numbers)
        return f"; during {listed(tuple(found))}" if found else "; during none of Borg's commands"

    def _bar(self, intervals: Sequence[Interval], first: int, last: int) -> str:
        """A column for each step, or for as many of them as there are too many for that."""
        steps = last - first + 1
        room = (self._style.columns or self._style.width) - _INDENT - 24
        columns = min(steps, max(_LEAST_BAR, min(_BAR, room)))
        full, free = ("█", "·") if self._style.unicode else ("#", ".")

        def is_full(column: int) -> bool:
            low = first + column * steps // columns
            high = first + (column + 1) * steps // columns - 1
            return any(i.first <= high and (i.last or last) >= low for i in intervals)

        return f"[{''.join(full if is_full(column) else free for column in range(columns))}]"

    def _destroyed(self, found: Sequence[Destroyed]) -> Iterator[str]:
        for gone in found:
            steps = [self._plan.steps[number - 1] for number in gone.steps]
            what = (
                f"`{printable(gone.what)}`" if steps[0].role is Role.HOOK else printable(gone.what)
            )
            by = "" if steps[0].role is Role.HOOK else f", by {self._titles(gone.steps)}"
            yield _entry(
                "destroys", self._style.paint(f"{what}{by} ({in_stretches(gone.steps)})", "red")
            )

    def _titles(self, numbers: Sequence[int]) -> str:
        """Borg's commands, each with its repositories."""
        found: dict[str, list[str]] = {}
        for step in (self._plan.steps[number - 1] for number in numbers):
            where = self._tree.around(step.scope, ScopeKind.REPOSITORY)
            names = found.setdefault(step.title, [])
            if where and (name := printable(where.label or where.name)) not in names:
                names.append(name)
        return listed(
            [f"{title} of {listed(names)}" if names else title for title, names in found.items()]
        )

    def _reported(self, notices: Sequence[Notice]) -> Iterator[str]:
        for notice in sorted(notices, key=lambda notice: bool(notice.alarms or notice.missed)):
            failing = f"a failure of {in_stretches(notice.steps, 'or')}"
            ways = [self._named(notice.alarms)] if notice.alarms else []
            if notice.missed:
                ways.append(f"the missing ping {self._named(notice.missed)}")
            if ways:
                yield _entry("reported", f"{failing}: {listed(ways)}")
            else:
                yield _entry("unreported", f"{failing}, except by the exit code")

    def _named(self, numbers: Sequence[int]) -> str:
        """Messages by service and state, hooks by their commands, each with its numbers."""
        names: dict[str, list[int]] = {}
        for number in numbers:
            step = self._plan.steps[number - 1]
            name = step.title if step.role is Role.NOTIFY else named(step, self._tree)
            names.setdefault(printable(name), []).append(number)
        return listed([f"{name} ({in_stretches(steps)})" for name, steps in names.items()])


class _Entry(str):
    """A line whose text begins in a column of its own."""

    __slots__ = ()


def _entry(word: str, text: str) -> str:
    return _Entry(f"  {word:<{_INDENT - 2}}{text}")


def _hang(line: str) -> int:
    return _INDENT if isinstance(line, _Entry) else 0


def _span(interval: Interval) -> str:
    if interval.last is None:
        return f"from step {interval.first} on, released by no step when nothing fails"
    return f"from step {interval.first} to {interval.last}"
