"""The rules over real configuration files: none crashes, each has met one, or it is said why not."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from borgplan.compiler.driver.compile import plan_of
from borgplan.compiler.driver.request import CompileRequest
from borgplan.compiler.driver.sources import read
from borgplan.compiler.lint.pages import codes
from borgplan.compiler.lint.registry import run_checks
from borgplan.compiler.semantics import NEWEST
from borgplan.compiler.source.diagnostic import Diagnostic, Diagnostics, in_order
from tests.conformance.corpus import CorpusHost, entries

pytestmark = pytest.mark.skipif(not entries(), reason="no corpus")

# As somebody has them who says nothing, and after an upgrade.
GENERATIONS = ("auto", NEWEST.name)

# Rules of `compiler/checks` that none of these files has an occasion for.
NOT_MET = {
    "BP632": "the files of the corpus are those of who checked it out",
    "BP633": "the programs aren't in the corpus",
    "BP630": "nobody has hidden anything in these files",
    "BP355": "no dump of the corpus goes through a pipeline",
    "BP243": "nobody writes a 0 there",
    "BP312": "what is unmounted is unmounted by the last hook",
    "BP320": "no hooks for the actions that skip_actions leaves out",
    "BP321": "no hooks for actions that borgplan lacks",
    "BP322": "no hook asks for a value",
    "BP324": "no empty items",
    "BP325": "no soft failures in after-hooks",
    "BP328": "who uses exit code 75 means a generation that knows it",
    "BP327": "no gate in a file with retries",
    "BP341": "only looked for when asked",
    "BP342": "no dump around an action where there are two repositories",
    "BP344": "it takes two files",
    "BP346": "nobody names programs of two releases",
    "BP389": "no database has two entries",
    "BP620": "no password among options of dump programs",
    "BP430": "the one file with check_repositories is a template, and no YAML",
    "BP432": "not said of a release that is a guess",
    "BP433": "nobody writes zeros only",
    "BP444": "no repository of the corpus lies in sources",
    "BP475": "nobody who takes snapshots skips `create`",
    "BP476": "nobody says how large snapshots are",
    "BP436": "no regular expressions",
    "BP438": "in comments only",
    "BP440": "it takes two files",
    "BP602": "the corpus is checked out with other modes",
    "BP603": "the scripts aren't in the corpus",
    "BP617": "no hook asks for an error or an output",
    "BP618": "nobody knows borgplan's variables",
    "BP613": "dumps go to directories of their own, or to /tmp in a container",
}


@cache
def findings(generation: str) -> dict[str, list[Diagnostic]]:
    """What the rules find, by file."""
    found = {}
    for entry in entries():
        host = CorpusHost(entry)
        diagnostics = Diagnostics()
        sources = read(CompileRequest((str(entry.path),), semantics=generation), host, diagnostics)
        compilation = plan_of(sources, host, diagnostics)
        own = Diagnostics()
        run_checks(compilation, host, own)
        found[entry.name] = in_order(own)
    return found


def counts(generation: str) -> Counter[str]:
    return Counter(d.code for found in findings(generation).values() for d in found)


def own_codes() -> set[str]:
    """The codes that `compiler/lint/rules` gives; proofs have tests of their own."""
    files = (Path(__file__).parents[2] / "compiler" / "lint" / "rules").glob("*.py")
    return {code for file in files for code in re.findall(r'"(BP[2-6]\d\d)"', file.read_text())}


def test_every_finding_has_a_place_in_its_file() -> None:
    for generation in GENERATIONS:
        for name, found in findings(generation).items():
            for item in found:
                assert item.message, name
                assert item.span.line >= 1, name
                assert item.code in codes(), name


def test_each_rule_has_met_a_real_file(record_property: Callable[[str, object], None]) -> None:
    by_generation = {generation: counts(generation) for generation in GENERATIONS}
    record_property("findings", {name: dict(found) for name, found in by_generation.items()})
    met = {code for found in by_generation.values() for code in found}
    assert own_codes() - met == set(NOT_MET)


def test_real_files_are_not_flooded_with_warnings() -> None:
    """Of what isn't the mode of a file: a rule that warns of every other file is no rule."""
    for found in findings("auto").values():
        warned = [d.code for d in found if d.severity.word == "warning" and d.code < "BP601"]
        assert len(warned) <= 5, warned
