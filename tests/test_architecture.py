"""The house keeps its order: which room may import which, and how large a piece may be."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import networkx as nx
import pytest

ROOT = Path(__file__).parent.parent

# A room imports only rooms before it; `compiler` imports nothing of `runtime`.
ORDER = [
    *(f"compiler.{room}" for room in (
        "support", "source", "plan", "syntax", "config", "semantics", "shell", "borg", "notify", "lower",
        "analysis", "diff", "policy", "driver", "lint", "migration",
    )),
    *(f"runtime.{room}" for room in (
        "system", "engine", "process", "report", "journal", "render", "cli", "run", "commands",
    )),
]  # fmt: skip
# The composition root and what lists all commands import whatever they need.
ABOVE = {"runtime.main", "runtime.__main__", "runtime.reference_page"}

LONGEST_MODULE = 300  # lines
LONGEST_FUNCTION = 60


def modules() -> dict[str, ast.Module]:
    files = [*ROOT.glob("compiler/**/*.py"), *ROOT.glob("runtime/**/*.py")]
    return {_name(file): ast.parse(file.read_text()) for file in files}


def _name(file: Path) -> str:
    return ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


MODULES = modules()
IS_PACKAGE = {name for name in MODULES if (ROOT / name.replace(".", "/")).is_dir()}


def imports(name: str) -> Iterator[str]:
    """All modules of the project that a module names, wherever in it."""
    base = name.split(".") if name in IS_PACKAGE else name.split(".")[:-1]
    for node in ast.walk(MODULES[name]):
        if isinstance(node, ast.ImportFrom) and node.level:
            anchor = base[: len(base) - node.level + 1]
            target = ".".join([*anchor, *(node.module.split(".") if node.module else [])])
            for alias in node.names:
                inner = f"{target}.{alias.name}"
                yield inner if inner in MODULES else target


def room(name: str) -> str:
    return ".".join(name.split(".")[:2])


@pytest.mark.parametrize("name", sorted(MODULES.keys() - ABOVE))
def test_a_room_imports_only_rooms_before_it(name: str) -> None:
    if room(name) not in ORDER:
        assert name in ("compiler", "runtime"), f"{name} stands in no room"
        return
    allowed = ORDER[: ORDER.index(room(name)) + 1]
    later = {
        other for other in imports(name) if room(other) in ORDER and room(other) not in allowed
    }
    assert not later


def test_modules_import_one_another_in_no_circle() -> None:
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_edges_from((name, other) for name in MODULES for other in imports(name))
    assert not [circle for circle in nx.simple_cycles(graph) if len(circle) > 1]


@pytest.mark.parametrize("package", sorted(IS_PACKAGE - {"compiler", "runtime"}))
def test_a_room_has_a_head_that_says_what_goes_in(package: str) -> None:
    head = ast.get_docstring(MODULES[package]) or ""
    assert "Goes in:" in head
    assert "Imports:" in head
