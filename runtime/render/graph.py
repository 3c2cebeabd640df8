"""A plan's graph as DOT for Graphviz, and as Mermaid, which code forges draw in Markdown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from ...compiler.analysis.picture import FAILURE, NEXT, RELEASE
from ...compiler.plan.index import Index, index
from ...compiler.plan.model import Phase, Plan, Role, Scope, ScopeKind, Step
from ...compiler.plan.titles import named
from ...compiler.shell.printable import printable

if TYPE_CHECKING:
    from ...compiler.analysis.picture import Picture

_COLOURS = {Role.HOOK: "#f5e6c8", Role.BORG: "#cfe3f7", Role.NOTIFY: "#e3d7f5"}
_OTHER = "#d7f0d9"  # dumps, snapshots and what else is generated


def dot(plan: Plan, graph: Picture) -> str:
    """For Graphviz: `dot -Tsvg`."""
    return "".join(f"{line}\n" for line in _Dot(plan, graph).lines())


def mermaid(plan: Plan, graph: Picture) -> str:
    """A flowchart of Mermaid."""
    return "".join(f"{line}\n" for line in _Mermaid(plan, graph).lines())


class _Drawing:
    """What both languages have in common: boxes in boxes, then arrows."""

    def __init__(self, plan: Plan, graph: Picture) -> None:
        self._graph = graph
        self._tree: Index = index(plan)
        self._box_number = {scope.id: number for number, scope in enumerate(plan.scopes)}
        self._number = {step.id: number for number, step in enumerate(plan.steps, 1)}

    def _title(self, scope: Scope) -> str:
        if scope.kind is ScopeKind.RUN:
            return "run"
        return printable(f"{scope.kind.value} {scope.label or scope.name}")

    def _label(self, step: Step) -> str:
        return f"{self._number[step.id]}  {printable(named(step, self._tree)).strip('`')}"

    def _is_empty(self, scope: Scope) -> bool:
        own = any(self._tree.steps_of(scope, phase) for phase in Phase)
        return not own and all(map(self._is_empty, self._tree.children_of(scope)))

    def _inside(
        self, scope: Scope, box: Callable[[Scope], Iterator[str]], node: Callable[[Step], str]
    ) -> Iterator[str]:
        for phase in (Phase.ENTER, Phase.BODY):
            yield from map(node, self._tree.steps_of(scope, phase))
        for child in self._tree.children_of(scope):
            if not self._is_empty(child):
                yield from (f"  {line}" for line in box(child))
        for phase in (Phase.EXIT, Phase.RECOVER):
            yield from map(node, self._tree.steps_of(scope, phase))

    def _edges(self) -> Iterator[tuple[int, int, str, str]]:
        """From, to, kind, and what is released."""
        for one, other, data in self._graph.edges(data=True):
            yield self._number[one], self._number[other], data["kind"], data.get("what", "")


class _Dot(_Drawing):
    def lines(self) -> Iterator[str]:
        yield "digraph plan {"
        yield "  rankdir=TB; compound=true; fontname=sans;"
        yield "  node [shape=box, style=filled, fontname=monospace, fontsize=10];"
        yield "  edge [fontname=sans, fontsize=9];"
        yield from (f"  {line}" for line in self._box(self._tree.root))
        for one, other, kind, what in self._edges():
            style = {
                NEXT: "",
                FAILURE: ' [style=dashed, color="#b00020", label="on failure"]',
                RELEASE: f" [style=dotted, constraint=false, label={_quoted(f'releases {what}')}]",
            }[kind]
            yield f"  s{one} -> s{other}{style};"
        yield "}"

    def _box(self, scope: Scope) -> Iterator[str]:
        yield f"subgraph cluster_{self._box_number[scope.id]} {{"
        yield f"  label={_quoted(self._title(scope))}; color=gray;"
        yield from (f"  {line}" for line in self._inside(scope, self._box, self._node))
        yield "}"

    def _node(self, step: Step) -> str:
        colour = _COLOURS.get(step.role, _OTHER)
        border = ', style="filled,dashed"' if not self._graph.nodes[step.id]["usual"] else ""
        label = _quoted(self._label(step))
        return f's{self._number[step.id]} [label={label}, fillcolor="{colour}"{border}];'


class _Mermaid(_Drawing):
    def lines(self) -> Iterator[str]:
        yield "flowchart TB"
        yield from (f"  {line}" for line in self._box(self._tree.root))
        for one, other, kind, what in self._edges():
            arrow = {
                NEXT: "-->",
                FAILURE: "-. on failure .->",
                RELEASE: f'-. "release of {_entities(what)}" .->',
            }[kind]
            yield f"  s{one} {arrow} s{other}"

    def _box(self, scope: Scope) -> Iterator[str]:
        yield f'subgraph c{self._box_number[scope.id]}["{_entities(self._title(scope))}"]'
        yield from (f"  {line}" for line in self._inside(scope, self._box, self._node))
        yield "end"

    def _node(self, step: Step) -> str:
        return f's{self._number[step.id]}["{_entities(self._label(step))}"]'


def _quoted(text: str) -> str:
    """A string of DOT, with nothing that it reads as more than text."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def _entities(text: str) -> str:
    """A label of Mermaid: letters, digits and blanks as they are, all else that it may read by number."""
    return "".join(c if c.isalnum() or c in " _-./:,{}" else f"#{ord(c)};" for c in text)
