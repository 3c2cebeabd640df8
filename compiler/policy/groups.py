"""What "in each repository" means: the steps of each scope of a kind, with those around it."""

from __future__ import annotations

from collections.abc import Iterable

from ..plan.index import Index
from ..plan.model import Plan, Scope, ScopeId, ScopeKind
from ..support.record import NamedTuple
from .records import Chosen

Numbers = tuple[int, ...]


class Group(NamedTuple):
    """Of one scope, two choices of steps, ascending."""

    scope: Scope
    first: Numbers
    second: Numbers


class Groups:
    """The scopes of one kind in a plan, none in another, and which of them each step counts for."""

    def __init__(self, plan: Plan, tree: Index, kind: ScopeKind) -> None:
        self.scopes = [scope for scope in plan.scopes if scope.kind is kind]
        self._homes: dict[ScopeId, Scope | None] = {
            scope.id: tree.around(scope.id, kind) for scope in plan.scopes
        }
        self._below: dict[ScopeId, list[Scope]] = {}
        for scope in self.scopes:
            for around in tree.with_ancestors(scope.id):
                self._below.setdefault(around.id, []).append(scope)
        self._scope_of = [step.scope for step in plan.steps]

    def count(self, numbers: Iterable[int]) -> dict[ScopeId, Numbers]:
        """For each scope for which one of the steps counts, those that do."""
        members: dict[ScopeId, list[int]] = {}
        for number in numbers:
            for scope in self._of_step(number):
                members.setdefault(scope.id, []).append(number)
        return {scope: tuple(found) for scope, found in members.items()}

    def of(self, first: Numbers, second: Numbers) -> list[Group]:
        """In the order of the plan; of scopes for which the same steps count, one."""
        firsts, seconds = self.count(first), self.count(second)
        found: dict[tuple[Numbers, Numbers], Group] = {}
        for scope in self.scopes:
            key = firsts.get(scope.id, ()), seconds.get(scope.id, ())
            if any(key):
                found.setdefault(key, Group(scope, *key))
        return list(found.values())

    def _of_step(self, number: int) -> list[Scope]:
        scope = self._scope_of[number]
        home = self._homes[scope]
        return [home] if home else self._below.get(scope, [])


class Chooser:
    """What selectors choose in a plan, ascending; each selector is asked once."""

    def __init__(self, plan: Plan, tree: Index) -> None:
        self._plan = plan
        self._tree = tree
        self._found: dict[str, Numbers] = {}

    def __call__(self, chosen: Chosen) -> Numbers:
        if chosen.text not in self._found:
            self._found[chosen.text] = tuple(
                number
                for number, step in enumerate(self._plan.steps)
                if chosen.test(step, self._tree)
            )
        return self._found[chosen.text]
