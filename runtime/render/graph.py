"""A plan's graph as DOT for Graphviz, and as Mermaid, which code forges draw in Markdown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from ...compiler.analysis.destruction import destroyed
from ...compiler.analysis.picture import FAILURE, NEXT, RELEASE
from ...compiler.plan.index import Index, index
from ...compiler.plan.model import Phase, Plan, Role, Scope, ScopeKind, Step
from ...compiler.plan.titles import named
from ...compiler.shell.printable import printable
from ...compiler.support.record import NamedTuple
from .alike_files import AlikeFiles, alike_files
from .phrases import count

if TYPE_CHECKING:
    from ...compiler.analysis.picture import Picture

_COLOURS = {Role.HOOK: "#f5e6c8", Role.BORG: "#cfe3f7", Role.NOTIFY: "#e3d7f5"}
_DESTROYS = "#b00020"
_OTHER = "#d7f0d9"  # dumps, snapshots and what else is generated


class Limits(NamedTuple):
    """What a program draws of Mermaid."""

    edges: int
    characters: int


GITHUB = Limits(edges=500, characters=50_000)  # Mermaid's own, which code forges don't change


def dot(plan: Plan, graph: Picture, *, every: bool = False) -> str:
    """For Graphviz: `dot -Tsvg`. Without `every`, of files that are the same but for their names only the first."""
    drawing = _Dot(plan, graph, AlikeFiles() if every else alike_files(plan))
    return "".join(f"{line}\n" for line in drawing.lines())


def mermaid(
    plan: Plan, graph: Picture, limits: Limits | None = None, *, every: bool = False
) -> str | None:
    """A flowchart of Mermaid; None if it is beyond the limits. `every`: as for `dot`."""
    drawing = _Mermaid(plan, graph, AlikeFiles() if every else alike_files(plan))
    text = "".join(f"{line}\n" for line in drawing.lines())
    return (
        None if limits and not (drawing.fits(limits) and len(text) <= limits.characters) else text
    )


class _Drawing:
    """What both languages have in common: boxes in boxes, then arrows."""

    def __init__(self, plan: Plan, graph: Picture, alike: AlikeFiles) -> None:
        self._graph = graph
        self._tree: Index = index(plan)
        self._alike = alike
        self._box_number = {scope.id: number for number, scope in enumerate(plan.scopes)}
        self._number = {step.id: number for number, step in enumerate(plan.steps, 1)}
        self._shown = [step for step in plan.steps if not self._is_hidden(step)]

    def _is_hidden(self, step: Step) -> bool:
        return self._tree.name_of(step.scope, ScopeKind.CONFIGURATION) in self._alike.hidden

    def fits(self, limits: Limits) -> bool:
        """Whether there are few enough arrows."""
        return sum(1 for _ in self._edges()) <= limits.edges

    def _title(self, scope: Scope) -> str:
        if scope.kind is ScopeKind.RUN:
            return "run"
        others = self._alike.numbers.get(scope.id, 1) - 1
        more = (
            f" and {count(others, 'file')} that {'is' if others == 1 else 'are'} the same"
            if others
            else ""
        )
        return printable(f"{scope.kind.value} {scope.label or scope.name}{more}")

    def _label(self, step: Step) -> str:
        return f"{self._number[step.id]}  {printable(named(step, self._tree)).strip('`')}"

    def _is_empty(self, scope: Scope) -> bool:
        if scope.kind is ScopeKind.CONFIGURATION and scope.name in self._alike.hidden:
            return True
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
        usual = [step.id for step in self._shown if self._graph.nodes[step.id]["usual"]]
        yield from ((self._number[a], self._number[b], NEXT, "") for a, b in pairwise(usual))
        shown = {step.id for step in self._shown}
        released: set[tuple[str, str]] = set()  # what, by whom it was acquired, when nothing fails
        for one, other, data in self._graph.edges(data=True):
            kind, what = data["kind"], data.get("what", "")
            if kind == NEXT or one not in shown or other not in shown:
                continue
            if kind == RELEASE and self._graph.nodes[other]["usual"]:
                if (one, what) in released:
                    continue  # as by the next repository, which acquires it itself
                released.add((one, what))
            yield self._number[one], self._number[other], kind, what


class _Dot(_Drawing):
    def lines(self) -> Iterator[str]:
        yield "digraph plan {"
        yield "  rankdir=TB; compound=true; fontname=sans; labeljust=l;"
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
        if destroyed(step):
            border += f', color="{_DESTROYS}", penwidth=2'
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
        yield from (f"  {line}" for line in self._classes())

    def _classes(self) -> Iterator[str]:
        """The same colours and borders as Graphviz draws."""
        yield "classDef hook fill:#f5e6c8,stroke:#888,color:#222"
        yield "classDef borg fill:#cfe3f7,stroke:#888,color:#222"
        yield "classDef notify fill:#e3d7f5,stroke:#888,color:#222"
        yield "classDef other fill:#d7f0d9,stroke:#888,color:#222"
        yield "classDef rare stroke-dasharray:5 3"
        yield f"classDef destroys stroke:{_DESTROYS},stroke-width:2px"
        names: dict[str, list[str]] = {}
        for step in self._shown:
            number = f"s{self._number[step.id]}"
            names.setdefault(step.role.value if step.role in _COLOURS else "other", []).append(
                number
            )
            if not self._graph.nodes[step.id]["usual"]:
                names.setdefault("rare", []).append(number)
            if destroyed(step):
                names.setdefault("destroys", []).append(number)
        yield from (f"class {','.join(steps)} {name}" for name, steps in names.items())

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
