"""Failures that nobody hears of."""

from __future__ import annotations

from ..alarms import Told, can_fail, is_alarm, told
from ..diagnostic import Diagnostics
from ..failures import Failures
from ..index import Index
from ..plan import Command, Outcome, Phase, Plan, ScopeKind, Shell, Step
from ..source import Span
from ..wording import named


def alarm_coverage(plan: Plan, tree: Index, found: Failures, diagnostics: Diagnostics) -> None:
    """BP811: a failure that keeps a backup from being made reaches no alarm, though there are some;
    a note for failures afterwards. BP812 (a note): a file with hooks has no alarm."""
    hard = tuple(failure for failure in found.all if failure.outcome is Outcome.HARD)
    answers = told(plan, found._replace(all=hard))
    _without_any(plan, tree, answers, diagnostics)
    if not any(_for_failures(step) for step in plan.steps):
        return
    said: set[Span] = set()
    for answer in answers:
        if not answer.silent:
            continue
        for number in answer.failure.steps:
            step = plan.steps[number]
            if step.origin not in said and can_fail(step):
                said.add(step.origin)
                _silent(step, tree, answer.failure.phase, diagnostics)


def _for_failures(step: Step) -> bool:
    return step.phase is Phase.RECOVER and is_alarm(step)


def _silent(step: Step, tree: Index, phase: Phase, diagnostics: Diagnostics) -> None:
    message = f"if {named(step, tree)} fails, nobody is told: no error hook runs then"
    if phase is Phase.EXIT:
        diagnostics.note("BP811", message, step.origin)
    else:
        what = "put it into a hook of the configuration or the repository, whose failures are told"
        hint = "" if isinstance(step.work, Command) else what
        diagnostics.warning("BP811", message, step.origin, hint)


def _without_any(plan: Plan, tree: Index, answers: list[Told], diagnostics: Diagnostics) -> None:
    """Only for files with hooks, of which no failure is told; without any there is little to tell of."""
    with_hooks = {step.scope for step in plan.steps if isinstance(step.work, Shell)}
    told_of = {answer.failure.scope for answer in answers if not answer.silent}
    hooked = {tree.name_of(scope, ScopeKind.CONFIGURATION) for scope in with_hooks}
    heard = {tree.name_of(scope, ScopeKind.CONFIGURATION) for scope in told_of}
    for scope in plan.scopes:
        if scope.kind is ScopeKind.CONFIGURATION and scope.name in hooked - heard:
            diagnostics.note(
                "BP812",
                "no failure is told to anybody but by the exit code: there is no error hook",
                scope.origin,
                "add `commands: [{after: error, run: [...]}]`, or `on_error` before 2.0",
            )
