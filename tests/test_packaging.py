"""Folders at the top of the repository, packages under one name when installed."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# Each may import from itself and from what stands before it.
FOLDERS = ("grammar", "compiler", "runtime")


def imported(file: Path) -> Iterator[tuple[int, str]]:
    """Line and dotted name, from the root of the repository, of every import."""
    here = file.relative_to(ROOT).parent.parts
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = here[: len(here) - node.level + 1] if node.level else ()
            module = [*base, *(node.module.split(".") if node.module else [])]
            for alias in node.names:
                yield node.lineno, ".".join([*module, alias.name])


@pytest.mark.parametrize("folder", FOLDERS)
def test_imports_point_one_way(folder: str) -> None:
    allowed = FOLDERS[: FOLDERS.index(folder) + 1]
    ours = {*FOLDERS, "borgplan", "tests", "examples", "benchmarks"}
    wrong = [
        f"{file.relative_to(ROOT)}:{line}: {name}"
        for file in sorted((ROOT / folder).rglob("*.py"))
        for line, name in imported(file)
        if name.split(".")[0] in ours and name.split(".")[0] not in allowed
    ]
    assert wrong == []


@pytest.mark.parametrize("folder", FOLDERS)
def test_imports_inside_the_project_are_relative(folder: str) -> None:
    """`import compiler` would work from a checkout and make a second copy of everything."""
    ours = {*FOLDERS, "borgplan"}
    absolute = []
    for file in sorted((ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level and node.module:
                names = [node.module]
            if ours & {name.split(".")[0] for name in names}:
                absolute.append(f"{file.relative_to(ROOT)}: {names}")
    assert absolute == []


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_link_of_the_editable_install_leads_to_its_folder(folder: str) -> None:
    link = ROOT / ".dev" / "borgplan" / folder
    if not link.parent.is_dir():
        pytest.skip("an unpacked source distribution has no link tree")
    assert link.is_symlink()
    assert link.resolve() == ROOT / folder
    beside = {"__main__.py", "__pycache__"}
    assert {path.name for path in link.parent.iterdir()} - beside == set(FOLDERS)


def test_borgplan_runs_as_a_module() -> None:
    done = subprocess.run(
        [sys.executable, "-P", "-m", "borgplan", "--version"],
        cwd="/", capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.startswith("borgplan ")


def test_no_generic_module_is_installed() -> None:
    names = [*FOLDERS, "tests", "examples", "docs", "benchmarks", "scripts"]
    code = f"import importlib.util as u; print([n for n in {names} if u.find_spec(n)])"
    done = subprocess.run(
        [sys.executable, "-P", "-c", code], cwd="/", capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


def test_the_wheel_holds_the_three_folders_and_what_runs_them_as_a_module(tmp_path: Path) -> None:
    """Built by way of a source distribution, as a release is."""
    done = subprocess.run(
        [sys.executable, "-m", "build", "--outdir", str(tmp_path), str(ROOT)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    output = done.stdout + done.stderr
    if done.returncode and ("No matching distribution" in output or "No module named" in output):
        pytest.skip("no `build`, or no way to fetch what it needs")
    assert done.returncode == 0, output
    (source,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(source) as archive:
        inside = {name.partition("/")[2] for name in archive.getnames()}
    listed = subprocess.run(
        ["git", "-C", ROOT, "ls-files"], capture_output=True, text=True, check=False
    )
    assert {name for name in listed.stdout.splitlines() if name[0] != "."} <= inside
    (wheel,) = tmp_path.glob("*.whl")
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    files = {
        f"borgplan/{path.relative_to(ROOT)}"
        for folder in FOLDERS
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert packed == files | {"borgplan/__main__.py"}
    assert "borgplan/grammar/template.lark" in packed
    assert {f"borgplan/{folder}/py.typed" for folder in FOLDERS} <= packed


def test_the_lowest_versions_that_are_tested_are_those_that_are_permitted() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    asked = [*project["project"]["dependencies"], *project["dependency-groups"]["test"]]
    for extra in project["project"]["optional-dependencies"].values():
        asked += extra
    assert all(re.fullmatch(r"[\w.-]+>=[\d.]+", wish) for wish in asked)
    permitted = dict(wish.split(">=") for wish in asked)
    lines = (ROOT / "tests/constraints-lowest.txt").read_text().splitlines()
    tested = dict(line.split("==") for line in lines if not line.startswith("#"))
    assert {*tested} == {*permitted}
    for name, version in permitted.items():
        assert tested[name].removesuffix(".0") == version.removesuffix(".0"), name
