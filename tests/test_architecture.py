"""The house keeps its order: which room may import which, and how large a piece may be."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import networkx as nx
import pytest

ROOT = Path(__file__).parent.parent

# A room imports only rooms before it; `compiler` imports nothing of `runtime`.
ORDER = [
    *(f"compiler.{room}" for room in (
        "support", "source", "plan", "syntax", "config", "semantics", "shell", "borg",
        "notify", "databases", "snapshots", "lower", "analysis", "diff", "policy", "driver", "lint", "migration",
    )),
    *(f"runtime.{room}" for room in (
        "completions", "system", "engine", "process", "report", "journal", "render", "cli", "run", "fleet", "commands",
    )),
]  # fmt: skip
# The composition root and what lists all commands import whatever they need.
ABOVE = {"runtime.main", "runtime.__main__", "runtime.reference_page", "runtime.borgmatic_page",
         "runtime.completion_scripts", "runtime.manual_pages"}  # fmt: skip

LONGEST_MODULE = 300  # lines
LONGEST_FUNCTION = 60

# Modules that may be longer, up to this many lines, each with the reason why it is one piece.
LONGER_MODULES = {
    "compiler.borg.target": (340, "what every command line of Borg has in common, in the order in which it is written"),
    "compiler.config.decode.file": (370, "one pass over the sections of a file, with a state of its own"),
    "compiler.lower.lower": (355, "one pass that writes scopes and steps in their order, with a state of its own"),
    "compiler.lower.template": (310, "one language: its grammar's tree, its checks and its texts"),
    "compiler.support.codec": (310, "reading, writing and the schema of each annotation, side by side"),
    "compiler.syntax.compose": (340, "one pass over events, with a state of its own"),
    "runtime.engine.walk": (385, "the whole meaning of a plan, to be read in one go"),
    "runtime.journal.recorder": (345, "one run's lines in the journal, from the first to the last"),
}  # fmt: skip


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


def text_of(name: str) -> str:
    file = ROOT / name.replace(".", "/")
    return (file / "__init__.py" if file.is_dir() else file.with_suffix(".py")).read_text()


def room(name: str) -> str:
    return ".".join(name.split(".")[:2])


def test_every_module_is_in_a_room() -> None:
    outside = {name for name in MODULES if room(name) not in ORDER}
    assert outside == ABOVE | {"compiler", "runtime"}


def test_a_room_imports_only_rooms_before_it() -> None:
    places = {name: ORDER.index(room(name)) for name in MODULES if room(name) in ORDER}
    assert not [
        f"{name} imports {other}"
        for name, place in places.items()
        for other in imports(name)
        if places.get(other, 0) > place
    ]


def test_modules_import_one_another_in_no_circle() -> None:
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_edges_from((name, other) for name in MODULES for other in imports(name))
    assert not [circle for circle in nx.simple_cycles(graph) if len(circle) > 1]


def test_a_room_has_a_head_that_says_what_goes_in() -> None:
    heads = {
        package: ast.get_docstring(MODULES[package]) or ""
        for package in IS_PACKAGE - {"compiler", "runtime"}
    }
    assert not [
        package
        for package, head in heads.items()
        if "Goes in:" not in head or "Imports:" not in head
    ]


def test_modules_are_short() -> None:
    lines = {name: len(text_of(name).splitlines()) for name in MODULES}
    most = {name: LONGER_MODULES.get(name, (LONGEST_MODULE, ""))[0] for name in MODULES}
    assert not {name: number for name, number in lines.items() if number > most[name]}
    # Every exception is still needed.
    assert not [name for name in LONGER_MODULES if lines[name] <= LONGEST_MODULE]


def test_functions_are_short() -> None:
    assert not [
        f"{name}.{node.name}"
        for name, tree in MODULES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION
    ]


# What a reader of the plan may not look into: it says by title, role, claims and output what these would tell.
BEHIND_THE_PLAN = [
    re.compile(r"\bargv\[1(:2)?\]"),
    re.compile(r"""(?:["']|\b_?[A-Z]{2,}) in [\w.]*\bwork\.argv\b"""),
    re.compile(r"\bargv\[0\] *(==|!=|in)"),
    re.compile(
        r"\.(id|reason)\.(r?partition|r?split|startswith|endswith|removeprefix|removesuffix)\("
    ),
    re.compile(r"\.(id|reason) *(==|!=) *f?[\"']"),
]


def test_no_reader_looks_behind_the_plan() -> None:
    assert not [
        f"{name}: {match[0]}"
        for name in MODULES
        if room(name) != "compiler.borg"
        for pattern in BEHIND_THE_PLAN
        if (match := pattern.search(text_of(name)))
    ]


@pytest.mark.parametrize(
    "text",
    [
        "work.argv[1]",
        "a.argv[1:2] ==",
        "step.id.rpartition(",
        "step.reason == 'x'",
        "'--json' in step.work.argv",
        "_JSON in work.argv",
    ],
)
def test_what_may_not_come_back_is_recognised(text: str) -> None:
    assert any(pattern.search(text) for pattern in BEHIND_THE_PLAN)
