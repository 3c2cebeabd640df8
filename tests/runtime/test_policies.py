"""What policies say of a plan is what interpreting it says: with nothing failing, and with each single failure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from borgplan.compiler.plan.exits import Outcome
from borgplan.compiler.plan.index import Index, index
from borgplan.compiler.plan.model import Plan, Scope, ScopeKind, Step
from borgplan.compiler.policy.evaluate import Judge
from borgplan.compiler.policy.records import (
    Chosen,
    Claim,
    Ending,
    Event,
    Exits,
    Policy,
    Related,
    Relation,
)
from borgplan.compiler.source.span import Span
from borgplan.runtime.engine.walk import interpret
from tests.runtime.test_failures import Ending as EndingRunner
from tests.runtime.test_laws import old_plans, sound_plans

laws = settings(max_examples=50, deadline=None)
KINDS = [ScopeKind.RUN, ScopeKind.CONFIGURATION, ScopeKind.REPOSITORY]


def layered(plan: Plan) -> Plan:
    """The same with kinds of scope as deep as they stand in plans that are compiled."""
    kinds = [ScopeKind.RUN, ScopeKind.CONFIGURATION, ScopeKind.REPOSITORY]
    depths: dict[str | None, int] = {None: -1}
    for each in plan.scopes:
        depths[each.id] = depths[each.parent] + 1
    return plan._replace(
        scopes=tuple(
            each._replace(kind=[*kinds, ScopeKind.ACTION][min(depths[each.id], 3)])
            for each in plan.scopes
        )
    )


plans = st.one_of(sound_plans(most_scopes=8).map(layered), old_plans())


class Run(NamedTuple):
    """One simulated run: what ran, in the plan's order, and the one step that ended badly, if one did."""

    ran: list[int]
    outcome: Outcome
    failing: int
    exit_code: int


def simulated(plan: Plan, number: int, outcome: Outcome) -> Run:
    runner = EndingRunner(plan.steps[number].id if number >= 0 else "", outcome)
    report = interpret(plan, runner)
    ran = [n for n, step in enumerate(plan.steps) if step.id in set(runner.ran)]
    return Run(ran, outcome, number, report.exit_code)


def every_run(plan: Plan) -> Iterator[Run]:
    good = simulated(plan, -1, Outcome.DONE)
    yield good
    for number in good.ran:
        outcomes = [Outcome.HARD, Outcome.INTERRUPTED]
        outcomes += [Outcome.SOFT] if plan.steps[number].work.exits.soft else []
        yield from (simulated(plan, number, outcome) for outcome in outcomes)


def counts_for(step: Step, scope: Scope, tree: Index) -> bool:
    """Whether a step stands in that scope, or around it and in no other of its kind."""
    home = tree.around(step.scope, scope.kind)
    if home is not None:
        return home.id == scope.id
    return step.scope in {around.id for around in tree.with_ancestors(scope.id)}


def holds(claim: Related, run: Run, first: set[int], second: set[int]) -> bool:
    """The definition in words, over the steps of one scope."""
    good = [n for n in run.ran if n != run.failing]
    bad = {Ending.HARD: Outcome.HARD, Ending.SOFT: Outcome.SOFT}
    match claim.event.ending:
        case Ending.ANY:
            happened = run.ran
        case Ending.SUCCESS:
            happened = good
        case ending:
            wanted = bad.get(ending, Outcome.INTERRUPTED)
            happened = [run.failing] if run.outcome is wanted else []
    events = [n for n in happened if n in first]
    ran = [n for n in run.ran if n in second]
    match claim.relation:
        case Relation.ALWAYS:
            return all(any(n > one for n in ran) for one in events)
        case Relation.NEVER:
            return not any(n > one for n in ran for one in events)
        case Relation.ONLY:
            return all(any(one < n for one in events) for n in ran)
        case Relation.RUNS:
            return not events or bool(ran)
        case Relation.RESTS:
            return not events or not ran


def chosen(plan: Plan, numbers: set[int]) -> Chosen:
    names = {plan.steps[n].id for n in numbers}
    return Chosen(lambda step, _: step.id in names, str(sorted(numbers)), Span("p"))


def violated(plan: Plan, claim: Claim) -> bool:
    found = Judge(plan).violations(Policy(claim, "", Span("p")))
    for violation in found:
        assert violation.message
        assert all(0 <= n < len(plan.steps) for n in violation.steps)
    return bool(found)


def some_steps(draw: st.DrawFn, plan: Plan) -> set[int]:
    if not plan.steps:
        return set()
    return draw(st.sets(st.integers(0, len(plan.steps) - 1), max_size=4))


@st.composite
def cases(draw: st.DrawFn) -> tuple[Plan, set[int], set[int]]:
    plan = draw(plans)
    return plan, some_steps(draw, plan), some_steps(draw, plan)


@pytest.mark.parametrize("relation", Relation)
@pytest.mark.parametrize("ending", Ending)
def test_a_relation_is_violated_if_it_is_in_some_run(relation: Relation, ending: Ending) -> None:
    @laws
    @given(cases(), st.sampled_from(KINDS))
    def check(case: tuple[Plan, set[int], set[int]], kind: ScopeKind) -> None:
        plan, first, second = case
        tree = index(plan)
        claim = Related(relation, Event(chosen(plan, first), ending), chosen(plan, second), kind)
        groups = [
            {n for n, step in enumerate(plan.steps) if counts_for(step, scope, tree)}
            for scope in plan.scopes
            if scope.kind is kind
        ]
        expected = any(
            not holds(claim, run, first & group, second & group)
            for run in every_run(plan)
            for group in groups
        )
        event(f"violated: {expected}")
        assert violated(plan, claim) == expected

    check()


@laws
@given(cases(), st.sampled_from([Ending.HARD, Ending.SOFT, Ending.INTERRUPTED]), st.data())
def test_an_exit_code_is_the_one_the_run_ends_with(
    case: tuple[Plan, set[int], set[int]], ending: Ending, data: st.DataObject
) -> None:
    plan, first, _ = case
    code = data.draw(st.sampled_from([0, 1, 143]))
    expected = any(
        run.failing in first and run.outcome is ending.outcome and run.exit_code != code
        for run in every_run(plan)
    )
    assert violated(plan, Exits(Event(chosen(plan, first), ending), code)) == expected
