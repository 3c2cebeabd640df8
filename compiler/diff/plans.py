"""What differs between two plans, for whoever reviews a change of configuration.

Where something is written, why it is in the plan and how it is numbered is no difference; what runs,
when, how, and what happens on failure is. `SECTIONS` lists all that is looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from ..plan.command_text import command_text, filled_in, surroundings, whole_text
from ..plan.index import Index
from ..plan.model import Plan, Scope, ScopeKind, Step
from ..source.span import Span
from ..support.enums import Enum
from ..support.record import NamedTuple
from ..support.sequences import common
from .fields import FieldChange, scope_fields, step_fields
from .match_scopes import Matching, StepPair, match, steps_below
from .places import first, scope_name, shown, subject_of, where, within
from .renaming import names_before
from .scratch import compared


class Kind(Enum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


class Change(NamedTuple):
    """One difference. `about`: run, step, scope, patterns, log, refusal, fact,
    cleanup or alarm.

    `where`: the places in which it is the same. `fields`: what changed. `lines`: the commands that
    come or go with a scope, the lines of patterns. `origin`: of what is removed, in the old plan.
    """

    kind: Kind
    about: str
    subject: str
    where: tuple[str, ...] = ()
    fields: tuple[FieldChange, ...] = ()
    lines: tuple[str, ...] = ()
    origin: Span = Span("<run>")  # immutable


class Sides(NamedTuple):
    """Both plans, and what belongs together in them."""

    old: Plan
    new: Plan
    matching: Matching


def changes(old: Plan, new: Plan) -> list[Change]:
    """All differences between two sound plans; empty if both do the same."""
    if old == new:
        return []
    sides = Sides(old, new, match(old, new))
    return [change for section in SECTIONS for change in section(sides)]


def _run(sides: Sides) -> Iterator[Change]:
    old, new = sides.old, sides.new
    fields = [
        FieldChange(name, ", ".join(one), ", ".join(other))
        for name, one, other in (
            ("release", _semantics(old), _semantics(new)),
            ("actions", old.actions, new.actions),
            ("limits", _limits(old), _limits(new)),
        )
        if one != other
    ]
    if fields:
        yield Change(Kind.CHANGED, "run", "the run", fields=tuple(fields))


def _semantics(plan: Plan) -> tuple[str, ...]:
    """One if all files have the same, else that of each."""
    if all(meaning.semantics == plan.semantics for meaning in plan.meanings):
        return (plan.semantics,)
    return tuple(f"{m.semantics} for {m.configuration}" for m in plan.meanings)


def _limits(plan: Plan) -> tuple[str, ...]:
    timeout, grace = plan.limits
    return (f"timeout {timeout} s" if timeout else "no timeout", f"grace {grace} s")


def _scopes(sides: Sides) -> Iterator[Change]:
    matching = sides.matching
    for kind, tree, scopes, steps in (
        (Kind.REMOVED, matching.old, matching.removed_scopes, matching.removed),
        (Kind.ADDED, matching.new, matching.added_scopes, matching.added),
    ):
        ids = {step.id for step in steps}
        for scope in scopes:
            inside = steps_below(tree, scope)
            own = [step for step in inside if step.id in ids]
            lines = tuple(command_text(step) for step in own)
            lines += tuple(dict.fromkeys(line for step in own for line in surroundings(step)))
            if lines or not inside:  # else everything in it has only moved
                yield Change(
                    kind, "scope", scope_name(scope), within(tree, scope), (), lines, scope.origin
                )
    for pair in matching.scopes:
        order = [FieldChange("order", *_orders(matching, pair.old, pair.new))] if pair.moved else []
        fields = (*order, *scope_fields(pair.old, pair.new))
        if fields:
            yield Change(
                Kind.CHANGED, "scope", scope_name(pair.new), within(matching.new, pair.new),
                fields, (), pair.new.origin,
            )  # fmt: skip


def _steps(sides: Sides) -> Iterator[Change]:
    """Those that are alike in all but the place are one."""
    matching = sides.matching
    found: dict[object, Change] = {}
    for key, change in (*_lone(matching), *_changed(sides)):
        if key in found:
            lines = tuple(dict.fromkeys((*found[key].lines, *change.lines)))
            found[key] = found[key]._replace(where=(*found[key].where, *change.where), lines=lines)
        else:
            found[key] = change
    yield from found.values()


def _lone(matching: Matching) -> Iterator[tuple[object, Change]]:
    for kind, tree, steps, scopes in (
        (Kind.REMOVED, matching.old, matching.removed, matching.removed_scopes),
        (Kind.ADDED, matching.new, matching.added, matching.added_scopes),
    ):
        told = {step.id for scope in scopes for step in steps_below(tree, scope)}
        for step in steps:
            if step.id not in told:
                subject = subject_of(step)
                lines = (whole_text(step), *surroundings(step))
                if lines == (shown(step),):
                    lines = ()  # the subject says it all
                all_lines, place = (*lines, *filled_in(step)), (where(tree, step),)
                change = Change(kind, "step", subject, place, (), all_lines, step.origin)
                yield (kind, subject, lines), change


def _changed(sides: Sides) -> Iterator[tuple[object, Change]]:
    matching = sides.matching
    names = names_before(sides.matching, sides.new)
    for pair in matching.steps:
        fields = (*_moves(matching, pair), *step_fields(pair.old, pair.new, names))
        if fields:
            subject = subject_of(pair.new)
            places = (where(matching.new, pair.new),)
            is_rewritten = whole_text(pair.old) != whole_text(pair.new)
            lines = filled_in(pair.new) if is_rewritten else ()
            change = Change(Kind.CHANGED, "step", subject, places, fields, lines, pair.new.origin)
            texts = whole_text(pair.old), whole_text(pair.new)
            yield (subject_of(pair.old), subject, texts, fields), change


def _moves(matching: Matching, pair: StepPair) -> Iterator[FieldChange]:
    if pair.moved:
        old, new = where(matching.old, pair.old), where(matching.new, pair.new)
        if old != new:
            yield FieldChange("moved", old, new)
        else:
            yield FieldChange(
                "order", _after(matching.old, pair.old), _after(matching.new, pair.new)
            )


def _after(tree: Index, step: Step) -> str:
    """What comes before a step in its place."""
    steps = tree.steps[step.scope, step.phase]
    place = steps.index(step)
    return f"after {subject_of(steps[place - 1])}" if place else "first"


def _orders(matching: Matching, old: Scope, new: Scope) -> tuple[str, str]:
    words = []
    for tree, scope in ((matching.old, old), (matching.new, new)):
        siblings = tree.children[scope.parent or ""]
        place = siblings.index(scope)
        words.append(f"after {scope_name(siblings[place - 1])}" if place else "first")
    return words[0], words[1]


def _patterns(sides: Sides) -> Iterator[Change]:
    names = names_before(sides.matching, sides.new)
    old = {file.name: file.shown_lines for file in compared(sides.old)}
    new = {names.get(file.name, file.name): file.shown_lines for file in compared(sides.new)}
    titles = {scope.id: scope.name for scope in sides.old.scopes}
    titles |= {names.get(scope.id, scope.id): scope.name for scope in sides.new.scopes}
    for name in dict.fromkeys((*old, *new)):
        before, after = old.get(name), new.get(name)
        if before != after:
            kind = Kind.ADDED if before is None else Kind.REMOVED if after is None else Kind.CHANGED
            lines = tuple(_line_changes(before or (), after or ()))
            subject = f"patterns of {titles.get(name, name)}"
            yield Change(kind, "patterns", subject, lines=lines)


def _line_changes(old: tuple[str, ...], new: tuple[str, ...]) -> Iterator[str]:
    """The lines that go and come, in their order."""
    one = other = 0
    for before, after in (*common(old, new), (len(old), len(new))):
        yield from (f"- {line}" for line in old[one:before])
        yield from (f"+ {line}" for line in new[other:after])
        one, other = before + 1, after + 1


def _logs(sides: Sides) -> Iterator[Change]:
    old, new = (
        _gathered((log.path, "errors only" if log.errors_only else "everything") for log in p.logs)
        for p in (sides.old, sides.new)
    )
    yield from _entries("log", "added to it", old, new)
    old, new = (
        _gathered((path, "what becomes of a run") for path in (p.metrics,) if path)
        for p in (sides.old, sides.new)
    )
    yield from _entries("metrics", "written to it", old, new)


def _facts(sides: Sides) -> Iterator[Change]:
    """What was found about a repository that only one side has goes without saying."""
    old, new = (_gathered(plan.facts) for plan in (sides.old, sides.new))
    known, other = _repositories(sides.old), _repositories(sides.new)
    old = {subject: words for subject, words in old.items() if subject not in known - other}
    new = {subject: words for subject, words in new.items() if subject not in other - known}
    yield from _entries("fact", "found", old, new)


def _repositories(plan: Plan) -> set[str]:
    return {scope.name for scope in plan.scopes if scope.kind is ScopeKind.REPOSITORY}


def _refusals(sides: Sides) -> Iterator[Change]:
    old, new = (
        _gathered((refusal.what, "once") for refusal in p.refusals) for p in (sides.old, sides.new)
    )
    yield from _entries("refusal", "requested", old, new)


def _gathered(items: Iterable[tuple[str, str]]) -> dict[str, str]:
    """All that is said about each subject."""
    found: dict[str, list[str]] = {}
    for subject, words in items:
        found.setdefault(subject, []).append(words)
    return {subject: "; ".join(sorted(words)) for subject, words in found.items()}


def _entries(
    about: str, name: str, old: Mapping[str, str], new: Mapping[str, str]
) -> Iterator[Change]:
    """What is known by a subject and says something about it."""
    for subject in dict.fromkeys((*old, *new)):
        before, after = old.get(subject), new.get(subject)
        if before is None:
            yield Change(Kind.ADDED, about, subject, fields=(FieldChange(name, "", after or ""),))
        elif after is None:
            yield Change(Kind.REMOVED, about, subject, fields=(FieldChange(name, before, ""),))
        elif before != after:
            yield Change(Kind.CHANGED, about, subject, fields=(FieldChange(name, before, after),))


def _coverage(sides: Sides) -> Iterator[Change]:
    """Cleanup and alarms of commands that both sides have, gained or lost."""
    from ..analysis.coverage import coverage

    for about, name, old, new in zip(
        ("cleanup", "alarm"), ("undone", "failure reported"),
        coverage(sides.old), coverage(sides.new), strict=True,
    ):  # fmt: skip
        alike: dict[tuple[str, str], list[str]] = {}
        for subject, before in old.items():
            after = new.get(subject, before)
            if before != after:
                alike.setdefault((before, after), []).append(subject)
        for (before, after), subjects in alike.items():
            subject = first(subjects)
            yield Change(Kind.CHANGED, about, subject, fields=(FieldChange(name, before, after),))


# What is looked at, in the order in which it is told.
SECTIONS: tuple[Callable[[Sides], Iterable[Change]], ...] = (
    _run, _scopes, _steps, _patterns, _logs, _refusals, _facts, _coverage,
)  # fmt: skip
