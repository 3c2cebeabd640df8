"""Failures that nobody hears of."""

from __future__ import annotations

from collections.abc import Sequence

from ...analysis.alarms import Told, can_fail, is_alarm, told
from ...analysis.failure_records import Failures
from ...config.hooks import HookKind, Position
from ...config.model import Configuration
from ...plan.exits import Outcome
from ...plan.index import Index
from ...plan.model import Phase, Plan, ScopeKind, Step, Trigger
from ...plan.titles import named
from ...plan.work import Process, Shell
from ...source.diagnostic import Diagnostics
from ...source.span import Span

_TELLING = frozenset(("fail", "finish"))
_NOTHING = frozenset(("", "true", ":", "/bin/true"))


def alarm_coverage(
    plan: Plan,
    configurations: Sequence[Configuration],
    tree: Index,
    found: Failures,
    diagnostics: Diagnostics,
) -> None:
    """BP811: a failure that keeps a backup from being made reaches no alarm, though there are some;
    a note for failures afterwards. BP812 (a note): a file with hooks has no alarm and no monitor."""
    hard = tuple(failure for failure in found.all if failure.outcome is Outcome.HARD)
    answers = told(plan, found._replace(all=hard))
    _without_any(plan, configurations, tree, answers, diagnostics)
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
    message = f"a failure of {named(step, tree)} is not reported: no error hook runs then"
    if phase is Phase.EXIT:
        diagnostics.note("BP811", message, step.origin)
    else:
        what = (
            "move it to a hook of the configuration or the repository, whose failures are reported"
        )
        hint = "" if isinstance(step.work, Process) else what
        diagnostics.warning("BP811", message, step.origin, hint)


def _without_any(
    plan: Plan,
    configurations: Sequence[Configuration],
    tree: Index,
    answers: list[Told],
    diagnostics: Diagnostics,
) -> None:
    """Only for files with hooks or services, of which no failure is told; without any there is little to tell of."""
    with_hooks = {step.scope for step in plan.steps if isinstance(step.work, Shell)}
    told_of = {answer.failure.scope for answer in answers if not answer.silent}
    hooked = {tree.name_of(scope, ScopeKind.CONFIGURATION) for scope in with_hooks}
    heard = {tree.name_of(scope, ScopeKind.CONFIGURATION) for scope in told_of}
    heard |= {configuration.path for configuration in configurations if has_monitor(configuration)}
    handling = {step.scope for step in plan.steps if _only_after_failures(step)}
    handled = {tree.name_of(scope, ScopeKind.CONFIGURATION) for scope in handling}
    others = {
        configuration.path for configuration in configurations if _has_error_hook(configuration)
    }
    deaf = {configuration.path for configuration in configurations if configuration.services}
    for scope in plan.scopes:
        if scope.kind is ScopeKind.CONFIGURATION and scope.name in (hooked | deaf) - heard:
            why = "no error hook"
            if scope.name in deaf:
                why = "its services get neither FAIL nor FINISH"
            elif scope.name in handled:
                why = "the error hooks only print or clean up"
            elif scope.name in others:
                why = "the error hooks are for other actions"
            diagnostics.note(
                "BP812",
                f"{why}: failures are visible only in the exit code",
                scope.origin,
                "add `fail` to `states`"
                if scope.name in deaf
                else "send a message from an error hook: `commands: [{after: error, run: [...]}]`, or "
                "`on_error` before 2.0",
            )


def has_monitor(configuration: Configuration) -> bool:
    """Whether a file names a service that hears of its failures: by FAIL, or as FINISH stays away."""
    return any(_TELLING.intersection(service.states()) for service in configuration.services)


def _has_error_hook(configuration: Configuration) -> bool:
    entries = any(entry.position is Position.AFTER_ERROR for entry in configuration.commands)
    return entries or any(hook.kind is HookKind.ON_ERROR for hook in configuration.hooks)


def _only_after_failures(step: Step) -> bool:
    is_late = step.phase is Phase.RECOVER or step.trigger is Trigger.FAILURE
    return is_late and isinstance(step.work, Shell) and step.work.written.strip() not in _NOTHING
