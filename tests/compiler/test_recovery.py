"""What a run that was interrupted owes, and what is left to do of it."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from borgplan.compiler.analysis.obligations import pending_cleanups
from borgplan.compiler.analysis.recovery import Attempt, PendingCleanup, giving, owed, recovery
from borgplan.compiler.analysis.resume_plan import is_usual, remaining
from borgplan.compiler.plan import verify as flow
from borgplan.compiler.plan.exits import Outcome
from borgplan.compiler.plan.index import index
from borgplan.compiler.plan.model import Phase, Plan, Status, StepId, Trigger
from borgplan.runtime.engine.runner import Result, ScriptedRunner
from borgplan.runtime.engine.walk import interpret
from tests.runtime.build import command, plan, run_scope, scope, shell, step
from tests.runtime.test_laws import old_plans, runs, sound_plans

laws = settings(max_examples=100, deadline=None)

TAKE = PendingCleanup("take", "app", ("give", "give on error"))
DONE, HARD, SOFT = Outcome.DONE, Outcome.HARD, Outcome.SOFT


def owes(
    *attempts: tuple[str, Outcome | None, int | None] | tuple[str, Outcome, int, bool],
) -> bool:
    return bool(owed([TAKE], [Attempt(*attempt) for attempt in attempts]))


def test_nothing_is_owed_before_the_step_begins() -> None:
    assert not owes()
    assert not owes(("other", DONE, 0))


def test_a_step_that_began_owes_although_its_end_is_not_known() -> None:
    assert owes(("take", None, None))
    assert owes(("take", DONE, 0))


def test_a_step_that_failed_by_itself_owes_nothing() -> None:
    assert not owes(("take", HARD, 1))
    assert not owes(("take", SOFT, 75))
    assert not owes(("take", HARD, None))  # it could not even be started


def test_a_step_that_was_killed_may_have_done_its_work() -> None:
    assert owes(("take", HARD, -9))
    assert owes(("take", Outcome.INTERRUPTED, -15))
    assert owes(("take", HARD, 1, True))  # it took its time limit as a wish, and ended by itself


def test_any_giving_step_that_went_well_settles_it() -> None:
    assert not owes(("take", DONE, 0), ("give", DONE, 0))
    assert not owes(("take", DONE, 0), ("give on error", DONE, 0))
    assert owes(("take", DONE, 0), ("give", HARD, 1))
    assert owes(("take", DONE, 0), ("give", None, None))


def test_what_is_taken_again_is_owed_again() -> None:
    assert owes(("take", DONE, 0), ("give", DONE, 0), ("take", None, None))
    assert owes(("take", DONE, 0), ("take", HARD, 1))  # the first time went well


OUTCOMES = st.sampled_from([None, DONE, HARD, SOFT, Outcome.INTERRUPTED])


@st.composite
def attempts(draw: st.DrawFn, names: Iterable[str]) -> list[Attempt]:
    chosen = draw(st.lists(st.sampled_from(sorted(names)), max_size=12))
    return [Attempt(n, draw(OUTCOMES), draw(st.sampled_from([None, 0, 1, -9]))) for n in chosen]


TAKES = [
    PendingCleanup("a", "x", ("A", "E")),
    PendingCleanup("b", "y", ("B", "E")),
    PendingCleanup("c", "z", ("C",)),
]
NAMES = ("a", "b", "c", "A", "B", "C", "E", "other")


@laws
@given(attempts(NAMES))
def test_after_its_giving_steps_went_well_nothing_is_owed(tried: list[Attempt]) -> None:
    tested = plan([run_scope()], [step(name, work=shell("true")) for name in NAMES])
    due = owed(TAKES, tried)
    given_back = [Attempt(each.id, DONE, 0) for each in giving(tested, due)]
    assert owed(TAKES, [*tried, *given_back]) == []


@laws
@given(attempts(NAMES))
def test_the_latest_taken_comes_first(tried: list[Attempt]) -> None:
    last = {attempt.step: place for place, attempt in enumerate(tried)}
    places = [last[take.step] for take in owed(TAKES, tried)]
    assert places == sorted(places, reverse=True)


def hooks() -> Plan:
    file = scope("file")
    take = step("take", "file", Phase.ENTER, work=shell("systemctl stop app"))
    give = step("give", "file", Phase.EXIT, work=shell("systemctl start app"))
    after = step("after", "file", Phase.RECOVER, Trigger.FAILURE, shell("systemctl start app"))
    return plan([run_scope(), file], [take, give, after])


def test_takes_and_gives_are_named_by_their_steps() -> None:
    assert pending_cleanups(hooks()) == [PendingCleanup("take", "app", ("give", "after"))]


def test_what_cleans_up_after_failures_is_preferred() -> None:
    assert [each.id for each in giving(hooks(), pending_cleanups(hooks()))] == ["after"]


@laws
@given(sound_plans(), st.data())
def test_a_recovery_is_a_sound_plan_that_goes_on_after_failures(
    tested: Plan, data: st.DataObject
) -> None:
    assume(tested.steps)
    names = [each.id for each in tested.steps]
    gives = data.draw(st.lists(st.sampled_from(names), min_size=1, unique=True))
    built = recovery(tested, [PendingCleanup("take", "", (name,)) for name in gives])
    assert flow.verify(built) == []
    failing = {name: Result(HARD, 1) for name in gives}
    report = interpret(built, ScriptedRunner(failing))
    assert list(report.results) == gives
    assert report.status is Status.FAILED


# --- what is left of a plan ---


def with_borg(tested: Plan, numbers: set[int]) -> Plan:
    """Some of the steps made commands of Borg."""
    steps = [
        each._replace(work=command("borg", "create")) if number in numbers else each
        for number, each in enumerate(tested.steps)
    ]
    return tested._replace(steps=tuple(steps))


@st.composite
def half_done(draw: st.DrawFn) -> tuple[Plan, set[StepId]]:
    """A plan, and which of its steps went well in a run of it."""
    tested, results = draw(runs(st.one_of(sound_plans(), old_plans())))
    mixed = with_borg(tested, draw(st.sets(st.integers(0, max(0, len(tested.steps) - 1)))))
    report = interpret(mixed, ScriptedRunner(results))
    until = draw(st.integers(0, len(report.results)))  # interrupted there
    ended = list(report.results.items())[:until]
    return mixed, {name for name, result in ended if result.outcome is DONE}


@laws
@given(half_done())
def test_what_is_left_is_a_sound_plan(case: tuple[Plan, set[StepId]]) -> None:
    assert flow.verify(remaining(*case)) == []


@laws
@given(half_done())
def test_no_command_of_borg_that_went_well_is_left(case: tuple[Plan, set[StepId]]) -> None:
    tested, done = case
    left = remaining(tested, done).steps
    assert not {each.id for each in left if not isinstance(each.work, type(shell("")))} & done


@laws
@given(half_done())
def test_everything_that_a_good_run_needs_has_gone_well_or_is_left(
    case: tuple[Plan, set[StepId]],
) -> None:
    tested, done = case
    left = {each.id for each in remaining(tested, done).steps}
    assert all(each.id in done | left for each in tested.steps if is_usual(each))


@laws
@given(half_done())
def test_hooks_of_a_scope_with_work_left_are_all_there(case: tuple[Plan, set[StepId]]) -> None:
    tested, done = case
    rest = remaining(tested, done)
    left = {each.id for each in rest.steps}
    tree = index(tested)
    busy = {s.id for each in rest.steps for s in tree.with_ancestors(each.scope)}
    kept = [s for s in tested.steps if s.scope in busy and isinstance(s.work, type(shell("")))]
    assert all(each.id in left for each in kept)


@laws
@given(half_done())
def test_a_run_of_what_is_left_leaves_nothing(case: tuple[Plan, set[StepId]]) -> None:
    tested, done = case
    rest = remaining(tested, done)
    report = interpret(rest, ScriptedRunner())
    assert report.exit_code == 0
    assert remaining(rest, set(report.results)).steps == ()


@laws
@given(half_done(), st.data())
def test_commands_left_after_two_runs_are_those_that_neither_did(
    case: tuple[Plan, set[StepId]], data: st.DataObject
) -> None:
    tested, done = case
    rest = remaining(tested, done)
    again = {s.id for s in rest.steps if data.draw(st.booleans())}
    twice = {s.id for s in remaining(rest, again).steps if s.work == command("borg", "create")}
    redone = {s.id for s in rest.steps}  # hooks run again, and how they went the first time is over
    at_once = remaining(tested, done - redone | again)
    assert {s.id for s in at_once.steps if s.work == command("borg", "create")} == twice


def test_a_plan_that_was_done_leaves_nothing() -> None:
    assert remaining(hooks(), {"take", "give"}).steps == ()


def test_hooks_run_again_around_what_is_left() -> None:
    inner = scope("create", "file")
    made = step("made", "create", work=command("borg", "create"))
    kept = step("kept", "create", work=command("borg", "prune"))
    around = hooks()
    tested = plan([*around.scopes, inner], [*around.steps, made, kept])
    left = [each.id for each in remaining(tested, {"take", "made"}).steps]
    assert left == ["take", "kept", "give", "after"]
