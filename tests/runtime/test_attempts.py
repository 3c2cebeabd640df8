"""Scopes that are tried again after their siblings, steps that are repeated at once, and messages with conditions."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from borgplan.compiler.plan.conditions import Condition, End
from borgplan.compiler.plan.exits import ExitCodes, Outcome
from borgplan.compiler.plan.model import Phase, Plan, Repeat, Retry, Status, Step, Trigger
from borgplan.compiler.plan.words import Value
from borgplan.runtime.engine.runner import Result, ScriptedRunner
from borgplan.runtime.engine.walk import interpret
from tests.runtime.build import FAILED_NEXT, plan, run_scope, scope, shell, step

HARD = Result(Outcome.HARD, 2)
SOFT = Result(Outcome.SOFT, 75)
DONE = Result(Outcome.DONE, 0)
TERM = 15


class Attempts(ScriptedRunner):
    """Steps end as scripted, attempt for attempt, and well afterwards; what runs and waits is noted. A signal comes while
    wait number `signals` goes on."""

    def __init__(self, signals: int = 0, **results: list[Result]) -> None:
        super().__init__()
        self.trace: list[str] = []
        self._left = results
        self._signals = signals

    def run(self, step: Step, values: Mapping[Value, str]) -> Result:
        self.trace.append(step.id)
        left = self._left.get(step.id)
        return left.pop(0) if left else super().run(step, values)

    def wait(self, seconds: float) -> None:
        self.trace.append(str(seconds))
        self._signals -= 1
        if self._signals == 0:
            self.signal = TERM


def retried(retry: Retry) -> Plan:
    """`a` and `b`, the first with retries, each with a step named as it is."""
    children = [scope("a")._replace(retry=retry), scope("b")]
    return plan([run_scope(), *children], [step(each.id, each.id) for each in children])


THRICE = Retry(times=2, wait=5, statuses=(Status.FAILED,))


@pytest.mark.parametrize(
    ("retry", "ends", "expected", "code"),
    [
        (THRICE, [], "a b", 0),
        (THRICE, [HARD], "a b 5 a", 0),
        (THRICE, [HARD, HARD], "a b 5 a 10 a", 0),
        (THRICE, [HARD, HARD, HARD], "a b 5 a 10 a", 1),
        (THRICE, [SOFT], "a b", 0),
        (THRICE._replace(statuses=(Status.SKIPPED,)), [SOFT], "a b 5 a", 0),
        (THRICE._replace(statuses=(Status.SKIPPED,)), [HARD], "a b", 1),
        (THRICE._replace(forgives=False), [HARD], "a b 5 a", 1),
        (THRICE._replace(forgives=False), [HARD, HARD], "a b 5 a 10 a", 1),
    ],
)
def test_a_scope_is_tried_again_after_its_siblings(
    retry: Retry, ends: list[Result], expected: str, code: int
) -> None:
    runner = Attempts(a=list(ends))
    report = interpret(retried(retry), runner)
    assert " ".join(runner.trace) == expected
    assert report.exit_code == code
    failed = [HARD] * code if retry.forgives else [end for end in ends if end is HARD]
    assert len(report.failed) == len(failed)


def test_a_signal_while_a_scope_waits_ends_the_attempts() -> None:
    runner = Attempts(signals=1, a=[HARD])
    report = interpret(retried(THRICE), runner)
    assert " ".join(runner.trace) == "a b 5"
    assert report.exit_code != 0


@pytest.mark.parametrize(
    ("ends", "signals", "expected"),
    [
        ([], 0, "a next"),
        ([HARD], 0, "a 3 a next"),
        ([HARD, HARD], 0, "a 3 a 3 a next"),
        ([HARD, HARD, HARD], 0, "a 3 a 3 a next"),
        ([SOFT], 0, "a next"),
        ([HARD, SOFT], 0, "a 3 a next"),
        ([HARD], 1, "a 3"),
        ([HARD, HARD], 2, "a 3 a 3"),
    ],
)
def test_a_step_is_repeated_at_once(ends: list[Result], signals: int, expected: str) -> None:
    repeated = step("a", hard=FAILED_NEXT, soft=FAILED_NEXT)._replace(repeat=Repeat(2, 3))
    runner = Attempts(signals, a=list(ends))
    report = interpret(plan([run_scope()], [repeated, step("next")]), runner)
    assert " ".join(runner.trace) == expected
    last = ends[2] if len(ends) > 2 else DONE
    if not signals and SOFT not in ends:
        assert report.results["a"].outcome is last.outcome


@pytest.mark.parametrize(
    ("end", "ends", "expected"),
    [
        (End.FAILURE, [HARD], "work message"),
        (End.FAILURE, [], "work"),
        (End.SUCCESS, [HARD], "work"),
        (End.SUCCESS, [], "work message"),
        (End.SOFT_FAILURE, [SOFT], "work message"),
        (End.SOFT_FAILURE, [], "work"),
        (End.RECOVERY, [], "work"),
    ],
)
def test_a_message_is_sent_where_its_condition_holds_and_what_follows_runs_anyway(
    end: End, ends: list[Result], expected: str
) -> None:
    work = step("work", hard=FAILED_NEXT, soft=FAILED_NEXT)
    message = step("message", "run", Phase.RECOVER, Trigger.ENDED)
    message = message._replace(condition=Condition(end, ("work",)))
    last = step("last", "run", Phase.RECOVER, Trigger.ENDED)
    tested = plan([run_scope()], [work, message, last])
    runner = Attempts(work=list(ends))
    interpret(tested, runner)
    assert " ".join(runner.trace) == f"{expected} last"


def test_a_repeat_within_a_repeat_forgives_only_failures_of_its_own_attempts() -> None:
    """The last attempt of the inner scope failed, in both attempts of the outer one: the run has failed."""
    once = Retry(times=1, wait=0, statuses=(Status.SKIPPED,), forgives=True)
    outer = scope("outer")._replace(retry=once)
    inner = scope("inner", parent="outer")._replace(retry=once)
    fails = shell("true", exits=ExitCodes(soft=((75, 75),), soft_fails_run=True))
    only = step("only", "inner", work=fails)
    runner = Attempts(only=[SOFT] * 4)
    report = interpret(plan([run_scope(), outer, inner], [only]), runner)
    assert runner.trace == ["only", "0", "only", "0", "only", "0", "only"]
    assert report.exit_code == 1
