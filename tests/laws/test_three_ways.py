"""Law: what the plan says would run, what `apply` runs, and what the description of borgmatic says
is the same, whatever the configuration and whatever fails."""

from __future__ import annotations

import ast
import os
import shutil
import sys
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from borgplan.compiler.semantics import PROFILES, Profile
from tests.laws import naive, naive_commands, naive_options, naive_world
from tests.laws.case import TMP, Case, described, placed
from tests.laws.generate import cases
from tests.laws.mended import MENDED
from tests.laws.simulate import simulate
from tests.support.laboratory import Laboratory

# How many cases: simulated ones of each profile, and ones with real processes.
SIMULATED = int(os.environ.get("LAWS_SIMULATED", "20"))
REAL = int(os.environ.get("LAWS_REAL", "60"))
# Processes take about ten milliseconds each.
MOST_COMMANDS = 20

WORDS = ("commands", "options", "world")

laws = settings(
    deadline=None,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.filter_too_much,
        HealthCheck.function_scoped_fixture,
    ],
)


def compare(case: Case, expected: naive.Run, found: list[list[str]], code: int, tmp: str) -> None:
    """Fails with all there is to know."""

    def lines(trace: list[list[str]], exit_code: int) -> str:
        texts = [f"    {' '.join(words)}".replace(tmp, "$TMP") for words in trace]
        return "\n".join([*texts, f"    exit code {exit_code}"])

    if (found, code) != (expected.trace, expected.exit_code):
        pytest.fail(
            f"{case!r}\n--- as described\n{lines(expected.trace, expected.exit_code)}\n"
            f"--- found\n{lines(found, code)}",
            pytrace=False,
        )


def hold(case: Case) -> None:
    """The law for a plan: it foresees what is described."""
    expected = described(case)
    found = simulate(case)
    assert not found.complaints or expected.exit_code == 2, (case, found.complaints)
    compare(case, expected, found.trace, found.exit_code, TMP)


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name)
def test_a_plan_runs_what_is_described(profile: Profile) -> None:
    @settings(laws, max_examples=SIMULATED)
    @given(cases(profile))
    def check(case: Case) -> None:
        hold(case)

    check()


@settings(laws, max_examples=REAL)
@given(st.sampled_from(PROFILES).flatmap(cases))
def test_apply_runs_what_is_described(laboratory: Laboratory, case: Case) -> None:
    """The same with processes, and the plan's own prediction beside it."""
    tmp = str(laboratory.tmp)
    expected = described(case, tmp)
    assume(len(expected.trace) <= MOST_COMMANDS)
    shutil.rmtree(f"{tmp}/home/.local", ignore_errors=True)  # when checks ran
    for path, text in zip(case.paths, case.files, strict=True):
        laboratory.write({path.removeprefix("$TMP/"): text})
    ran = laboratory.run(
        ["apply", *(word.replace("$TMP", tmp) for word in case.arguments)],
        faults=[placed(fault, tmp) for fault in case.faults],
    )
    trace = [words[:1] + words[2:] if words[0] == "hook" else words for words in ran.trace]
    compare(case, expected, trace, ran.exit_code, tmp)
    foreseen = simulate(case)
    there = [[word.replace(TMP, tmp) for word in words] for words in foreseen.trace]
    compare(case, expected, there, foreseen.exit_code, tmp)


@pytest.mark.parametrize(
    "case", [pytest.param(case, id=name) for name, cases in MENDED.items() for case in cases]
)
def test_what_was_wrong_once_is_right(case: Case) -> None:
    hold(case)


@pytest.mark.parametrize("module", [naive, naive_commands, naive_options, naive_world])
def test_the_description_stands_alone(module: ModuleType) -> None:
    """It imports nothing of what it is compared with."""
    found = set()
    for node in ast.walk(ast.parse(Path(str(module.__file__)).read_text())):
        if isinstance(node, ast.ImportFrom):
            found.add("." * node.level + (node.module or ""))
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    ours = {name for name in found if name.split(".")[0] not in sys.stdlib_module_names}
    assert ours <= {"tests.laws", *(f"tests.laws.naive_{word}" for word in WORDS)}
