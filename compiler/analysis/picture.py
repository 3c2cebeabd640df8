"""A plan as people draw it: a networkx graph of its steps, and what can be asked of that.

Nodes are the ids of steps, with `number` (from 1) and `usual`: whether it runs when nothing fails. Edges
have a `kind`, which is their key too:

    next      what runs next when nothing fails
    failure   from the last step that can fail in a scope to its first error hook, and on along these
    release   from a step that acquires something to each that releases it, with `what`
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

import networkx as nx

from ..plan.index import Index, index
from ..plan.model import Phase, Plan, Scope, Step, StepId
from .cleanup import takes
from .failures import failures, is_usual

if TYPE_CHECKING:
    Picture = nx.MultiDiGraph[StepId]

NEXT, FAILURE, RELEASE = "next", "failure", "release"


def picture(plan: Plan) -> Picture:
    """The graph of a sound plan with claims."""
    graph: Picture = nx.MultiDiGraph()
    found = failures(plan)
    for number, step in enumerate(plan.steps):
        graph.add_node(step.id, number=number + 1, usual=found.usual[number])
    usual = [step.id for number, step in enumerate(plan.steps) if found.usual[number]]
    for one, other in pairwise(usual):
        graph.add_edge(one, other, NEXT, kind=NEXT)
    tree = index(plan)
    for scope in plan.scopes:
        _add_error_hooks(graph, tree, scope)
    ids = [step.id for step in plan.steps]
    for take in takes(plan, found):
        for give in take.gives:
            what = f"{take.claim.pair.name} {take.claim.what}".strip()
            graph.add_edge(ids[take.step], ids[give], RELEASE, kind=RELEASE, what=what)
    return graph


def _add_error_hooks(graph: Picture, tree: Index, scope: Scope) -> None:
    """The way of a failure through one scope: after-hooks for failures, then error hooks."""
    called = [
        step
        for phase in (Phase.EXIT, Phase.RECOVER)
        for step in tree.steps_of(scope, phase)
        if not is_usual(step)
    ]
    start = _last_usual(graph, tree, scope)
    for step in called:
        if start is not None:
            graph.add_edge(start, step.id, FAILURE, kind=FAILURE)
        start = step.id


def _last_usual(graph: Picture, tree: Index, scope: Scope) -> StepId | None:
    """The last step of a scope, or of one in it, that runs when nothing fails, before its after-hooks."""
    for child in reversed(tree.children_of(scope)):
        inner = _last_usual(graph, tree, child)
        if inner is not None:
            return inner
    steps: list[Step] = [
        *tree.steps_of(scope, Phase.ENTER),
        *tree.steps_of(scope, Phase.BODY),
    ]
    usual = [step.id for step in steps if graph.nodes[step.id]["usual"]]
    return usual[-1] if usual else None


def before(graph: Picture, step: StepId) -> list[StepId]:
    """The steps that run before one when nothing fails, in order."""
    order: nx.DiGraph[StepId] = nx.DiGraph()
    order.add_nodes_from(graph)
    order.add_edges_from((one, other) for one, other, kind in _kinds(graph) if kind != RELEASE)
    return sorted(nx.ancestors(order, step), key=lambda node: int(graph.nodes[node]["number"]))


def neighbours(graph: Picture, step: StepId, kind: str, *, incoming: bool) -> list[StepId]:
    """The steps at the other ends of a step's edges of one kind, in the order of the plan."""
    found = [
        one if incoming else other
        for one, other, of_kind in _kinds(graph)
        if of_kind == kind and step == (other if incoming else one)
    ]
    return sorted(found, key=lambda node: int(graph.nodes[node]["number"]))


def _kinds(graph: Picture) -> Iterator[tuple[StepId, StepId, str]]:
    for one, other, data in graph.edges(data=True):
        yield one, other, str(data["kind"])
