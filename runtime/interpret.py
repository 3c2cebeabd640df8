"""The walk over a plan: small, and without a word about hooks, Borg or dry runs."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from ..compiler.index import Index, index
from ..compiler.plan import (
    Command,
    Effect,
    Late,
    Outcome,
    Phase,
    Plan,
    Resume,
    Scope,
    ScopeId,
    ScopeKind,
    Status,
    Step,
    StepId,
)
from .failure import describe
from .runner import Result, Runner


class Reporter(Protocol):
    """Is told what happens, as it happens."""

    def started(self, step: Step) -> None:
        """Just before a step runs."""

    def ended(self, step: Step, result: Result) -> None:
        """Just after."""

    def repeated(self, scope: Scope, attempt: int) -> None:
        """Before the pause that comes before the `attempt`-th repetition of a scope."""

    def again(self, step: Step, attempt: int) -> None:
        """Before the pause that comes before the `attempt`-th repetition of a step."""


class Silent:
    """A reporter that tells nobody."""

    def started(self, step: Step) -> None: ...

    def ended(self, step: Step, result: Result) -> None: ...

    def repeated(self, scope: Scope, attempt: int) -> None: ...

    def again(self, step: Step, attempt: int) -> None: ...


class Report(NamedTuple):
    """What a run did.

    `results`: of the steps that got their turn, in the order of their last one. `failed`: those whose
    failure counts, which may be more than the status tells.
    """

    status: Status
    results: Mapping[StepId, Result]
    signal: int | None
    failed: tuple[StepId, ...] = ()

    @property
    def exit_code(self) -> int:
        """0 done, 1 something failed, 128+n ended by a signal."""
        if self.signal is not None:
            return 128 + self.signal
        return 1 if self.status is Status.FAILED or self.failed else 0


def interpret(plan: Plan, runner: Runner, reporter: Reporter | None = None) -> Report:
    """Run a sound plan. Raises AbortedError when a second signal asks to stop at once."""
    walk = _Walk(index(plan), runner, reporter or Silent())
    status = walk.scope(walk.tree.root)
    return Report(status, walk.results, runner.signal, tuple(walk.failed))


@dataclass
class _Walk:
    tree: Index
    runner: Runner
    reporter: Reporter
    results: dict[StepId, Result] = field(default_factory=dict)
    failures: dict[ScopeId, dict[Late, str]] = field(default_factory=dict)
    blamed: dict[ScopeId, dict[Late, str]] = field(default_factory=dict)
    captured: dict[ScopeId, dict[Late, str]] = field(default_factory=dict)
    failed: list[StepId] = field(default_factory=list)  # what the exit code has to tell

    def scope(self, scope: Scope) -> Status:
        """Run a scope and what is in it; the status it ends with."""
        status, resume = self.steps(scope, Phase.ENTER, Status.OK)
        if resume is Resume.NEXT:
            status, resume = self.steps(scope, Phase.BODY, status)
        if resume is Resume.NEXT:
            status, resume = self.children(scope, status)
        if resume in (Resume.NEXT, Resume.EXIT):
            status, resume = self.steps(scope, Phase.EXIT, status)
        if scope.kind is ScopeKind.REPOSITORY and status is Status.FAILED:
            self.blamed[scope.id] = {Late.REPOSITORY: scope.name, Late.LABEL: scope.label}
        if status is not Status.OK and resume is not Resume.END:
            status, resume = self.steps(scope, Phase.RECOVER, status)
        return status

    def children(self, scope: Scope, status: Status) -> tuple[Status, Resume]:
        """Run the children in turn; those with retries left go to the back of the queue."""
        none: tuple[StepId, ...] = ()
        queue = deque((child, 0, none) for child in self.tree.children_of(scope))
        while queue:
            child, attempt, before = queue.popleft()
            if attempt and not self.interrupted_in(Phase.BODY):
                self.reporter.repeated(child, attempt)
                self.runner.wait(child.retry.wait * attempt)
            if self.interrupted_in(Phase.BODY):
                return Status.FAILED, Resume.EXIT
            if child.retry.forgives:
                # Only now: an attempt that never gets its turn makes nothing good.
                self.failed = [step for step in self.failed if step not in before]
            counted = len(self.failed)
            ended = self.scope(child)
            repeats = attempt < child.retry.times and ended in child.retry.statuses
            if ended is Status.FAILED and not (repeats and child.retry.forgives):
                self.blame(child)
            if self.interrupted_in(Phase.BODY):
                return Status.FAILED, Resume.EXIT
            if repeats:
                queue.append((child, attempt + 1, tuple(self.failed[counted:])))
                continue
            if ended is Status.OK:
                continue
            effect = scope.on_child_failed if ended is Status.FAILED else scope.on_child_skipped
            status, resume = _apply(effect, status)
            if resume is Resume.PHASE:
                break
            if resume is not Resume.NEXT:
                return status, resume
        return status, Resume.NEXT

    def steps(self, scope: Scope, phase: Phase, start: Status) -> tuple[Status, Resume]:
        """Run one phase; the status after it, and where to go on."""
        status = start
        for step in self.tree.steps_of(scope, phase):
            if not step.trigger.fits(start):
                continue
            if self.interrupted_in(phase):
                return Status.FAILED, Resume.EXIT
            result = self.run(step)
            if result.outcome is Outcome.INTERRUPTED:
                status = start = Status.FAILED  # what is owed on leaving still runs
                continue
            if result.outcome is Outcome.DONE:
                continue
            effect = step.on_soft if result.outcome is Outcome.SOFT else step.on_hard
            status, resume = _apply(effect, status)
            if resume is Resume.PHASE:
                break
            if resume is not Resume.NEXT:
                return status, resume
        if self.interrupted_in(phase):
            return Status.FAILED, Resume.EXIT
        return status, Resume.NEXT

    def interrupted_in(self, phase: Phase) -> bool:
        """Once interrupted nothing new begins; what a scope owes on leaving still runs."""
        return self.runner.signal is not None and phase in (Phase.ENTER, Phase.BODY)

    def run(self, step: Step) -> Result:
        """Run a step, again if it fails and the plan says so, and note how it ended."""
        values = {
            **self.failures.get(step.scope, {}),
            **self.blamed.get(step.scope, {}),
            **self.captured.get(step.scope, {}),
        }
        result = self.attempt(step, values)
        for attempt in range(1, step.repeat.times + 1):
            if result.outcome is not Outcome.HARD or self.runner.signal is not None:
                break
            self.reporter.again(step, attempt)
            self.runner.wait(step.repeat.wait)
            if self.runner.signal is None:
                result = self.attempt(step, values)
        self.results.pop(step.id, None)
        self.results[step.id] = result
        if isinstance(step.work, Command) and step.work.captures is not None:
            self.captured.setdefault(step.scope, {})[step.work.captures] = result.captured
        if result.outcome is not Outcome.DONE:
            self.remember(step, result)
        if result.outcome is Outcome.HARD or (
            result.outcome is Outcome.SOFT and step.work.exits.soft_fails_run
        ):
            self.failed.append(step.id)
        return result

    def attempt(self, step: Step, values: Mapping[Late, str]) -> Result:
        self.reporter.started(step)
        result = self.runner.run(step, values)
        self.reporter.ended(step, result)
        return result

    def remember(self, step: Step, result: Result) -> None:
        """The latest failure is what error hooks of the scopes around it are told.

        A soft one only where there is nothing worse to tell.
        """
        failure = {
            Late.REPOSITORY: "",
            Late.LABEL: "",
            Late.ERROR: describe(step, result),
            Late.OUTPUT: result.output,
        }
        for scope in self.tree.with_ancestors(step.scope):
            if result.outcome is Outcome.SOFT:
                self.failures.setdefault(scope.id, failure)
            else:
                self.failures[scope.id] = failure

    def blame(self, scope: Scope) -> None:
        """The last repository that failed is the one that error hooks of the scopes around it are told."""
        if scope.kind is not ScopeKind.REPOSITORY:
            return
        told = {Late.REPOSITORY: scope.name, Late.LABEL: scope.label}
        for around in self.tree.with_ancestors(scope.id):
            self.blamed[around.id] = told


def _apply(effect: Effect, status: Status) -> tuple[Status, Resume]:
    return (status if effect.status is None else effect.status), effect.resume
