"""Real configuration files from public repositories: each compiles, or says where and why not."""

from __future__ import annotations

from pathlib import Path

import pytest

from borgplan.compiler.driver.compile import Compilation, plan_of
from borgplan.compiler.driver.request import CompileRequest
from borgplan.compiler.driver.sources import read
from borgplan.compiler.semantics import NEWEST, OLDEST
from borgplan.compiler.source.diagnostic import Diagnostics
from borgplan.runtime.system.host import RealHost

CORPUS = Path(__file__).parents[2].parent / "shared" / "corpus" / "files"
FILES = sorted(path for path in CORPUS.glob("**/*") if path.is_file())

pytestmark = pytest.mark.skipif(not FILES, reason=f"no corpus in {CORPUS}")


def compiled(path: Path, semantics: str) -> Compilation:
    diagnostics = Diagnostics()
    host = RealHost()
    sources = read(CompileRequest((str(path),), semantics=semantics), host, diagnostics)
    return plan_of(sources, host, diagnostics)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(CORPUS)))
def test_a_real_file_compiles_or_says_where_it_does_not(path: Path) -> None:
    for semantics in ("auto", OLDEST.name, NEWEST.name):
        compilation = compiled(path, semantics)
        assert bool(compilation.errors) == (compilation.plan is None) == bool(compilation.broken)
        assert len(compilation.configurations) + len(set(compilation.broken)) == 1
        for problem in compilation.diagnostics:
            assert problem.message
            lines = Path(problem.span.file).read_bytes().count(b"\n") + 1
            assert 1 <= problem.span.line <= lines
            assert problem.span.column >= 1
            assert problem.span[1:3] <= problem.span[3:5]


def test_many_real_files_compile() -> None:
    """A guard against an error that hits everybody; the rest are templates, fragments, mistakes."""
    good = [path for path in FILES if compiled(path, "auto").plan is not None]
    assert len(good) >= len(FILES) // 4
