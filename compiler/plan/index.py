"""A plan arranged for walking: children of each scope, steps of each phase, ancestors."""

from __future__ import annotations

from collections.abc import Iterator

from ..support.record import NamedTuple
from .model import Phase, Plan, Scope, ScopeId, ScopeKind, Step


class Index(NamedTuple):
    """Built once for a plan, in linear time."""

    root: Scope
    scopes: dict[ScopeId, Scope]
    children: dict[ScopeId, list[Scope]]
    steps: dict[tuple[ScopeId, Phase], list[Step]]

    def steps_of(self, scope: Scope, phase: Phase) -> list[Step]:
        return self.steps.get((scope.id, phase), [])

    def children_of(self, scope: Scope) -> list[Scope]:
        return self.children.get(scope.id, [])

    def with_ancestors(self, scope: ScopeId) -> Iterator[Scope]:
        """The scope, its parent, and so on up to the run."""
        current: ScopeId | None = scope
        while current is not None:
            found = self.scopes[current]
            yield found
            current = found.parent

    def around(self, scope: ScopeId, kind: ScopeKind) -> Scope | None:
        """The scope of that kind that holds `scope`."""
        return next((s for s in self.with_ancestors(scope) if s.kind is kind), None)

    def name_of(self, scope: ScopeId, kind: ScopeKind) -> str:
        """The name of the scope of that kind that holds `scope`; empty if there is none."""
        found = self.around(scope, kind)
        return found.name if found else ""


def index(plan: Plan) -> Index:
    """Needs a plan whose scopes form a tree, parents first (`flow.verify` makes sure)."""
    children: dict[ScopeId, list[Scope]] = {}
    steps: dict[tuple[ScopeId, Phase], list[Step]] = {}
    for scope in plan.scopes[1:]:
        children.setdefault(scope.parent or "", []).append(scope)
    for step in plan.steps:
        steps.setdefault((step.scope, step.phase), []).append(step)
    return Index(plan.scopes[0], {scope.id: scope for scope in plan.scopes}, children, steps)
