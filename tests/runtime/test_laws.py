"""Laws of plans, for random ones: what the analysis says of a plan is what interpreting it does."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise, product

import networkx as nx
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from borgplan.compiler.analysis import graph
from borgplan.compiler.plan import verify as flow
from borgplan.compiler.plan.exits import ExitCodes, Outcome
from borgplan.compiler.plan.model import (
    FINAL,
    Effect,
    Phase,
    Plan,
    Resume,
    Scope,
    ScopeKind,
    Status,
    Step,
    Trigger,
)
from borgplan.compiler.semantics import profile_named
from borgplan.runtime.engine.runner import Result, ScriptedRunner
from borgplan.runtime.engine.walk import interpret
from tests.runtime.build import FAILED_NEXT, SOFT_AT_75, plan, run_scope, scope, shell, step
from tests.runtime.test_interpret import Recording

laws = settings(max_examples=150, deadline=None)

PHASES = st.sampled_from(list(Phase))
TRIGGERS = st.sampled_from(list(Trigger))
EARLY_TRIGGERS = st.sampled_from([trigger for trigger in Trigger if trigger not in FINAL])
COUNTED = SOFT_AT_75._replace(soft_fails_run=True)
HARD_EFFECTS = st.builds(Effect, st.just(Status.FAILED), st.sampled_from(list(Resume)))
SOFT_EFFECTS = st.builds(
    Effect, st.sampled_from([None, Status.SKIPPED, Status.FAILED]), st.sampled_from(list(Resume))
)
KINDS = [ScopeKind.CONFIGURATION, ScopeKind.REPOSITORY, ScopeKind.ACTION]


@st.composite
def sound_plans(draw: st.DrawFn, most_steps: int = 10, most_scopes: int = 5) -> Plan:
    """A random tree of scopes, random steps on it, random effects by which no failure is lost."""
    scopes = [run_scope(draw(SOFT_EFFECTS), draw(HARD_EFFECTS))]
    for number in range(draw(st.integers(0, most_scopes))):
        parent = draw(st.sampled_from(scopes)).id
        kind = draw(st.sampled_from(KINDS))
        scopes.append(scope(f"s{number}", parent, kind, draw(SOFT_EFFECTS), draw(HARD_EFFECTS)))
    steps = []
    for number in range(draw(st.integers(0, most_steps))):
        exits = draw(st.sampled_from([ExitCodes(), SOFT_AT_75, COUNTED]))
        phase = draw(PHASES)
        steps.append(
            step(
                f"step{number}", draw(st.sampled_from(scopes)).id, phase,
                draw(TRIGGERS if phase is Phase.RECOVER else EARLY_TRIGGERS),
                shell("true", exits), draw(SOFT_EFFECTS), draw(HARD_EFFECTS),
            )
        )  # fmt: skip
    return plan(scopes, steps)


@st.composite
def old_plans(draw: st.DrawFn) -> Plan:
    """Plans as semantics 1.3 makes them: the shape of a run, the effects of its tables."""
    profile = profile_named("1.3")
    assert profile
    scopes: list[Scope] = []
    steps: list[Step] = []

    def add_scope(name: str, parent: str | None, kind: ScopeKind) -> str:
        skipped, failed = profile.child_effects[kind]
        scopes.append(scope(name, parent, kind, skipped, failed))
        return name

    def add_steps(scope: str, kind: ScopeKind, phase: Phase, trigger: Trigger) -> None:
        soft, hard = profile.effects[kind, phase]
        exits = profile.borg_exits if kind is ScopeKind.ACTION else profile.hook_exits
        for number in range(draw(st.integers(0 if kind is not ScopeKind.ACTION else 1, 2))):
            name = f"{scope}.{phase.value}{number}"
            steps.append(step(name, scope, phase, trigger, shell("true", exits), soft, hard))

    run = add_scope("run", None, ScopeKind.RUN)
    for file in range(draw(st.integers(1, 2))):
        configuration = add_scope(f"file{file}", run, ScopeKind.CONFIGURATION)
        for number in range(draw(st.integers(1, 2))):
            repository = add_scope(
                f"{configuration}.r{number}", configuration, ScopeKind.REPOSITORY
            )
            for action in ("prune", "create", "check"):
                name = add_scope(f"{repository}.{action}", repository, ScopeKind.ACTION)
                add_steps(name, ScopeKind.ACTION, Phase.BODY, Trigger.SUCCESS)
    for place in profile.hooks:
        for each in [s for s in scopes if s.kind is place.scope]:
            add_steps(each.id, place.scope, place.phase, place.trigger)
    return plan(scopes, steps)


def outcomes(draw: st.DrawFn, tested: Plan) -> dict[str, Result]:
    """How the steps end: each well, badly or, if it can, softly."""
    results = {}
    for each in tested.steps:
        possible = [Outcome.DONE, Outcome.DONE, Outcome.HARD]
        possible += [Outcome.SOFT] if each.work.exits.soft else []
        results[each.id] = Result(draw(st.sampled_from(possible)), 3)
    return results


@st.composite
def runs(draw: st.DrawFn, plans: st.SearchStrategy[Plan]) -> tuple[Plan, dict[str, Result]]:
    tested = draw(plans)
    return tested, outcomes(draw, tested)


# --- a plan's promises ---


@laws
@given(st.one_of(sound_plans(), old_plans()))
def test_both_verifiers_accept_sound_plans(tested: Plan) -> None:
    assert flow.verify(tested) == []
    assert graph.verify(tested) == []


@laws
@given(sound_plans())
def test_the_graph_orders_steps_as_the_plan_lists_them(tested: Plan) -> None:
    """The order is total: each step leads to the next."""
    ordering = graph.order(tested)
    for one, other in pairwise(tested.steps):
        assert nx.has_path(ordering, ("step", one.id), ("step", other.id)), (one.id, other.id)
        assert not nx.has_path(ordering, ("step", other.id), ("step", one.id)), (one.id, other.id)


def _lost_failure(tested: Plan, number: int) -> Plan:
    steps = list(tested.steps)
    steps[number % len(steps)] = steps[number % len(steps)]._replace(
        on_hard=Effect(None, Resume.NEXT)
    )
    return tested._replace(steps=tuple(steps))


def _lost_child(tested: Plan, number: int) -> Plan:
    """On the way up from some step."""
    parents = {each.id: each.parent for each in tested.scopes}
    inner = [each.scope for each in tested.steps if parents[each.scope] is not None]
    assume(inner)
    broken = parents[inner[number % len(inner)]]
    return tested._replace(
        scopes=tuple(
            each._replace(on_child_failed=Effect(Status.OK, Resume.NEXT))
            if each.id == broken
            else each
            for each in tested.scopes
        )
    )


def _swapped(tested: Plan, number: int) -> Plan:
    steps = list(tested.steps)
    assume(len(steps) > 1)
    first = number % (len(steps) - 1)
    one, other = steps[first], steps[first + 1]
    assume((one.scope, one.phase) != (other.scope, other.phase))  # else it is another sound plan
    steps[first : first + 2] = [other, one]
    return tested._replace(steps=tuple(steps))


def _same_id(tested: Plan, number: int) -> Plan:
    steps = list(tested.steps)
    assume(len(steps) > 1)
    first = number % (len(steps) - 1)
    steps[first + 1] = steps[first + 1]._replace(id=steps[first].id)
    return tested._replace(steps=tuple(steps))


def _nowhere(tested: Plan, number: int) -> Plan:
    steps = list(tested.steps)
    steps[number % len(steps)] = steps[number % len(steps)]._replace(scope="nowhere")
    return tested._replace(steps=tuple(steps))


def _child_first(tested: Plan, number: int) -> Plan:
    inner = [
        position for position, each in enumerate(tested.scopes) if each.parent not in (None, "run")
    ]
    assume(inner)
    scopes = list(tested.scopes)
    moved = scopes.pop(inner[number % len(inner)])
    scopes.insert(1, moved)
    return tested._replace(scopes=tuple(scopes))


def _two_runs(tested: Plan, number: int) -> Plan:
    scopes = list(tested.scopes)
    assume(len(scopes) > 1)
    chosen = 1 + number % (len(scopes) - 1)
    scopes[chosen] = scopes[chosen]._replace(parent=None, kind=ScopeKind.RUN)
    return tested._replace(scopes=tuple(scopes))


BROKEN: dict[str, Callable[[Plan, int], Plan]] = {
    "a hard failure is lost in its scope": _lost_failure,
    "a failed child is lost in its parent": _lost_child,
    "steps are listed in a different order": _swapped,
    "two steps have one id": _same_id,
    "a step stands in no scope": _nowhere,
    "a scope comes before its parent": _child_first,
    "there are two runs": _two_runs,
}


@pytest.mark.parametrize("verify", [flow.verify, graph.verify], ids=["flow", "graph"])
@pytest.mark.parametrize("promise", BROKEN)
def test_each_verifier_finds_each_broken_promise(
    promise: str, verify: Callable[[Plan], list[flow.Broken]]
) -> None:
    @settings(max_examples=60, deadline=None)
    @given(sound_plans().filter(lambda tested: bool(tested.steps)), st.integers(0, 100))
    def check(tested: Plan, number: int) -> None:
        assert verify(BROKEN[promise](tested, number))

    check()


# --- what can happen ---


@laws
@given(runs(st.one_of(sound_plans(), old_plans())))
def test_only_what_can_run_runs_and_the_end_is_foreseen(
    case: tuple[Plan, dict[str, Result]],
) -> None:
    tested, results = case
    report = interpret(tested, ScriptedRunner(results))
    foreseen = flow.analyse(tested)
    assert set(report.results) <= foreseen.can_run
    assert report.status in foreseen.ends["run"]


@settings(max_examples=150, deadline=None)
@given(sound_plans(most_steps=4, most_scopes=2))
def test_the_analysis_is_exact(tested: Plan) -> None:
    """All that it calls possible happens in one of all the ways in which the steps can end."""
    possible = [
        [Outcome.DONE, Outcome.HARD, *([Outcome.SOFT] if each.work.exits.soft else [])]
        for each in tested.steps
    ]
    ran: set[str] = set()
    ends: set[Status] = set()
    for ending in product(*possible):
        results = {each.id: Result(end, 3) for each, end in zip(tested.steps, ending, strict=True)}
        report = interpret(tested, ScriptedRunner(results))
        ran |= set(report.results)
        ends.add(report.status)
    foreseen = flow.analyse(tested)
    assert foreseen.ends["run"] == ends
    assert foreseen.can_run == ran


@laws
@given(sound_plans())
def test_steps_run_in_the_order_in_which_they_are_listed(tested: Plan) -> None:
    report = interpret(tested, ScriptedRunner())
    listed = [each.id for each in tested.steps]
    assert list(report.results) == [each for each in listed if each in report.results]


@laws
@given(runs(old_plans()))
def test_the_exit_code_is_1_exactly_if_something_failed(
    case: tuple[Plan, dict[str, Result]],
) -> None:
    tested, results = case
    report = interpret(tested, ScriptedRunner(results))
    failed = any(result.outcome is Outcome.HARD for result in report.results.values())
    assert report.exit_code == int(failed)


@laws
@given(runs(sound_plans()))
def test_no_failure_of_a_sound_plan_is_lost(case: tuple[Plan, dict[str, Result]]) -> None:
    tested, results = case
    report = interpret(tested, ScriptedRunner(results))
    if any(result.outcome is Outcome.HARD for result in report.results.values()):
        assert report.exit_code == 1


@laws
@given(runs(old_plans()))
def test_error_hooks_of_a_file_run_exactly_if_something_of_it_failed(
    case: tuple[Plan, dict[str, Result]],
) -> None:
    tested, results = case
    report = interpret(tested, ScriptedRunner(results))
    for file in (each for each in tested.scopes if each.kind is ScopeKind.CONFIGURATION):
        own = [each for each in tested.steps if each.scope.startswith(file.id)]
        failed = any(
            report.results[each.id].outcome is Outcome.HARD
            for each in own
            if each.id in report.results and each.phase is not Phase.RECOVER
        )
        hooks = [each.id for each in own if each.phase is Phase.RECOVER]
        assert (hooks[:1] == [each for each in hooks[:1] if each in report.results]) or not failed
        assert failed or not set(hooks) & set(report.results)


@laws
@given(runs(sound_plans()), st.data())
def test_after_an_interrupt_nothing_new_begins(
    case: tuple[Plan, dict[str, Result]], data: st.DataObject
) -> None:
    tested, results = case
    assume(tested.steps)
    point = data.draw(st.sampled_from(tested.steps)).id
    runner = Recording({**results, point: Result(Outcome.INTERRUPTED, -15)})
    report = interpret(tested, runner)
    assume(point in runner.trace)
    phases = {each.id: each.phase for each in tested.steps}
    after = [phases[name] for name in runner.trace[runner.trace.index(point) + 1 :]]
    assert set(after) <= {Phase.EXIT, Phase.RECOVER}
    assert report.exit_code == 128 + 15


def test_a_plan_that_loses_a_failure_is_found_by_both() -> None:
    tested = plan([run_scope()], [step("a", hard=FAILED_NEXT)])
    broken = _lost_failure(tested, 0)
    assert flow.verify(broken) == [flow.Broken("a hard failure fails its scope", "a")]
    assert graph.verify(broken) == [flow.Broken("every failure reaches the exit code", "a")]
