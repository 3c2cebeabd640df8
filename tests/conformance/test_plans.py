"""Plans of recorded runs: at the same time or one after the other, and interrupted at every step."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from borgplan.compiler.analysis.concurrency import overlap
from borgplan.compiler.analysis.failures import failures
from borgplan.compiler.plan.exits import Outcome
from borgplan.compiler.plan.model import Plan
from borgplan.compiler.plan.work import Shell
from borgplan.runtime.cli.parser import parse
from borgplan.runtime.run.session import Session, compile_all
from borgplan.runtime.system.host import RealHost
from tests.conformance.scenario import Scenario, all_scenarios
from tests.conformance.test_traces import prepare
from tests.runtime.test_failures import assert_announced
from tests.runtime.test_parallel import assert_same
from tests.support.laboratory import Laboratory, working_directory

SCENARIOS = [
    scenario
    for number, scenario in enumerate(all_scenarios())
    if os.environ.get("ALL_TRACES") or number % 20 == 0
]


def faults(plan: Plan) -> Iterator[dict[str, list[Outcome]]]:
    """Nothing fails; each step fails once, or again and again, or softly; every second one fails."""
    yield {}
    for step in plan.steps:
        yield {step.id: [Outcome.HARD]}
        yield {step.id: [Outcome.HARD] * 20}
        if step.work.exits.soft:
            yield {step.id: [Outcome.SOFT] * 20}
    yield {step.id: [Outcome.HARD] * 20 for step in plan.steps[::2]}


def harmless(plan: Plan) -> Plan:
    """Hooks that say nothing of what they do would keep all apart; in a simulation they do nothing."""
    steps = [
        step._replace(work=step.work._replace(written="true"))
        if isinstance(step.work, Shell)
        else step
        for step in plan.steps
    ]
    return plan._replace(steps=tuple(steps))


@pytest.fixture(params=SCENARIOS, ids=str)
def plan(
    request: pytest.FixtureRequest, laboratory: Laboratory, monkeypatch: pytest.MonkeyPatch
) -> Plan:
    scenario: Scenario = request.param
    words = prepare(scenario, laboratory)
    if "actions-unknown" in scenario.name:
        pytest.skip("there is no plan")
    monkeypatch.setenv("HOME", str(laboratory.tmp / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(laboratory.tmp / "home/.config"))
    for name, value in scenario.data.get("env", {}).items():
        monkeypatch.setenv(name, value.replace("$TMP", str(laboratory.tmp)))
    with working_directory(laboratory.tmp / "cwd"):
        arguments = parse(["plan", "--offline", *(w for w in words if w != "--dry-run")])
        found = compile_all(Session(arguments, RealHost())).plan
    if found is None:
        pytest.skip("there is no plan")
    return found


def test_at_the_same_time_is_the_same_as_one_after_the_other(plan: Plan) -> None:
    plan = harmless(plan)
    if not overlap(plan).waves:
        pytest.skip("nothing of it may run at the same time")
    for ends in faults(plan):
        assert_same(plan, ends)


def test_an_interrupt_at_any_step_ends_the_run_as_announced(plan: Plan) -> None:
    found = failures(plan)
    for failure in found.all:
        for number in failure.steps:
            if failure.outcome is Outcome.INTERRUPTED:
                assert_announced(plan, found, failure, number)
