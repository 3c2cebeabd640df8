"""What the analysis says of every single failure is what interpreting the plan with it does."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from borgplan.compiler.analysis.failure_records import Failure, Failures
from borgplan.compiler.analysis.failures import SIGTERM_CODE, failures
from borgplan.compiler.plan.exits import Outcome
from borgplan.compiler.plan.model import Phase, Plan, Status, Step, Trigger
from borgplan.compiler.plan.words import Value
from borgplan.runtime.engine.ended import Report
from borgplan.runtime.engine.runner import Result, ScriptedRunner
from borgplan.runtime.engine.walk import interpret
from tests.runtime.build import FAILED_EXIT, FAILED_NEXT, plan, run_scope, shell, step
from tests.runtime.test_laws import old_plans, sound_plans

laws = settings(max_examples=200, deadline=None)


class Ending(ScriptedRunner):
    """Lets one step end in one way, each time it runs."""

    def __init__(self, name: str, outcome: Outcome) -> None:
        super().__init__({name: Result(outcome, -15 if outcome is Outcome.INTERRUPTED else 3)})
        self.ran: list[str] = []

    def run(self, step: Step, values: Mapping[Value, str]) -> Result:
        self.ran.append(step.id)
        return super().run(step, values)


def simulated(tested: Plan, number: int, outcome: Outcome) -> tuple[set[str], Report]:
    """Which steps run if one ends so, and the report."""
    runner = Ending(tested.steps[number].id, outcome)
    report = interpret(tested, runner)
    return set(runner.ran), report


def assert_announced(tested: Plan, found: Failures, failure: Failure, number: int) -> None:
    ran, report = simulated(tested, number, failure.outcome)
    said = {s.id for n, s in enumerate(tested.steps) if found.runs(failure, number, n)}
    assert said == ran
    assert failure.exit_code == report.exit_code
    missed = {
        tested.steps[n].id
        for first, end in found.not_run(failure, number)
        for n in range(first, end)
    }
    usual = {s.id for n, s in enumerate(tested.steps) if found.usual[n]}
    assert missed == usual - ran
    assert {tested.steps[n].id for n in found.called(failure, number)} == ran - usual


@laws
@given(st.one_of(sound_plans(), old_plans()))
def test_every_single_failure_does_what_is_said(tested: Plan) -> None:
    found = failures(tested)
    for failure in found.all:
        for number in failure.steps:
            assert_announced(tested, found, failure, number)


@laws
@given(sound_plans(), st.data())
def test_so_it_does_where_scopes_are_repeated(tested: Plan, data: st.DataObject) -> None:
    statuses = st.sampled_from([(Status.FAILED,), (Status.FAILED, Status.SKIPPED), ()])
    scopes = [
        each._replace(
            retry=each.retry._replace(
                times=data.draw(st.integers(0, 2)), statuses=data.draw(statuses)
            )
        )
        for each in tested.scopes
    ]
    retried = tested._replace(scopes=tuple(scopes))
    found = failures(retried)
    for failure in found.all:
        for number in failure.steps:
            assert_announced(retried, found, failure, number)


@laws
@given(sound_plans())
def test_every_step_that_usually_runs_can_fail(tested: Plan) -> None:
    found = failures(tested)
    covered = {number for failure in found.all for number in failure.steps}
    assert covered == {number for number, runs in enumerate(found.usual) if runs}


def test_a_step_for_failures_is_called_by_a_failure_only() -> None:
    tested = plan(
        [run_scope()],
        [
            step("take", "run", Phase.ENTER, Trigger.SUCCESS, shell("true")),
            step("told", "run", Phase.RECOVER, Trigger.FAILURE, shell("true")),
        ],
    )
    found = failures(tested)
    assert found.usual == (True, False)
    hard = next(f for f in found.all if f.outcome is Outcome.HARD)
    assert (hard.called_later, hard.exit_code) == ((1,), 1)


@pytest.mark.parametrize("outcome", [Outcome.HARD, Outcome.INTERRUPTED])
def test_the_exit_code_says_how_the_run_ended(outcome: Outcome) -> None:
    tested = plan([run_scope()], [step("one", "run", Phase.ENTER, Trigger.SUCCESS, shell("true"))])
    failure = next(f for f in failures(tested).all if f.outcome is outcome)
    assert failure.exit_code == (SIGTERM_CODE if outcome is Outcome.INTERRUPTED else 1)


def test_failures_stand_in_the_order_of_the_first_step_that_each_is_of() -> None:
    ends = {"first": FAILED_NEXT, "second": FAILED_EXIT, "third": FAILED_NEXT}
    steps = [step(name, work=shell(name), hard=effect) for name, effect in ends.items()]
    found = failures(plan([run_scope()], steps), soft=False).all
    hard = [failure.steps for failure in found if failure.outcome is Outcome.HARD]
    assert hard == [(0, 2), (1,)]
