"""The plan as a networkx graph: an independent check of its order and of its error semantics.

networkx takes longer to import than everything else together, so only `apply` comes here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import networkx as nx

from ..plan.model import Phase, Plan, Status
from ..plan.verify import Broken

_BEFORE = {Phase.ENTER: "enter", Phase.BODY: "body", Phase.EXIT: "exit", Phase.RECOVER: "recover"}
_EXIT_CODE = ("exit code", "1")

if TYPE_CHECKING:
    Graph = nx.DiGraph[Any]


def scopes(plan: Plan) -> Graph:
    """Who is in whom; `place` is a scope's place in the listing."""
    graph: Graph = nx.DiGraph()
    for place, scope in enumerate(plan.scopes):
        graph.add_node(scope.id, place=place)
    for scope in plan.scopes:
        if scope.parent is not None and scope.parent in graph:
            graph.add_edge(scope.parent, scope.id)
    return graph


def order(plan: Plan) -> Graph:
    """Who comes before whom: an edge for everything that can follow directly.

    Nodes are `("step", id)` and, for the ends of each scope's phases, `(phase or "end", scope id)`.
    """
    graph: Graph = nx.DiGraph()
    last: dict[tuple[str, Phase], tuple[str, str]] = {}
    for step in plan.steps:
        _place(graph, last, step.scope, step.phase, step.id)
    for scope in plan.scopes:
        marks = [(word, scope.id) for word in ("enter", "body", "exit", "recover", "end")]
        nx.add_path(graph, marks)
        if scope.parent is not None:
            # Children come after their parent's own steps of that phase, one after the other.
            slot = scope.parent, Phase.BODY
            graph.add_edge(last.get(slot, ("body", scope.parent)), marks[0])
            graph.add_edge(marks[-1], ("exit", scope.parent))
            last[slot] = marks[-1]
    # The listing is a promise of its own: a circle appears where it contradicts the scopes.
    nx.add_path(graph, [("step", step.id) for step in plan.steps])
    return graph


def _place(
    graph: Graph,
    last: dict[tuple[str, Phase], tuple[str, str]],
    scope: str,
    phase: Phase,
    step: str,
) -> None:
    following = {
        Phase.ENTER: "body",
        Phase.BODY: "exit",
        Phase.EXIT: "recover",
        Phase.RECOVER: "end",
    }
    node = ("step", step)
    slot = scope, phase
    graph.add_edge(last.get(slot, (_BEFORE[phase], scope)), node)
    graph.add_edge(node, (following[phase], scope))
    last[slot] = node


def failures(plan: Plan) -> Graph:
    """Where a hard failure goes: step to scope, scope to parent, the run to the exit code."""
    graph: Graph = nx.DiGraph()
    for scope in plan.scopes:
        if scope.parent is None:
            graph.add_edge(("scope", scope.id), _EXIT_CODE)
        else:
            graph.add_node(("scope", scope.id))
    on_failed = {scope.id: scope.on_child_failed.status for scope in plan.scopes}
    for scope in plan.scopes:
        if scope.parent is not None and on_failed.get(scope.parent) is Status.FAILED:
            graph.add_edge(("scope", scope.id), ("scope", scope.parent))
    for step in plan.steps:
        graph.add_node(("step", step.id))
        if step.on_hard.status is Status.FAILED:
            graph.add_edge(("step", step.id), ("scope", step.scope))
    return graph


def verify(plan: Plan) -> list[Broken]:
    """Every promise the plan breaks, found on graphs; empty for a sound plan. See `flow.verify`."""
    tree = scopes(plan)
    if not nx.is_arborescence(tree) or any(
        tree.nodes[parent]["place"] > tree.nodes[child]["place"] for parent, child in tree.edges
    ):
        return [Broken("the scopes are a tree, parents first", "")]
    ordering = order(plan)
    if not nx.is_directed_acyclic_graph(ordering):
        return [Broken("the order has no circle", "")]
    start = ("enter", plan.scopes[0].id)
    unreachable = set(ordering) - nx.descendants(ordering, start) - {start}
    broken = [Broken("everything can be reached from the start", node[1]) for node in unreachable]
    reaching = nx.ancestors(failures(plan), _EXIT_CODE)
    broken += [
        Broken("every failure reaches the exit code", step.id)
        for step in plan.steps
        if ("step", step.id) not in reaching
    ]
    return broken
