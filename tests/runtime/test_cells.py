"""Small tables of the walk and of what is foretold of it, with every cell tried.

Random plans meet some of these rarely: a mutation in one cell went unnoticed by all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

import pytest

from borgplan.compiler.analysis.cleanup import cleanup, takes
from borgplan.compiler.analysis.failure_records import Failures
from borgplan.compiler.analysis.failures import failures
from borgplan.compiler.plan.exits import Outcome
from borgplan.compiler.plan.model import (
    Effect,
    Phase,
    Plan,
    Repeat,
    Resume,
    Retry,
    ScopeKind,
    Status,
    Step,
    Trigger,
)
from borgplan.compiler.plan.words import Late, Value
from borgplan.runtime.engine.runner import Result, ScriptedRunner
from borgplan.runtime.engine.walk import interpret
from tests.runtime.build import SKIPPED_NEXT, plan, run_scope, scope, shell, step

HARD, SOFT, DONE = Result(Outcome.HARD, 2), Result(Outcome.SOFT, 75), Result(Outcome.DONE, 0)
KEEP_NEXT = Effect(None, Resume.NEXT)
CHILD_EFFECTS = [Effect(status, resume) for status, resume in product((None, *Status), Resume)]


class Told(ScriptedRunner):
    """What each step was told, and the names of all that ran, each time."""

    def __init__(self, results: Mapping[str, Result] | None = None, times: int = 99) -> None:
        super().__init__(results)
        self.told: dict[str, Mapping[Value, str]] = {}
        self.trace: list[str] = []
        self._left = dict.fromkeys(results or {}, times)

    def run(self, step: Step, values: Mapping[Value, str]) -> Result:
        """A result that was given holds for the first `times` runs of a step."""
        self.trace.append(step.id)
        self.told[step.id] = dict(values)
        if self._left.get(step.id, 0) <= 0:
            return DONE
        self._left[step.id] -= 1
        return super().run(step, values)


def told_error(first: Result, second: Result) -> str:
    both = [
        step("first", "a", soft=KEEP_NEXT, hard=Effect(Status.FAILED, Resume.NEXT)),
        step("second", "a", soft=SKIPPED_NEXT, hard=Effect(Status.FAILED, Resume.NEXT)),
        step("hook", "a", Phase.RECOVER, Trigger.FAILURE),
    ]
    runner = Told({"first": first, "second": second})
    interpret(plan([run_scope(), scope("a")], both), runner)
    return runner.told["hook"][Late.ERROR]


@pytest.mark.parametrize(
    ("first", "second", "named"),
    [
        (HARD, HARD, "second"),
        (SOFT, HARD, "second"),
        (HARD, SOFT, "first"),  # nothing worse came later
        (SOFT, SOFT, "first"),
        (DONE, SOFT, "second"),
        (HARD, DONE, "first"),
    ],
)
def test_a_hook_is_told_the_latest_hard_failure_else_the_first_soft_one(
    first: Result, second: Result, named: str
) -> None:
    assert told_error(first, second).startswith(f"`{named}` ")


def retried() -> Plan:
    """Two repositories, of which the first is tried twice."""
    one = scope("one", "run", ScopeKind.REPOSITORY)
    again = one._replace(retry=Retry(1, 0, (Status.FAILED,)))
    two = scope("two", "run", ScopeKind.REPOSITORY)
    return plan([run_scope(), again, two], [step("bad", "one"), step("good", "two")])


def test_results_stand_in_the_order_of_the_last_turn() -> None:
    runner = Told({"bad": HARD}, times=1)
    report = interpret(retried(), runner)
    assert runner.trace == ["bad", "good", "bad"]
    assert list(report.results) == ["good", "bad"]
    assert report.results["bad"].outcome is Outcome.DONE


def test_the_last_attempt_of_a_repeated_step_is_its_result() -> None:
    again = step("bad", "a")._replace(repeat=Repeat(1))
    runner = Told({"bad": HARD}, times=1)
    report = interpret(plan([run_scope(), scope("a")], [again, step("next", "a")]), runner)
    assert runner.trace == ["bad", "bad", "next"]
    assert (report.results["bad"].outcome, report.failed) == (Outcome.DONE, ())


def with_siblings(effect: Effect, retry: Retry, phase: Phase) -> Plan:
    """A scope that may be tried again, between two others, in a parent with hooks of all kinds."""
    scopes = [
        run_scope(),
        scope("file", "run", ScopeKind.CONFIGURATION),
        *(
            scope(name, "file", ScopeKind.REPOSITORY)._replace(
                retry=retry if name == "middle" else Retry()
            )
            for name in ("before", "middle", "behind")
        ),
        scope("later", "run", ScopeKind.CONFIGURATION),
    ]
    scopes[1] = scopes[1]._replace(on_child_failed=effect, on_child_skipped=effect)
    leave = Effect(Status.FAILED, Resume.LEAVE)
    steps = [
        step("before-body", "before"),
        step("bad", "middle", phase, soft=Effect(Status.SKIPPED, Resume.LEAVE), hard=leave),
        step("behind-body", "behind"),
        step("file-exit", "file", Phase.EXIT, Trigger.SUCCESS),
        step("file-exit-bad", "file", Phase.EXIT, Trigger.FAILURE),
        step("file-recover", "file", Phase.RECOVER, Trigger.FAILURE),
        step("later-body", "later"),
    ]
    return plan(scopes, steps)


def foretold(tested: Plan, found: Failures, outcome: Outcome) -> tuple[set[str], int]:
    """What runs if `bad` ends so, and the exit code."""
    bad = next(n for n, s in enumerate(tested.steps) if s.id == "bad")
    failure = next(f for f in found.all if bad in f.steps and f.outcome is outcome)
    # What comes before the failing step has run.
    later = {
        s.id
        for n, s in enumerate(tested.steps)
        if (found.usual[n] if n <= bad else found.runs(failure, bad, n))
    }
    return later, failure.exit_code


@pytest.mark.parametrize("phase", [Phase.ENTER, Phase.BODY, Phase.EXIT])
@pytest.mark.parametrize("outcome", [Outcome.HARD, Outcome.SOFT])
@pytest.mark.parametrize("times", [0, 1])
@pytest.mark.parametrize(
    "statuses", [(), (Status.FAILED,), (Status.SKIPPED,), (Status.FAILED, Status.SKIPPED)]
)
def test_what_is_foretold_of_a_scope_with_siblings_happens(
    phase: Phase, outcome: Outcome, times: int, statuses: tuple[Status, ...]
) -> None:
    for effect in CHILD_EFFECTS:
        tested = with_siblings(effect, Retry(times, 0, statuses), phase)
        runner = Told({"bad": Result(outcome, 75 if outcome is Outcome.SOFT else 2)})
        report = interpret(tested, runner)
        assert foretold(tested, failures(tested), outcome) == (
            set(runner.trace),
            report.exit_code,
        ), effect


def bound(*hooks: str) -> list[tuple[int, tuple[int, ...]]]:
    """For each step that takes something, those that count as giving it back."""
    steps = [step(f"{number}", "a", work=shell(text)) for number, text in enumerate(hooks)]
    tested = plan([run_scope(), scope("a")], steps)
    return [(take.step, take.gives) for take in takes(tested, failures(tested))]


TAKE, GIVE = "mount /mnt", "umount /mnt"


@pytest.mark.parametrize(
    ("hooks", "expected"),
    [
        ((TAKE, GIVE), [(0, (1,))]),
        ((TAKE, GIVE, GIVE), [(0, (1, 2))]),
        ((TAKE, TAKE, GIVE), [(0, (2,)), (1, (2,))]),
        ((TAKE, GIVE, TAKE, GIVE), [(0, (1, 3)), (2, (3,))]),
        # What gives it back after the third take comes too late for the first.
        ((TAKE, TAKE, TAKE, GIVE), [(0, ()), (1, (3,)), (2, (3,))]),
        ((TAKE, GIVE, TAKE, GIVE, TAKE, GIVE), [(0, (1, 3)), (2, (3, 5)), (4, (5,))]),
    ],
)  # fmt: skip
def test_the_third_take_of_a_thing_bounds_what_gives_the_first_back(
    hooks: tuple[str, ...], expected: list[tuple[int, tuple[int, ...]]]
) -> None:
    assert bound(*hooks) == expected


@pytest.mark.parametrize(
    ("hooks", "stays"),
    [
        (("report", GIVE), [(1, 1)]),
        (("report", "log", GIVE), [(1, 2)]),
        (("report", "log", GIVE, "upload", "rest"), [(1, 2)]),
        ((GIVE, "report"), []),
        (("report", GIVE, "upload", GIVE), [(1, 1)]),
    ],
)
def test_only_what_fails_before_a_thing_is_given_back_leaves_it_taken(
    hooks: tuple[str, ...], stays: list[tuple[int, int]]
) -> None:
    steps = [
        step("take", "a", Phase.ENTER, work=shell(TAKE)),
        *(
            step(f"{number}", "a", Phase.EXIT, Trigger.ALWAYS, shell(text))
            for number, text in enumerate(hooks)
        ),
    ]
    tested = plan([run_scope(), scope("a")], steps)
    found = cleanup(tested, failures(tested)).leaks
    assert [(leak.first, leak.last) for leak in found if leak.outcome is Outcome.HARD] == stays


def test_a_step_whose_failure_is_like_no_other_s_leaves_a_thing_taken() -> None:
    steps = [
        step("take", "a", work=shell(TAKE)),
        step("bad", "a", hard=Effect(Status.FAILED, Resume.EXIT)),
        step("give", "a", work=shell(GIVE)),
    ]
    tested = plan([run_scope(), scope("a")], steps)
    found = cleanup(tested, failures(tested)).leaks
    assert [(leak.first, leak.last) for leak in found if leak.outcome is Outcome.HARD] == [(1, 1)]


def test_a_failure_that_lets_a_thing_be_taken_and_not_given_back_leaves_it_taken() -> None:
    steps = [
        step("bad", "a", hard=Effect(Status.FAILED, Resume.NEXT)),
        step("take", "a", work=shell(TAKE)),
        step("give", "a", Phase.EXIT, Trigger.SUCCESS, shell(GIVE)),
    ]
    tested = plan([run_scope(), scope("a")], steps)
    found = cleanup(tested, failures(tested)).leaks
    assert [(leak.first, leak.last) for leak in found if leak.outcome is Outcome.HARD] == [(0, 0)]
