"""mutants.py [SECONDS] [ROOM...]: changes the code in small ways, and looks whether the tests notice.

The mutations of `tests/mutants/rooms.toml` come first, then cosmic-ray's for the modules of each room, in a random order
that is the same for each MUTANT_SEED of the environment, until the time is up. Prints those that survived, and the score
of each room. Works on a copy, in .cache/mutants; run by the Python that has cosmic-ray, see scripts/ensure-mutants.
"""

from __future__ import annotations

import ast
import fnmatch
import os
import random
import shutil
import subprocess
import sys
import time
import tomllib
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from cosmic_ray.ast import get_ast  # type: ignore[import-not-found,unused-ignore]
from cosmic_ray.mutating import MutationVisitor  # type: ignore[import-not-found,unused-ignore]
from cosmic_ray.plugins import get_operator  # type: ignore[import-not-found,unused-ignore]

ROOT = Path(__file__).parent.parent
COPY = ROOT / ".cache" / "mutants" / "tree"
COPIED = ("compiler", "runtime", "grammar", "tests", "examples", "docs", ".dev", "pyproject.toml")
# Those that change what a program does: others turn the `|` of annotations, which nothing runs, into everything else.
OPERATORS = [
    f"core/{name}"
    for name in (
        "AddNot", "ReplaceTrueWithFalse", "ReplaceFalseWithTrue", "ReplaceAndWithOr", "ReplaceOrWithAnd",
        "ReplaceBreakWithContinue", "ReplaceContinueWithBreak", "NumberReplacer", "ZeroIterationForLoop",
        "ReplaceComparisonOperator_Eq_NotEq", "ReplaceComparisonOperator_NotEq_Eq",
        "ReplaceComparisonOperator_Lt_LtE", "ReplaceComparisonOperator_LtE_Lt",
        "ReplaceComparisonOperator_Gt_GtE", "ReplaceComparisonOperator_GtE_Gt",
        "ReplaceComparisonOperator_Is_IsNot", "ReplaceComparisonOperator_IsNot_Is",
        "ReplaceBinaryOperator_Add_Sub", "ReplaceBinaryOperator_Sub_Add", "ReplaceUnaryOperator_Delete_Not",
    )
]  # fmt: skip
LONGEST = 600  # seconds for the tests of one mutant; one that hangs counts as noticed, and is told


class Mutant(NamedTuple):
    """A file with other text in it. `where`: for people."""

    room: str
    where: str
    file: str
    text: str
    tests: tuple[str, ...]


def main(words: list[str]) -> int:
    seconds = float(words[0]) if words else 900
    table = tomllib.loads((ROOT / "tests/mutants/rooms.toml").read_text())
    rooms = [room for room in table["room"] if not words[1:] or room["name"] in words[1:]]
    _copy()
    known = [_known(entry) for entry in table["known"]] if not words[1:] else []
    survivors: list[Mutant] = []
    score: dict[str, list[int]] = {}
    failing = _failing(
        sorted(
            {test for mutant in known for test in mutant.tests}
            | {test for room in rooms for test in room["tests"]}
        )
    )
    until = time.monotonic() + seconds
    for mutant in chain(known, _in_turn([_generated(room) for room in rooms])):
        if time.monotonic() > until:
            break
        killed = _is_noticed(mutant, failing)
        counts = score.setdefault(mutant.room, [0, 0])
        counts[0] += killed
        counts[1] += 1
        if not killed:
            survivors.append(mutant)
            print(f"survived: {mutant.where}", flush=True)
    return _tell(score, survivors, table.get("explained", []))


def _copy() -> None:
    shutil.rmtree(COPY, ignore_errors=True)
    COPY.mkdir(parents=True)
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(
                ROOT / name,
                COPY / name,
                symlinks=True,
                ignore=shutil.ignore_patterns("__pycache__"),
            )
        else:
            shutil.copy(ROOT / name, COPY / name)
    # Tests of recordings look for them beside the project, and are skipped where there are none.
    recordings, link = ROOT.parent / "shared", COPY.parent / "shared"
    link.unlink(missing_ok=True)
    if recordings.is_dir():
        link.symlink_to(recordings)


def _known(entry: dict[str, Any]) -> Mutant:
    text = (ROOT / entry["file"]).read_text()
    if text.count(entry["old"]) != 1:
        raise SystemExit(f"{entry['name']}: its text isn't in {entry['file']} once any more")
    changed = text.replace(entry["old"], entry["new"])
    return Mutant("known", entry["name"], entry["file"], changed, tuple(entry["tests"]))


def _generated(room: dict[str, Any]) -> list[tuple[dict[str, Any], str, str, int]]:
    """All mutations of a room, shuffled: the room, the file, the operator, and which of its places."""
    files = [
        path
        for pattern in room["modules"]
        for path in sorted(ROOT.glob(pattern))
        if path.name != "__init__.py"
    ]
    found = [
        (room, str(path.relative_to(ROOT)), operator, place)
        for path in files
        for operator in OPERATORS
        for place in range(_places(path, operator))
    ]
    random.Random(room["name"] + os.environ.get("MUTANT_SEED", "")).shuffle(found)
    return found


def _places(path: Path, operator: str) -> int:
    tree = get_ast(path.read_text())
    counted = get_operator(operator)()

    def below(node: Any) -> int:
        return sum(1 for _ in counted.mutation_positions(node)) + sum(
            below(child) for child in getattr(node, "children", ())
        )

    return below(tree)


def _in_turn(rooms: list[list[tuple[dict[str, Any], str, str, int]]]) -> Any:
    """One of each room after the other, made when it is its turn."""
    for number in range(max(map(len, rooms), default=0)):
        for found in rooms:
            if number < len(found):
                yield from _made(*found[number])


def _made(room: dict[str, Any], file: str, operator: str, place: int) -> list[Mutant]:
    text = (ROOT / file).read_text()
    changed = MutationVisitor.mutate_code(text, get_operator(operator)(), place)
    if changed is None or _meaning(changed) == _meaning(text):
        return []  # in an annotation, a docstring or a place where it changes nothing
    lines = zip(text.split("\n"), changed.split("\n"), strict=False)
    number, (old, new) = next((n, pair) for n, pair in enumerate(lines, 1) if pair[0] != pair[1])
    where = f"{file}:{number}: {operator.removeprefix('core/')}: {old.strip()}  ->  {new.strip()}"
    return [Mutant(room["name"], where, file, changed, tuple(room["tests"]))]


class _Bare(ast.NodeTransformer):
    """Without annotations, which nothing evaluates."""

    def visit_arg(self, node: ast.arg) -> ast.arg:
        node.annotation = None
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns = None
        return self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        node.annotation = ast.Constant(None)
        return self.generic_visit(node)


def _meaning(text: str) -> str:
    try:
        return ast.dump(_Bare().visit(ast.parse(text)))
    except SyntaxError:
        return ""


def _run(
    tests: tuple[str, ...], *more: str, limit: int = LONGEST
) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(COPY / ".dev"), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        *more,
        *tests,
    ]
    return subprocess.run(
        command, cwd=COPY, env=environment, capture_output=True, text=True, timeout=limit, check=False
    )  # fmt: skip


def _failing(tests: list[str]) -> tuple[str, ...]:
    """The tests that fail without any mutation, and so say nothing; told."""
    done = _run(tuple(tests), "-rf", "-n", "2", limit=6 * LONGEST)
    failed = tuple(
        line.split(" ")[1] for line in done.stdout.splitlines() if line.startswith("FAILED ")
    )
    if done.returncode not in (0, 1):
        raise SystemExit(f"the tests can't be run:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    for name in failed:
        print(f"fails without any mutation, and is left out: {name}", flush=True)
    return failed


def _is_noticed(mutant: Mutant, failing: tuple[str, ...]) -> bool:
    file = COPY / mutant.file
    before = file.read_text()
    file.write_text(mutant.text)
    left_out = [f"--deselect={name}" for name in failing]
    try:
        return _run(mutant.tests, "-x", *left_out).returncode != 0
    except subprocess.TimeoutExpired:
        print(f"noticed only by its tests taking more than {LONGEST} s: {mutant.where}", flush=True)
        return True
    finally:
        file.write_text(before)


def _tell(
    score: dict[str, list[int]], survivors: list[Mutant], explained: list[dict[str, str]]
) -> int:
    """`explained`: survivors that change nothing anybody could notice, by a pattern and why."""
    reasons = {
        mutant.where: entry["why"]
        for mutant in survivors
        for entry in explained
        if fnmatch.fnmatchcase(mutant.where, entry["where"])
    }
    for mutant in survivors:
        if mutant.where in reasons:
            print(f"explained: {mutant.where}: {reasons[mutant.where]}")
    killed, tried = (sum(counts[place] for counts in score.values()) for place in (0, 1))
    for room, (noticed, of) in score.items():
        print(f"{room}: {noticed} of {of} killed")
    print(f"all: {killed} of {tried} killed, {len(reasons)} of {tried - killed} survivors explained"
          f", score {100 * (killed + len(reasons)) / max(tried, 1):.0f} %")  # fmt: skip
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
