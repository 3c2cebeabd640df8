"""Messages with conditions: what the analysis says of them is what a run does, and a run follows the rules as they are
written down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from borgplan.compiler.analysis.failures import failures, is_usual
from borgplan.compiler.driver.notices import trigger_of
from borgplan.compiler.plan.conditions import Condition, End, Quiet
from borgplan.compiler.plan.exits import ExitCodes, Outcome
from borgplan.compiler.plan.model import (
    FINAL,
    Effect,
    Phase,
    Plan,
    Resume,
    Role,
    Status,
    Step,
    Trigger,
)
from borgplan.compiler.plan.words import Late
from borgplan.compiler.plan.work import Request
from borgplan.runtime.engine.ended import Report
from borgplan.runtime.engine.runner import Result, ScriptedRunner
from borgplan.runtime.engine.sizes import ArchiveSize
from borgplan.runtime.engine.walk import interpret
from tests.runtime.build import plan, run_scope, shell, step
from tests.runtime.test_failures import assert_announced
from tests.runtime.test_laws import old_plans, outcomes, sound_plans

laws = settings(max_examples=300, deadline=None)
GO_ON = Effect(Status.FAILED, Resume.NEXT)


def message(name: str, condition: Condition) -> Step:
    """A message at the end of the run."""
    work = Request("POST", "http://127.0.0.1/", ExitCodes(warning=((1, 2),)))
    return step(
        name, "run", Phase.RECOVER, trigger_of(condition), shell("true"), GO_ON, GO_ON
    )._replace(work=work, role=Role.NOTIFY, condition=condition)


@st.composite
def conditions(draw: st.DrawFn, tested: Plan) -> Condition:
    ids = [each.id for each in tested.steps]
    about = draw(st.lists(st.sampled_from(ids), unique=True)) if ids else []
    # There is a success of what a good run does, and of nothing else.
    usual = any(is_usual(each) for each in tested.steps if each.id in (about or ids))
    end = draw(st.sampled_from(list(End) if usual else [End.FAILURE, End.SOFT_FAILURE]))
    row = draw(st.sampled_from([1, 1, 2])) if end is End.FAILURE else 1
    return Condition(end, tuple(sorted(about)), row)


def _beside_messages(each: Step) -> bool:
    """What looks at how the whole run ended, and is no message: no plan that is compiled has that."""
    return each.scope == "run" and each.trigger in FINAL


@st.composite
def with_messages(draw: st.DrawFn) -> Plan:
    drawn = draw(st.one_of(sound_plans(), old_plans()))
    tested = drawn._replace(steps=tuple(s for s in drawn.steps if not _beside_messages(s)))
    assume(tested.steps)
    root = tested.scopes[0].id
    found = [
        message(f"message{number}", draw(conditions(tested)))._replace(scope=root)
        for number in range(draw(st.integers(1, 4)))
    ]
    return tested._replace(steps=(*tested.steps, *found))


@laws
@given(with_messages())
def test_every_single_failure_sends_what_is_said(tested: Plan) -> None:
    found = failures(tested)
    for failure in found.all:
        for number in failure.steps:
            assert_announced(tested, found, failure, number)


@st.composite
def runs(draw: st.DrawFn) -> tuple[Plan, dict[str, Result]]:
    """A plan, and how its steps end, but for messages and what may stand beside them."""
    tested = draw(with_messages())
    last = {each.id for each in tested.steps if (each.scope, each.phase) == ("run", Phase.RECOVER)}
    ends = {
        name: result
        for name, result in outcomes(draw, tested).items()
        if name not in last and result.outcome is not Outcome.INTERRUPTED
    }
    return tested, ends


class Past:
    """`failed`: in how many runs in a row before."""

    def __init__(self, failed: int | None, minute: int | None = None) -> None:
        self.failed = failed
        self.now = minute

    def failures(
        self,
        steps: frozenset[str],
        deciding: frozenset[str],
        enough: int,
    ) -> int | None:
        return self.failed if self.failed is None else min(self.failed, enough)

    def minute(self) -> int | None:
        return self.now

    def sizes(self, step: str) -> Sequence[ArchiveSize]:
        return ()


def expected(tested: Plan, condition: Condition, report: Report, past: int) -> bool:
    """The rules of docs/project-file.md, read aloud: for runs without signals and repetitions."""
    about = [
        each
        for each in tested.steps
        if each.role is not Role.NOTIFY and each.id in (condition.steps or (each.id,))
    ]
    results = report.results
    ended = {each.id: results[each.id].outcome for each in about if each.id in results}
    counted = [
        each
        for each in about
        if ended.get(each.id) is Outcome.HARD
        or (ended.get(each.id) is Outcome.SOFT and each.work.exits.soft_fails_run)
    ]
    failed = bool(counted) or (not condition.steps and report.status is Status.FAILED)
    softly = any(outcome is Outcome.SOFT for outcome in ended.values())
    done = all(ended.get(each.id) is Outcome.DONE for each in about if is_usual(each))
    well = not counted and not softly and done and any(each.id in ended for each in about)
    match condition.end:
        case End.FAILURE:
            return failed and past >= condition.row - 1
        case End.SOFT_FAILURE:
            return softly and not failed
        case End.SUCCESS:
            return well and not failed
        case End.RECOVERY:
            return well and not failed and past > 0


@laws
@given(runs(), st.integers(0, 2))
def test_a_run_follows_the_rules(run: tuple[Plan, dict[str, Result]], past: int) -> None:
    """With whichever steps that fail, several at once too."""
    tested, scripted = run
    report = interpret(tested, ScriptedRunner(scripted), past=Past(past))
    for each in tested.steps:
        if each.condition is not None:
            wanted = expected(tested, each.condition, report, past)
            assert (each.id in report.results) == wanted, each.condition


def _plan(condition: Condition) -> Plan:
    first = step("one", "run", Phase.ENTER, Trigger.SUCCESS, shell("true"))
    other = first._replace(id="two")
    tested = plan([run_scope()], [first, other])
    return tested._replace(steps=(*tested.steps, message("told", condition)))


def _sent(
    condition: Condition, results: Mapping[str, Result], past: Past | None = None
) -> ScriptedRunner | None:
    runner = ScriptedRunner(results)
    report = interpret(_plan(condition), runner, past=past)
    return runner if "told" in report.results else None


HARD = Result(Outcome.HARD, 2)
CUT = Result(Outcome.INTERRUPTED, -15)


@pytest.mark.parametrize(
    ("condition", "results", "is_sent"),
    [
        (Condition(End.FAILURE, ("two",)), {"two": HARD}, True),
        (Condition(End.FAILURE, ("two",)), {"one": HARD}, False),
        (Condition(End.FAILURE, ("two",)), {"one": CUT}, True),  # it never came to be done
        (Condition(End.FAILURE, ("one",)), {"two": CUT}, False),
        (Condition(End.SUCCESS, ("one",)), {"two": CUT}, True),
        (Condition(End.SUCCESS, ("two",)), {"one": HARD}, False),
        (Condition(End.SUCCESS), {}, True),
        (Condition(End.SUCCESS), {"one": Result(Outcome.DONE, None), "two": Result(Outcome.DONE, None)}, False),
        (Condition(End.FAILURE), {"two": CUT}, True),
    ],
)  # fmt: skip
def test_what_is_told(condition: Condition, results: Mapping[str, Result], is_sent: bool) -> None:
    assert (_sent(condition, results) is not None) == is_sent


@pytest.mark.parametrize(("before", "is_sent"), [(0, False), (1, False), (2, True), (5, True)])
def test_a_row_of_failures(before: int, is_sent: bool) -> None:
    condition = Condition(End.FAILURE, ("one",), row=3)
    assert (_sent(condition, {"one": HARD}, Past(before)) is not None) == is_sent


def test_where_the_journal_cannot_tell_too_much_is_told_of_failures_and_nothing_of_recoveries() -> (
    None
):
    assert _sent(Condition(End.FAILURE, ("one",), row=3), {"one": HARD}, Past(None))
    assert _sent(Condition(End.RECOVERY, ("one",)), {}, Past(None)) is None


@pytest.mark.parametrize(
    ("minute", "is_sent"), [(1320, False), (1319, True), (0, False), (419, False), (420, True)]
)
def test_quiet_hours(minute: int, is_sent: bool) -> None:
    night = Quiet(22 * 60, 7 * 60)
    assert (_sent(Condition(End.SUCCESS, (), 1, night), {}, Past(0, minute)) is not None) == is_sent
    assert _sent(Condition(End.FAILURE, (), 1, night), {"one": HARD}, Past(0, minute))


def test_a_message_is_about_the_failure_in_its_steps() -> None:
    runner = _sent(Condition(End.FAILURE, ("one",)), {"one": HARD})
    assert runner
    assert runner.told["told"][Late.ERROR] == "`true` ended with exit code 2"
