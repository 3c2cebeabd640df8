"""Real signals to real runs of `borgplan apply`, at every step of the plans of recorded scenarios.

For each configuration the plan is interpreted without any process, as `plan --failures` and `plan --fail` do, with an
interrupt at one step. Then `apply` runs, gets a signal while exactly that step runs or has just ended, and must end
so: the same steps in the same order with the same outcomes, 128+n, nothing left running, the journal closed.
`make test` does this for a part of the configurations, `make conformance` for all.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from borgplan.compiler.analysis.failures import failures
from borgplan.compiler.plan.exits import Outcome
from borgplan.compiler.plan.model import Plan, StepId
from borgplan.runtime.cli.parser import parse
from borgplan.runtime.run.session import Session, compile_all
from borgplan.runtime.system.host import RealHost
from tests.conformance.scenario import Scenario, all_scenarios
from tests.conformance.stopping import Moment, Point, Stage, Story, Turn, shape
from tests.conformance.test_traces import prepare
from tests.support.interrupts import STOPPING
from tests.support.laboratory import Laboratory, Server, working_directory

_EVERY = 60
Configuration = tuple[Scenario, ...]  # scenarios that differ in what fails in them only


def _configurations() -> list[Configuration]:
    found: dict[str, list[Scenario]] = {}
    for scenario in all_scenarios():
        words = scenario.data.get("args", [])
        if "--dry-run" in words or "frobnicate" in words:
            continue  # no hook runs; there is no such action
        if "shell-background" in scenario.name:
            continue  # what goes on behind the run begins nobody knows when
        what = [scenario.data.get(name) for name in ("files", "args", "env", "setup", "umask")]
        found.setdefault(json.dumps([scenario.version, *what]), []).append(scenario)
    return [tuple(scenarios) for scenarios in found.values()]


CONFIGURATIONS = _configurations()[:: 1 if os.environ.get("ALL_TRACES") else _EVERY]


class Claims:
    """Points that alike plans have in common are taken once, by whichever test comes to them first."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(exist_ok=True)
        self._directory = directory

    def take(self, point: str) -> bool:
        name = hashlib.sha256(point.encode()).hexdigest()
        try:
            (self._directory / name).touch(exist_ok=False)
        except FileExistsError:
            return False
        return True


@pytest.fixture(scope="session")
def claims(tmp_path_factory: pytest.TempPathFactory) -> Claims:
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    return Claims(shared / "claims-of-signals")


@pytest.fixture
def stage(laboratory: Laboratory, server: Server) -> Iterator[Stage]:
    stage = Stage(laboratory, server)
    yield stage
    stage.close()


@pytest.mark.timeout(900)
@pytest.mark.parametrize("configuration", CONFIGURATIONS, ids=lambda found: str(found[0]))
def test_a_signal_ends_a_run_as_announced(
    configuration: Configuration,
    stage: Stage,
    claims: Claims,
    monkeypatch: pytest.MonkeyPatch,
    record_property: Callable[[str, object], None],
) -> None:
    words = prepare(configuration[0], stage.laboratory, even_deliberate=True)
    surroundings(configuration[0], stage.laboratory, monkeypatch)
    with working_directory(stage.laboratory.tmp / "cwd"):
        plan = compile_all(Session(parse(["plan", "--offline", *words]), RealHost())).plan
        if plan is None or plan.refusals:
            pytest.skip("nothing would run")
        others: list[str] = []
        sent = unheld = 0
        for scenario, faults in variants(configuration, str(stage.laboratory.tmp)):
            _, turns = stage.predicted(plan, scenario, faults)
            for point, is_held in points(configuration[0], plan, turns, claims):
                if not is_held:
                    unheld += 1
                    continue
                sent += 1
                others += interrupted(stage, plan, words, scenario, faults, point)
    record_property("signals", (configuration[0].version, sent, unheld, others))
    assert not others, "\n".join(others)


def surroundings(
    scenario: Scenario, laboratory: Laboratory, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = {
        k: v.replace("$TMP", str(laboratory.tmp)) for k, v in scenario.data.get("env", {}).items()
    }
    for name, value in {**laboratory.environment(), **own}.items():
        monkeypatch.setenv(name, value)


def variants(
    configuration: Configuration, tmp: str
) -> Iterator[tuple[Scenario, list[dict[str, Any]]]]:
    """Nothing fails, and whatever failed in a recording."""
    yield configuration[0], []
    for scenario in configuration:
        faults = scenario.faults(tmp)
        if any(fault.get("exit") or fault.get("signal") for fault in faults):
            yield scenario, faults


def points(
    scenario: Scenario, plan: Plan, turns: Sequence[Turn], claims: Claims
) -> Iterator[tuple[Point, bool]]:
    """Those that nobody has taken, and whether the run can be held there.

    All three signals where borgmatic was recorded with signals, else one after the other.
    """
    for number, (turn, kind) in enumerate(zip(turns, shape(plan, turns), strict=True)):
        for moment in Moment:
            if moment is Moment.AFTER and number % 4:
                continue
            if claims.take(f"{moment} {kind}"):
                first = (number + moment.value.count("f")) % len(STOPPING)
                chosen = STOPPING if scenario.group == "signal" else STOPPING[first : first + 1]
                for signal in chosen:
                    yield Point(number, moment, signal), turn.can_be_held(moment)


def interrupted(
    stage: Stage,
    plan: Plan,
    words: Sequence[str],
    scenario: Scenario,
    faults: Sequence[dict[str, Any]],
    point: Point,
) -> list[str]:
    """Send a signal; in what the run was not as announced."""
    announced, turns = stage.predicted(plan, scenario, faults, point)
    seen, problems = stage.ran(words, scenario, turns, point)
    if seen.exit_code != 128 + point.number:
        problems.append(f"exit code {seen.exit_code}")
    if seen != announced:
        problems.append(f"announced {announced}, but seen {seen}: {stage.said()}")
    others = [turn.outcome for number, turn in enumerate(turns) if number != point.turn]
    if point.moment is Moment.DURING and not any(end is not Outcome.DONE for end in others):
        problems += analysis_differs(plan, turns[point.turn].step, seen)
    where = f"{scenario}, {point.number.name} {point.moment.value} {turns[point.turn].step}"
    return [f"{where}: {problem}" for problem in problems]


def analysis_differs(plan: Plan, stopped: StepId, seen: Story) -> list[str]:
    """Whether what ran is what `plan --failures` says of an interrupt there."""
    found = failures(plan)
    number = [step.id for step in plan.steps].index(stopped)
    failure = next(f for f in found.all if f.outcome is Outcome.INTERRUPTED and number in f.steps)
    said = {s.id for place, s in enumerate(plan.steps) if found.runs(failure, number, place)}
    ran = {step for step, _ in seen.ended}
    return [] if said == ran else [f"plan --failures says {sorted(said)}, but {sorted(ran)} ran"]
