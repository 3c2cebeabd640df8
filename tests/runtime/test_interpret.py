"""The walk over a plan: which steps run after which outcomes, and how the run ends."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from borgplan.compiler.plan.exits import Outcome
from borgplan.compiler.plan.model import (
    Effect,
    Phase,
    Plan,
    Resume,
    ScopeKind,
    Status,
    Step,
    Trigger,
)
from borgplan.compiler.plan.words import Late, Value
from borgplan.compiler.plan.work import LAST_LINE
from borgplan.runtime.engine.ended import Report
from borgplan.runtime.engine.reporters import Silent
from borgplan.runtime.engine.runner import Result, ScriptedRunner
from borgplan.runtime.engine.walk import interpret
from tests.runtime.build import (
    FAILED_EXIT,
    FAILED_LEAVE,
    FAILED_NEXT,
    SKIPPED_EXIT,
    SKIPPED_LEAVE,
    SKIPPED_NEXT,
    command,
    plan,
    run_scope,
    scope,
    step,
)

HARD = Result(Outcome.HARD, 2)
SOFT = Result(Outcome.SOFT, 75)
INTERRUPTED = Result(Outcome.INTERRUPTED, -15)
TERM = 15


class Recording(ScriptedRunner):
    """Notes what runs and what it was told; a step that ends as interrupted was so by SIGTERM."""

    def __init__(self, results: Mapping[str, Result] | None = None) -> None:
        super().__init__(results)
        self.trace: list[str] = []
        self.told: dict[str, Mapping[Value, str]] = {}

    def run(self, step: Step, values: Mapping[Value, str]) -> Result:
        self.trace.append(step.id)
        self.told[step.id] = dict(values)
        result = super().run(step, values)
        if result.outcome is Outcome.INTERRUPTED:
            self.signal = TERM
        return result


def ran(tested: Plan, **results: Result) -> tuple[str, Report]:
    """The names of what ran, and the report."""
    runner = Recording(results)
    report = interpret(tested, runner)
    assert list(report.results) == runner.trace
    return " ".join(runner.trace), report


def one_scope(effect: Effect, phase: Phase) -> Plan:
    """All phases of one scope; `bad` is the first of two steps of `phase`, with this effect."""
    steps = []
    for each in Phase:
        if each is phase:
            trigger = Trigger.FAILURE if each is Phase.RECOVER else Trigger.SUCCESS
            steps += [
                step("bad", "a", each, trigger, soft=effect, hard=effect),
                step("fellow", "a", each, trigger),
            ]
        elif each is Phase.EXIT:
            steps += [
                step("exit_ok", "a", each, Trigger.SUCCESS),
                step("exit_bad", "a", each, Trigger.FAILURE),
                step("exit_all", "a", each, Trigger.ALWAYS),
            ]
        elif each is Phase.RECOVER:
            steps.append(step("recover", "a", each, Trigger.FAILURE))
        else:
            steps.append(step(each.value, "a", each))
    return plan([run_scope(), scope("a")], steps)


def test_without_failures_everything_runs_but_the_error_hooks() -> None:
    trace, report = ran(one_scope(FAILED_LEAVE, Phase.BODY))
    assert trace == "enter bad fellow exit_ok exit_all"
    assert (report.status, report.exit_code, report.signal) == (Status.OK, 0, None)


@pytest.mark.parametrize(
    ("phase", "effect", "expected"),
    [
        (Phase.ENTER, FAILED_NEXT, "bad fellow exit_bad exit_all recover"),
        (Phase.ENTER, FAILED_EXIT, "bad exit_bad exit_all recover"),
        (Phase.ENTER, FAILED_LEAVE, "bad recover"),
        (Phase.ENTER, SKIPPED_NEXT, "bad fellow exit_bad exit_all recover"),
        (Phase.ENTER, SKIPPED_EXIT, "bad exit_bad exit_all recover"),
        (Phase.ENTER, SKIPPED_LEAVE, "bad recover"),
        (Phase.BODY, FAILED_NEXT, "enter bad fellow exit_bad exit_all recover"),
        (Phase.BODY, FAILED_EXIT, "enter bad exit_bad exit_all recover"),
        (Phase.BODY, FAILED_LEAVE, "enter bad recover"),
        (Phase.BODY, SKIPPED_EXIT, "enter bad exit_bad exit_all recover"),
        (Phase.EXIT, FAILED_NEXT, "enter body bad fellow recover"),
        (Phase.EXIT, FAILED_EXIT, "enter body bad recover"),
        (Phase.EXIT, FAILED_LEAVE, "enter body bad recover"),
        (Phase.EXIT, SKIPPED_LEAVE, "enter body bad recover"),
    ],
)
def test_where_a_scope_goes_on_after_a_bad_outcome(
    phase: Phase, effect: Effect, expected: str
) -> None:
    outcome = HARD if effect.status is Status.FAILED else SOFT
    trace, _ = ran(one_scope(effect, phase), bad=outcome)
    assert trace == expected


@pytest.mark.parametrize(
    ("effect", "expected"),
    [
        (Effect(None, Resume.NEXT), "enter bad fellow exit_ok exit_all"),
        (Effect(None, Resume.EXIT), "enter bad exit_ok exit_all"),
        (Effect(None, Resume.LEAVE), "enter bad"),
    ],
)
def test_an_effect_may_keep_the_status(effect: Effect, expected: str) -> None:
    trace, report = ran(one_scope(effect, Phase.BODY), bad=SOFT)
    assert (trace, report.status) == (expected, Status.OK)


@pytest.mark.parametrize(
    ("effect", "expected"),
    [
        (FAILED_NEXT, "enter body exit_bad exit_all bad fellow"),
        (FAILED_LEAVE, "enter body exit_bad exit_all bad"),
    ],
)
def test_a_failing_error_hook(effect: Effect, expected: str) -> None:
    tested = one_scope(effect, Phase.RECOVER)
    steps = [s._replace(on_hard=FAILED_EXIT) if s.id == "body" else s for s in tested.steps]
    trace, report = ran(tested._replace(steps=tuple(steps)), body=HARD, bad=HARD)
    assert (trace, report.exit_code) == (expected, 1)


def test_triggers_look_at_the_status_when_the_phase_began() -> None:
    """A failure in between lets no step of the same phase in, and keeps none out."""
    tested = plan(
        [run_scope()],
        [
            step("first", phase=Phase.EXIT, hard=FAILED_NEXT),
            step("success", phase=Phase.EXIT, trigger=Trigger.SUCCESS),
            step("failure", phase=Phase.EXIT, trigger=Trigger.FAILURE),
            step("always", phase=Phase.EXIT, trigger=Trigger.ALWAYS),
        ],
    )
    assert ran(tested, first=HARD)[0] == "first success always"


# --- scopes in scopes ---


def nested(failed: Effect = FAILED_NEXT, skipped: Effect = SKIPPED_NEXT) -> Plan:
    """A configuration with two repositories; the effects are of the configuration on them."""
    return plan(
        [
            run_scope(),
            scope("file", skipped=skipped, failed=failed),
            scope("near", "file", ScopeKind.REPOSITORY),
            scope("far", "file", ScopeKind.REPOSITORY),
        ],
        [
            step("run_enter", "run", Phase.ENTER),
            step("file_enter", "file", Phase.ENTER),
            step("near_body", "near"),
            step("near_recover", "near", Phase.RECOVER, Trigger.FAILURE),
            step("far_body", "far"),
            step("file_exit", "file", Phase.EXIT, Trigger.SUCCESS),
            step("file_exit_bad", "file", Phase.EXIT, Trigger.FAILURE),
            step("file_recover", "file", Phase.RECOVER, Trigger.FAILURE),
            step("run_exit", "run", Phase.EXIT, Trigger.ALWAYS),
            step("run_recover", "run", Phase.RECOVER, Trigger.FAILURE),
        ],
    )


@pytest.mark.parametrize(
    ("effect", "rest"),
    [
        (FAILED_NEXT, "far_body file_exit_bad file_recover run_exit run_recover"),
        (FAILED_EXIT, "file_exit_bad file_recover run_exit run_recover"),
        (FAILED_LEAVE, "file_recover run_exit run_recover"),
    ],
)
def test_what_a_failed_child_does_to_its_parent(effect: Effect, rest: str) -> None:
    trace, report = ran(nested(failed=effect), near_body=HARD)
    assert trace == f"run_enter file_enter near_body near_recover {rest}"
    assert (report.status, report.exit_code) == (Status.FAILED, 1)


@pytest.mark.parametrize(
    ("effect", "rest", "status"),
    [
        (Effect(None, Resume.NEXT), "far_body file_exit run_exit", Status.OK),
        (
            SKIPPED_NEXT,
            "far_body file_exit_bad file_recover run_exit run_recover",
            Status.SKIPPED,
        ),
        (FAILED_EXIT, "file_exit_bad file_recover run_exit run_recover", Status.FAILED),
    ],
)
def test_what_a_skipped_child_does_to_its_parent(effect: Effect, rest: str, status: Status) -> None:
    trace, report = ran(nested(skipped=effect), near_body=SOFT)
    assert trace == f"run_enter file_enter near_body near_recover {rest}"
    assert report.status is status


def test_the_next_child_starts_with_a_clean_status() -> None:
    trace, _ = ran(nested(), near_body=HARD)
    assert "far_body" in trace
    assert trace.count("recover") == 3  # of the first repository, the file and the run


def test_a_failure_before_the_children_keeps_them_from_running() -> None:
    assert (
        ran(nested(), file_enter=HARD)[0]
        == "run_enter file_enter file_recover run_exit run_recover"
    )


# --- interrupts ---


@pytest.mark.parametrize(
    ("point", "expected"),
    [
        # Nothing new begins: no ENTER, no BODY. What open scopes owe runs; those not begun owe nothing.
        ("run_enter", "run_enter run_exit run_recover"),
        ("file_enter", "run_enter file_enter file_exit_bad file_recover run_exit run_recover"),
        (
            "near_body",
            "run_enter file_enter near_body near_recover file_exit_bad file_recover run_exit run_recover",
        ),
        (
            "far_body",
            "run_enter file_enter near_body far_body file_exit_bad file_recover run_exit run_recover",
        ),
        (
            "file_exit",
            "run_enter file_enter near_body far_body file_exit file_exit_bad file_recover run_exit run_recover",
        ),
        (
            "run_exit",
            "run_enter file_enter near_body far_body file_exit run_exit run_recover",
        ),
    ],
)
def test_after_an_interrupt_only_what_is_owed_runs(point: str, expected: str) -> None:
    trace, report = ran(nested(), **{point: INTERRUPTED})
    assert trace == expected
    assert (report.status, report.exit_code) == (Status.FAILED, 128 + TERM)


def test_an_interrupt_of_an_error_hook_counts_as_its_failure() -> None:
    trace, report = ran(nested(), near_body=HARD, file_recover=INTERRUPTED)
    assert trace.endswith("file_exit_bad file_recover run_exit run_recover")
    assert report.exit_code == 128 + TERM


def test_a_signal_before_the_first_step_lets_nothing_begin() -> None:
    runner = Recording()
    runner.signal = TERM
    report = interpret(nested(), runner)
    assert runner.trace == ["run_exit", "run_recover"]
    assert report.exit_code == 128 + TERM


def test_a_signal_that_comes_during_the_last_step_makes_the_run_failed() -> None:
    class LateSignal(Recording):
        def run(self, step: Step, values: Mapping[Value, str]) -> Result:
            if step.id == "run_exit":
                self.signal = TERM
            return super().run(step, values)

    runner = LateSignal()
    report = interpret(nested(), runner)
    assert runner.trace[-3:] == ["file_exit", "run_exit", "run_recover"]
    assert report.exit_code == 128 + TERM


# --- what steps are told ---


def test_error_hooks_are_told_of_a_signal_where_nothing_else_went_wrong() -> None:
    runner = Recording()
    runner.signal = TERM
    interpret(nested(), runner)
    assert runner.told["run_recover"][Late.ERROR] == "the run was interrupted by SIGTERM"


def test_error_hooks_are_told_the_latest_failure_below_them() -> None:
    runner = Recording(
        {
            "near_body": Result(Outcome.HARD, 2, output="near output"),
            "far_body": Result(Outcome.HARD, -9, output="far output"),
        }
    )
    interpret(nested(), runner)
    assert runner.told["near_recover"] == {
        Late.REPOSITORY: "near",
        Late.LABEL: "",
        Late.ERROR: "`near_body` ended with exit code 2",
        Late.OUTPUT: "near output",
    }
    assert runner.told["file_recover"] == {
        Late.REPOSITORY: "far",
        Late.LABEL: "",
        Late.ERROR: "`far_body` was ended by SIGKILL",
        Late.OUTPUT: "far output",
    }
    assert runner.told["far_body"] == {}


def test_a_failure_outside_of_repositories_names_none() -> None:
    runner = Recording({"file_enter": Result(Outcome.HARD, None, note="could not be started: why")})
    interpret(nested(), runner)
    assert runner.told["file_recover"] == {
        Late.REPOSITORY: "",
        Late.LABEL: "",
        Late.ERROR: "`file_enter` could not be started: why",
        Late.OUTPUT: "",
    }


def test_a_file_is_not_told_of_another_files_failure() -> None:
    files = [scope("one"), scope("two")]
    steps = [
        step(f"{name}_{phase.value}", name, phase, trigger)
        for name in ("one", "two")
        for phase, trigger in ((Phase.BODY, Trigger.SUCCESS), (Phase.RECOVER, Trigger.FAILURE))
    ]
    runner = Recording({"one_body": HARD})
    interpret(plan([run_scope(), *files], steps), runner)
    assert runner.trace == ["one_body", "one_recover", "two_body"]
    assert runner.told["two_body"] == {}


def test_what_a_step_keeps_is_known_by_the_step() -> None:
    tested = plan(
        [run_scope(), scope("a"), scope("b")],
        [
            step("list", "a", work=command("borg", "list", output=LAST_LINE)),
            step("extract", "a"),
            step("list too", "b", work=command("borg", "list", output=LAST_LINE)),
            step("other", "b"),
        ],
    )
    results = {name: Result(Outcome.DONE, captured=name) for name in ("list", "list too")}
    runner = Recording(results)
    interpret(tested, runner)
    assert runner.told["extract"] == {Value("list", "archive"): "list"}
    assert runner.told["other"][Value("list", "archive")] == "list"
    assert runner.told["other"][Value("list too", "archive")] == "list too"


def test_a_reporter_is_told_of_each_step_before_and_after() -> None:
    told: list[tuple[str, ...]] = []

    class Telling(Silent):
        def started(self, step: Step) -> None:
            told.append(("started", step.id))

        def ended(self, step: Step, result: Result) -> None:
            told.append(("ended", step.id, result.outcome.value))

    interpret(nested(), ScriptedRunner({"run_enter": HARD}), Telling())
    assert told[:2] == [("started", "run_enter"), ("ended", "run_enter", "hard")]
    assert told[2:4] == [("started", "run_recover"), ("ended", "run_recover", "done")]
