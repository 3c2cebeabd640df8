"""What the cleanup proof and the alarms say of a failure is what a run with it leaves and calls."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from borgplan.compiler.analysis.alarms import told
from borgplan.compiler.analysis.cleanup import cleanup
from borgplan.compiler.analysis.failures import failures
from borgplan.compiler.plan.model import Plan
from tests.runtime.build import shell
from tests.runtime.test_failures import simulated
from tests.runtime.test_laws import old_plans, sound_plans

laws = settings(max_examples=200, deadline=None)

COMMANDS = ["systemctl stop a", "systemctl start a", "mount /m", "umount /m", "true", "./tell"]


@st.composite
def hooked_plans(draw: st.DrawFn) -> Plan:
    """Random plans whose steps take things and give them back."""
    plan = draw(st.one_of(sound_plans(most_steps=12), old_plans()))
    steps = [
        step._replace(work=shell(draw(st.sampled_from(COMMANDS)), step.work.exits))
        for step in plan.steps
    ]
    return plan._replace(steps=tuple(steps))


@laws
@given(hooked_plans())
def test_what_stays_taken_is_what_a_run_leaves(tested: Plan) -> None:
    found = failures(tested)
    proof = cleanup(tested, found)
    for failure in found.all:
        for number in failure.steps:
            ran, _ = simulated(tested, number, failure.outcome)
            left = {
                (take.step, take.claim)
                for take in proof.takes
                if take not in proof.never
                and tested.steps[take.step].id in ran
                and not any(tested.steps[give].id in ran for give in take.gives)
                and number != take.step
            }
            said = {
                (leak.take.step, leak.take.claim)
                for leak in proof.leaks
                if leak.failure is failure and leak.first <= number <= leak.last
            }
            assert said == left


@laws
@given(hooked_plans())
def test_who_is_told_runs(tested: Plan) -> None:
    found = failures(tested)
    for answer in told(tested, found):
        ran, _ = simulated(tested, answer.failure.steps[-1], answer.failure.outcome)
        alarms = {tested.steps[n].id for n in answer.alarms}
        assert alarms <= ran
        assert all(tested.steps[n].work.written == "./tell" for n in answer.alarms)  # type: ignore[union-attr]
