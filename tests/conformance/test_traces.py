"""Recorded runs of borgmatic, run again by `borgplan apply` and predicted by the plan alone."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from borgplan.compiler.analysis.failures import failures
from borgplan.compiler.driver.compile import plan_of
from borgplan.compiler.driver.sources import read
from borgplan.compiler.plan.exits import Outcome
from borgplan.compiler.plan.index import index
from borgplan.compiler.plan.model import Plan, ScopeKind, Step, StepId
from borgplan.compiler.plan.words import Value
from borgplan.compiler.plan.work import Process, Shell, directory_of
from borgplan.compiler.source.diagnostic import Diagnostics
from borgplan.runtime.cli.arguments import request_of
from borgplan.runtime.cli.parser import parse
from borgplan.runtime.engine.ended import Report
from borgplan.runtime.engine.runner import Result
from borgplan.runtime.engine.walk import interpret
from borgplan.runtime.system.host import RealHost
from tests.conformance.differences import (
    difference,
    exit_code_differs,
    not_implemented,
    with_space_freed,
)
from tests.conformance.scenario import (
    Scenario,
    all_scenarios,
    comparable,
    simple_hook,
    told_failures,
)
from tests.support.laboratory import Laboratory, working_directory
from tests.support.stand_in_rules import Faults

SCENARIOS = list(all_scenarios())
# Real processes take their time: `make test` runs all scenarios of the generation that sections are
# compiled for, and every fourth of the others; `make conformance` runs them all.
APPLIED = [
    scenario
    for number, scenario in enumerate(SCENARIOS)
    if os.environ.get("ALL_TRACES") or scenario.version == "1.3.25" or number % 4 == 0
]


NOT_DRY = (["borg", "check"], ["borg", "compact"])


def prepare(
    scenario: Scenario, laboratory: Laboratory, *, even_deliberate: bool = False
) -> list[str]:
    """The scenario's files are there; borgplan's words. `even_deliberate`: also where it differs."""
    if not even_deliberate and (reason := difference(scenario)):
        pytest.xfail(f"deliberate: {reason}")
    arguments = scenario.arguments(str(laboratory.tmp))
    missing = not_implemented(scenario) or (arguments if isinstance(arguments, str) else "")
    if missing:
        pytest.skip(f"not implemented: {missing}")
    assert isinstance(arguments, list)
    laboratory.write(scenario.files)
    if "setup" in scenario.data:
        setup = scenario.data["setup"].replace("$TMP", str(laboratory.tmp))
        subprocess.run(["/bin/sh", "-ec", setup], cwd=laboratory.tmp, check=True)
    if "drop_capabilities" in scenario.data:
        pytest.skip("needs a process without root's right to read everything")
    return arguments


def expected(scenario: Scenario) -> list[list[str]]:
    trace = with_space_freed(scenario)
    if "--dry-run" in scenario.data.get("args", []):
        # borgmatic really checks in a dry run; compact has one from Borg 1.2.9 on only.
        trace = [event for event in trace if event[:2] not in NOT_DRY]
    return comparable(trace, "$TMP", only_names=told_failures(scenario))


@pytest.mark.parametrize("scenario", APPLIED, ids=str)
def test_apply(scenario: Scenario, laboratory: Laboratory) -> None:
    """The same hooks with the same arguments, the same Borg commands, the same success or failure; and a
    deliberate difference is one."""
    arguments = prepare(scenario, laboratory, even_deliberate=scenario.group != "signal")
    tmp = str(laboratory.tmp)
    ran = laboratory.run(
        ["apply", *arguments],
        faults=scenario.faults(tmp),
        env={k: v.replace("$TMP", tmp) for k, v in scenario.data.get("env", {}).items()},
        umask=scenario.data.get("umask", "0022"),
    )
    found = comparable(ran.trace, tmp, only_names=told_failures(scenario))
    if "--dry-run" in arguments:
        found = [event for event in found if event[:2] not in NOT_DRY]
    assert ran.exit_code in (0, 1, 2)
    fails = scenario.failed or exit_code_differs(scenario)
    is_same = found == expected(scenario) and (ran.exit_code != 0) == fails
    reason = difference(scenario)
    if reason and not is_same:
        pytest.xfail(f"deliberate: {reason}")
    assert not reason, f"the same as recorded, but listed as a difference: {reason}"
    assert found == expected(scenario), ran.stderr
    assert is_same, ran.stderr


@pytest.mark.parametrize("scenario", SCENARIOS, ids=str)
def test_simulation(
    scenario: Scenario, laboratory: Laboratory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the plan says would run if the faults happened, without running anything."""
    words = prepare(scenario, laboratory)
    if "--dry-run" in words:
        pytest.skip("a dry run isn't simulated: what it runs is the plan's own `dry_argv`")
    if any(name in scenario.name for name in ("permission-denied", "actions-unknown")):
        pytest.skip("nothing to simulate")
    monkeypatch.setenv("HOME", str(laboratory.tmp / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(laboratory.tmp / "home/.config"))
    for name, value in scenario.data.get("env", {}).items():
        monkeypatch.setenv(name, value.replace("$TMP", str(laboratory.tmp)))
    arguments = parse(["plan", *words])
    diagnostics = Diagnostics()
    with working_directory(laboratory.tmp / "cwd"):
        host = RealHost()
        sources = read(request_of(arguments), host, diagnostics)
        compilation = plan_of(sources, host, diagnostics)
    if compilation.plan is None:
        assert scenario.data["trace"] == []
        assert scenario.failed
        return
    runner = FaultRunner(scenario, laboratory, index(compilation.plan).name_of)
    report = interpret(compilation.plan, runner)
    found = comparable(runner.trace, str(laboratory.tmp), only_names=told_failures(scenario))
    assert found == expected(scenario)
    assert (report.exit_code != 0 or bool(compilation.broken)) == (
        scenario.failed or exit_code_differs(scenario)
    )
    analysis_agrees(compilation.plan, runner.ended, report)


def analysis_agrees(plan: Plan, ended: list[tuple[StepId, Outcome]], report: Report) -> None:
    """Where one step failed and nothing else did, `plan --failures` says what the recording shows."""
    bad = {(step, outcome) for step, outcome in ended if outcome is not Outcome.DONE}
    if len(bad) != 1:
        return
    [(failing, outcome)] = bad
    if (failing, Outcome.DONE) in ended:
        return  # it failed once and went well when it was repeated
    found = failures(plan)
    numbers = {step.id: number for number, step in enumerate(plan.steps)}
    failure = next(
        failure
        for failure in found.all
        if failure.outcome is outcome and numbers[failing] in failure.steps
    )
    said = [
        step.id
        for number, step in enumerate(plan.steps)
        if found.runs(failure, numbers[failing], number)
    ]
    assert said == [step.id for step in plan.steps if step.id in report.results]
    assert failure.exit_code == report.exit_code


class FaultRunner:
    """Ends steps as the faults say, and notes what would have run and how each step `ended`."""

    def __init__(
        self, scenario: Scenario, laboratory: Laboratory, name_of: Callable[[str, ScopeKind], str]
    ) -> None:
        tmp = str(laboratory.tmp)
        self.signal: int | None = None
        self.trace: list[list[str]] = []
        self.ended: list[tuple[StepId, Outcome]] = []
        self._laboratory = laboratory
        self._environment = {
            name: value.replace("$TMP", tmp) for name, value in scenario.data.get("env", {}).items()
        }
        self._cwd = f"{tmp}/cwd"
        self._faults = Faults(scenario.faults(tmp))
        self._process_umask = scenario.data.get("umask", "0022")
        self._missing = "/nonexistent/" in str(scenario.files)
        self._name_of = name_of

    def run(self, step: Step, values: Mapping[Value, str]) -> Result:
        result = self._result(step, values)
        self.ended.append((step.id, result.outcome))
        return result

    def _result(self, step: Step, values: Mapping[Value, str]) -> Result:
        directory = directory_of(step.work)
        if directory is not None and not Path(self._cwd, directory).is_dir():
            return Result(Outcome.HARD, None, note="could not be started")
        if isinstance(step.work, Shell):
            return self._hook(step.work, values)
        if self._missing:
            return Result(Outcome.HARD, None, note="could not be started")
        assert isinstance(step.work, Process)
        argv = [word for word in step.work.argv[1:] if isinstance(word, str)]
        by_environment = "BORG_REPO" in dict(step.work.environment)
        repository = "" if by_environment else self._name_of(step.scope, ScopeKind.REPOSITORY)
        self.trace.append(["borg", argv[0], repository])
        fault = self._faults.take("borg", [*argv, repository])
        code = -fault["signal"] if fault.get("signal") else fault.get("exit", 0)
        return Result(step.work.exits.outcome(code), code, captured="archive")

    def wait(self, seconds: float) -> None:
        """No time passes."""

    def _hook(self, work: Shell, values: Mapping[Value, str]) -> Result:
        umask = self._process_umask if work.umask is None else f"{work.umask:04o}"
        late = {variable: values.get(name, "") for variable, name in work.late}
        script = work.script
        for variable, value in late.items():
            script = script.replace(f"${{{variable}}}", value)
        argv = simple_hook(script)
        if argv is None:
            return self._by_itself(work, late, umask)
        self.trace.append(["hook", umask, *argv])
        fault = self._faults.take("hook", argv)
        code = 128 + fault["signal"] if fault.get("signal") else fault.get("exit", 0)
        return Result(work.exits.outcome(code), code)

    def _by_itself(self, work: Shell, late: Mapping[str, str], umask: str) -> Result:
        """What a hook of more than one command does only a shell can say."""
        directory = Path(self._cwd, work.directory or "")
        environment = {**self._environment, **late}
        code, events = self._laboratory.script(work.script, environment, directory, umask)
        self.trace += events
        return Result(work.exits.outcome(code), code)
