"""Every way in which one step of a plan can fail, and what comes of it: computed once for text, JSON and pages."""

from __future__ import annotations

from collections.abc import Sequence

from ...compiler.analysis.alarms import Told, hurdles, told
from ...compiler.analysis.cleanup import Cleanup, Leak, cleanup
from ...compiler.analysis.failure_records import Failure, Failures
from ...compiler.analysis.failures import failures
from ...compiler.plan.model import Plan
from ...compiler.support.record import NamedTuple

Data = dict[str, object]


class Answer(NamedTuple):
    """The whole analysis of one plan."""

    plan: Plan
    failures: Failures
    told: list[Told]
    cleanup: Cleanup
    leaks: dict[int, list[Leak]]  # by the identity of their failures

    def hurdles(self, each: Told) -> tuple[int, ...]:
        """See `alarms.hurdles`."""
        return hurdles(self.plan, self.failures, each)


def analysed(plan: Plan) -> Answer:
    """Linear in the plan and in what there is to tell."""
    found = failures(plan)
    left = cleanup(plan, found)
    leaks = _by_failure((*left.leaks, *left.unreleased))
    return Answer(plan, found, told(plan, found), left, leaks)


def left_by(answer: Answer, failure: Failure) -> Sequence[Leak]:
    """What stays after a failure, by those of its steps after which it does."""
    return answer.leaks.get(id(failure), ())


def as_data(plan: Plan, answer: Answer) -> Data:
    """For JSON, documented in docs/failures.md; steps by number from 1."""
    return {
        "format": "borgplan-failures",
        "version": 1,
        "steps": [step.id for step in plan.steps],
        "failures": [_failure(answer, each, left_by(answer, each.failure)) for each in answer.told],
        "never_undone": [
            {"step": take.step + 1, "what": take.claim.what, "kind": take.claim.pair.name}
            for take in answer.cleanup.never
        ],
    }


def _failure(answer: Answer, told: Told, leaks: Sequence[Leak]) -> Data:
    found, failure = answer.failures, told.failure
    last = failure.steps[-1]
    return {
        "steps": [number + 1 for number in failure.steps],
        "outcome": failure.outcome.value,
        "rest_not_run_to": failure.until or None,
        "rest_runs_if_owed": failure.goes_on,
        "not_run": [[first + 1, end] for first, end in failure.skipped],
        "called": [number + 1 for number in found.called(failure, last)],
        "told": [number + 1 for number in told.alarms],
        "told_after": [number + 1 for number in answer.hurdles(told)],
        "pings_missed": [number + 1 for number in told.missed],
        "stays": [
            {
                "step": leak.take.step + 1,
                "what": leak.take.claim.what,
                "kind": leak.take.claim.pair.name,
                "undone_by": [number + 1 for number in leak.take.gives],
                "if_from": leak.first + 1,
                "if_to": leak.last + 1,
            }
            for leak in leaks
        ],
        "status": failure.status.value,
        "exit_code": failure.exit_code,
    }


def _by_failure(leaks: Sequence[Leak]) -> dict[int, list[Leak]]:
    found: dict[int, list[Leak]] = {}
    for leak in leaks:
        found.setdefault(id(leak.failure), []).append(leak)
    return found
