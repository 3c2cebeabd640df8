"""Which children of a scope may run at the same time with the same result as one after the other.

Configurations of a run and repositories of a configuration may, if nothing that happens in one keeps
the other from running, and if they don't claim the same thing: a repository, what hooks take and give
back, standard output. A hook that isn't known to be about certain things may be about any.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ..borg.locations import normal_location
from ..plan.claims import ANYTHING, FILES, OUTPUT, REPOSITORY
from ..plan.command_text import first_line
from ..plan.index import Index, index
from ..plan.model import Plan, Resume, Scope, ScopeId, ScopeKind, Step
from ..plan.work import Shell, directory_of
from ..support.record import NamedTuple
from .claims import same_thing

Identity = Callable[[str, str], str]  # a location, and the directory it is relative to

_PARENTS = (ScopeKind.RUN, ScopeKind.CONFIGURATION)


class Apart(NamedTuple):
    """Why a child runs after an earlier one of the same scope, and not beside it."""

    child: ScopeId
    other: ScopeId
    why: str


class Overlap(NamedTuple):
    """`waves`: a number for each child that may run beside others; beside those with the same number,
    next to it. `apart`: for each child that may not, why."""

    waves: dict[ScopeId, int]
    apart: tuple[Apart, ...]

    def groups(self) -> list[list[ScopeId]]:
        found: dict[int, list[ScopeId]] = {}
        for scope, wave in self.waves.items():
            found.setdefault(wave, []).append(scope)
        return list(found.values())


def overlap(plan: Plan, identity: Identity = normal_location) -> Overlap:
    """For a sound plan. `identity`: one text for all spellings of a repository's location."""
    tree = index(plan)
    claims = _claims_of_scopes(plan, tree, identity)
    waves: dict[ScopeId, int] = {}
    apart: list[Apart] = []
    number = 0
    for scope in plan.scopes:
        if scope.kind not in _PARENTS:
            continue
        wave: list[Scope] = []
        for child in tree.children_of(scope):
            why = next(_reasons(scope, wave, child, claims), None)
            if why:
                apart.append(why)
                wave, number = [], number + 1
            wave.append(child)
            waves[child.id] = number
        number += 1
    sizes: dict[int, int] = {}
    for wave_number in waves.values():
        sizes[wave_number] = sizes.get(wave_number, 0) + 1
    return Overlap({s: n for s, n in waves.items() if sizes[n] > 1}, tuple(apart))


class _Claims:
    """What the steps of a scope, and of all in it, have to do with."""

    def __init__(self) -> None:
        self.repositories: dict[str, str] = {}  # as written, by identity
        self.things: dict[tuple[str, str], str] = {}  # the hook, by kind and name
        self.unknown: list[str] = []  # hooks that may be about anything
        self.answers = False
        self.writes = ""  # a command of Borg that writes outside of its repository
        self.may_skip = False

    def add(self, step: Step, hook: str, identity: Identity) -> None:
        """What one step claims. `hook`: the first line of its text, if it is one."""
        for claim in step.claims:
            if claim.kind == REPOSITORY:
                place = identity(claim.name, directory_of(step.work) or "")
                self.repositories.setdefault(place, claim.name)
            elif claim.kind == OUTPUT:
                self.answers = True
            elif claim.kind == FILES:
                self.writes = self.writes or step.title
            elif claim.kind == ANYTHING:
                self.unknown.append(hook)
            else:
                self.things.setdefault((claim.kind, claim.name), hook or step.title)


def _claims_of_scopes(plan: Plan, tree: Index, identity: Identity) -> dict[ScopeId, _Claims]:
    found = {scope.id: _Claims() for scope in plan.scopes}
    for step in plan.steps:
        around = [found[scope.id] for scope in tree.with_ancestors(step.scope)]
        for claims in around:
            claims.may_skip |= bool(step.work.exits.soft)
        hook = first_line(step.work.written) if isinstance(step.work, Shell) else ""
        for claims in around:
            claims.add(step, hook, identity)
    return found


def _reasons(
    parent: Scope, wave: list[Scope], child: Scope, claims: dict[ScopeId, _Claims]
) -> Iterator[Apart]:
    for other in wave:
        why = _ends_others(parent, claims[other.id]) or _conflict(
            claims[other.id], claims[child.id]
        )
        if why:
            yield Apart(child.id, other.id, why)


def _ends_others(parent: Scope, claims: _Claims) -> str:
    """Whether what happens in a child can keep those after it from running."""
    if parent.on_child_failed.resume is not Resume.NEXT:
        return "a failure in the earlier one would skip it"
    if claims.may_skip and parent.on_child_skipped.resume is not Resume.NEXT:
        return "exit code 75 of a hook in the earlier one would skip it"
    return ""


def _conflict(one: _Claims, other: _Claims) -> str:
    """What two children both claim, in words; empty if nothing."""
    for identity, location in other.repositories.items():
        if identity in one.repositories:
            return f"both use the repository {location}"
    if one.answers and other.answers:
        return "both print a result"
    if one.writes and other.writes:
        return f"`{other.writes}` writes outside of the repository"
    for hooks, rest in ((one, other), (other, one)):
        if hooks.unknown and (rest.unknown or rest.things):
            return f"hooks of both may use the same resource (`{hooks.unknown[0]}`)"
    for (kind, what), text in other.things.items():
        for mine in one.things:
            if same_thing(mine, (kind, what)):
                return f"`{text}` uses the {kind} {what}, as does an earlier hook"
    return ""
