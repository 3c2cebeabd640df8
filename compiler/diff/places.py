"""How differences name steps, and the places where they stand."""

from __future__ import annotations

from ..plan.command_text import first_line
from ..plan.index import Index
from ..plan.model import Phase, Scope, ScopeKind, Step
from ..plan.titles import listed
from ..plan.work import Shell

_NAMED = 3  # subjects of one change


def first(subjects: list[str]) -> str:
    """The first few, and how many more."""
    if len(subjects) <= _NAMED:
        return listed(subjects)
    return f"{', '.join(subjects[:_NAMED])} and {len(subjects) - _NAMED} more"


def subject_of(step: Step) -> str:
    """A step by its hook and the first line of its text, or by Borg's subcommand."""
    if not isinstance(step.work, Shell):
        return step.title
    return f"{step.title} `{shown(step)}`"


def shown(step: Step) -> str:
    """What a subject shows of a hook's text."""
    return first_line(step.work.written) if isinstance(step.work, Shell) else ""


_SIDES = {
    Phase.ENTER: "before",
    Phase.BODY: "in",
    Phase.EXIT: "after",
    Phase.RECOVER: "on failure of",
}


def where(tree: Index, step: Step) -> str:
    """A step's place in words: `before create of /backups/one`."""
    return f"{_SIDES[step.phase]} {scope_words(tree, tree.scopes[step.scope])}"


def scope_words(tree: Index, scope: Scope) -> str:
    if scope.kind is not ScopeKind.ACTION:
        return "everything" if scope.kind is ScopeKind.RUN else scope.name
    return f"{scope.name} of {tree.name_of(scope.id, ScopeKind.REPOSITORY)}"


def scope_name(scope: Scope) -> str:
    return "the run" if scope.kind is ScopeKind.RUN else f"{scope.kind.value} {scope.name}"


def within(tree: Index, scope: Scope) -> tuple[str, ...]:
    """The scope around it."""
    around = tree.scopes.get(scope.parent or "")
    return (
        ()
        if around is None or around.kind is ScopeKind.RUN
        else (f"in {scope_words(tree, around)}",)
    )
