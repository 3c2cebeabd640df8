"""Short ways from YAML text to what the front end makes of it, and to diagnostics as plain tuples."""

from __future__ import annotations

from collections.abc import Iterable

from borgplan.compiler.config.decode.file import configuration
from borgplan.compiler.config.model import Configuration
from borgplan.compiler.source.diagnostic import Diagnostic, Diagnostics, Severity
from borgplan.compiler.syntax.compose import parse
from borgplan.compiler.syntax.merge import IncludeMerge, merge
from borgplan.compiler.syntax.nodes import Include, Mapping, Marked, Node, Scalar, Sequence

FILE = "config.yaml"


def parsed(data: str | bytes) -> tuple[Node | None, Diagnostics]:
    diagnostics = Diagnostics()
    raw = data.encode() if isinstance(data, str) else data
    return parse(FILE, raw, diagnostics), diagnostics


def configured(text: str) -> tuple[Configuration | None, Diagnostics]:
    node, diagnostics = parsed(text)
    assert node is not None, diagnostics
    merged = merge(node, IncludeMerge.DEEP, diagnostics)
    return configuration(FILE, merged, diagnostics), diagnostics


def plain(node: Node) -> object:
    """The data a tree stands for."""
    match node:
        case Scalar():
            return node.value
        case Sequence():
            return [plain(item) for item in node.items]
        case Mapping():
            return {key.text: plain(value) for key, value in node.pairs}
        case Include() | Marked():
            raise AssertionError("an include or a mark that was not replaced")


def at(node: Node, *route: str | int) -> Node:
    """The node that a route of keys and indices leads to."""
    for step in route:
        if isinstance(step, int):
            assert isinstance(node, Sequence)
            node = node.items[step]
        else:
            assert isinstance(node, Mapping)
            node = next(value for key, value in node.pairs if key.text == step)
    return node


def places(diagnostics: Iterable[Diagnostic]) -> list[tuple[str, str, int, int]]:
    """Severity, code, line and column of each, in the order in which they were recorded."""
    return [(d.severity.word, d.code, d.span.line, d.span.column) for d in diagnostics]


def errors(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    return [item for item in diagnostics if item.severity is Severity.ERROR]


def only(diagnostics: Iterable[Diagnostic]) -> Diagnostic:
    (item,) = diagnostics
    return item
