"""The walk over a plan: small, and without a word about hooks, Borg or dry runs."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from functools import partial

from ...compiler.plan.exits import Outcome
from ...compiler.plan.index import Index, index
from ...compiler.plan.model import (
    FINAL,
    Effect,
    Failed,
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
from ...compiler.plan.words import Late, Value
from ...compiler.plan.work import kept_name, made_by
from ...compiler.support.record import TYPE_CHECKING, NamedTuple
from .ended import Report
from .lanes import Lanes
from .on_demand import account_of, conditions_of
from .reporters import Reporter, Silent
from .runner import Happened, Result, Runner
from .wording import cause, describe

if TYPE_CHECKING:
    from typing import TypeVar

    from ...compiler.plan.conditions import Condition
    from .account import Account
    from .conditions import Conditions, Past

    T = TypeVar("T")


def interpret(
    plan: Plan,
    runner: Runner,
    reporter: Reporter | None = None,
    lanes: Lanes | None = None,
    left: Callable[[Scope], None] | None = None,
    past: Past | None = None,
) -> Report:
    """Run a sound plan. `left` is told of every scope that has ended; `past` knows of earlier runs. Raises
    AbortedError when a second signal asks to stop at once."""
    tree = index(plan)
    walk = _Walk(tree, runner, reporter or Silent(), lanes, account_of(plan, tree, past), left)
    walk.conditions = conditions_of(plan, past)
    status = walk.scope(walk.tree.root)
    return Report(status, walk.results, runner.signal, tuple(walk.failed))


class _Turn(NamedTuple):
    """`before`: the steps that failed in the attempt before this one."""

    child: Scope
    attempt: int = 0
    before: tuple[StepId, ...] = ()


_End = tuple[_Turn, Status | None, list[StepId]]  # with the steps that failed in it
Note = Callable[[ScopeId], None]


class _Walk:
    """`around`: in a walk branch_of, the scope whose child it walks; `above`: what that has to note."""

    def __init__(
        self,
        tree: Index,
        runner: Runner,
        reporter: Reporter,
        lanes: Lanes | None = None,
        account: Account | None = None,
        left: Callable[[Scope], None] | None = None,
    ) -> None:
        self.tree = tree
        self.runner = runner
        self.reporter = reporter
        self.lanes = lanes
        self.around: ScopeId | None = None
        self.above: list[Note] = []
        self.results: dict[StepId, Result] = {}
        self.failures: dict[ScopeId, dict[Value, str]] = {}
        self.failed_repository: dict[ScopeId, dict[Value, str]] = {}
        self.kept: dict[Value, str] = {}  # what steps have produced
        self.failed: list[StepId] = []  # what the exit code has to tell
        self.own: set[ScopeId] = set()  # scopes of which a step of their own failed
        self.softly: set[ScopeId] = set()  # and in which something ended softly
        self.account = account
        self.left = left
        self.conditions: Conditions | None = None

    def scope(self, scope: Scope) -> Status:
        """Run a scope and what is in it; the status it ends with."""
        counted = len(self.failed)
        self.own.discard(scope.id)
        self.softly.discard(scope.id)
        status, resume = self.steps(scope, Phase.ENTER, Status.OK)
        if resume is Resume.NEXT:
            status, resume = self.steps(scope, Phase.BODY, status)
        if resume is Resume.NEXT:
            status, resume = self.children(scope, status)
        if resume in (Resume.NEXT, Resume.EXIT):
            status, resume = self.steps(scope, Phase.EXIT, status)
        if scope.kind is ScopeKind.REPOSITORY and status is Status.FAILED:
            self.failed_repository[scope.id] = {
                Late.REPOSITORY: scope.name,
                Late.LABEL: scope.label,
            }
        failed = Failed.SOFTLY if scope.id in self.softly else Failed.NOTHING
        failed = Failed.WITHIN if len(self.failed) > counted else failed
        failed = Failed.OWN if scope.id in self.own else failed
        status = self.recover(scope, status, resume, failed)
        if self.left is not None:
            self.left(scope)
        return status

    def recover(self, scope: Scope, status: Status, resume: Resume, failed: Failed) -> Status:
        """The last phase; the status the scope ends with. Final steps run in any case, where they stand."""
        start = status
        is_over = status is Status.OK or resume is Resume.END
        for step in self.tree.steps_of(scope, Phase.RECOVER):
            is_final = step.trigger in FINAL
            if not step.trigger.fits(start, failed) or (is_over and not is_final):
                continue
            if step.condition is not None and not self.holds(step.condition):
                continue
            before = self.runner.signal
            result = self.run(step)
            if self.runner.signal is not None:
                failed = failed if before is not None else Failed.OWN
                is_over = is_over and start is not Status.OK  # until now nothing was wrong
                status = start = Status.FAILED
            if result.outcome in (Outcome.DONE, Outcome.INTERRUPTED):
                continue
            effect = step.on_soft if result.outcome is Outcome.SOFT else step.on_hard
            status, resume = _apply(effect, status)
            is_over = is_over or (not is_final and resume is not Resume.NEXT)
        return status

    def holds(self, condition: Condition) -> bool:
        """Whether what a message is about came to the end that it tells of."""
        return self.conditions is not None and self.conditions.hold(condition, self.happened())

    def happened(self) -> Happened:
        return Happened(self.results, frozenset(self.failed), self.runner.signal is not None)

    def children(self, scope: Scope, status: Status) -> tuple[Status, Resume]:
        """Run the children in turn; those with retries left go to the back of the queue."""
        queue = deque(_Turn(child) for child in self.tree.children_of(scope))
        earlier = len(self.failed)  # not of these children, but maybe of the same steps
        while queue:
            resume = Resume.NEXT
            for turn, ended, failed in self.take(scope, self.next_turns(queue)):
                child = turn.child
                if ended is None:
                    continue
                if child.retry.forgives:
                    # Only now: an attempt that never gets its turn makes nothing good.
                    own = self.failed[earlier:]
                    self.failed[earlier:] = [step for step in own if step not in turn.before]
                self.failed += failed
                repeats = turn.attempt < child.retry.times and ended in child.retry.statuses
                if ended is Status.FAILED and not (repeats and child.retry.forgives):
                    self.blame(child)
                if repeats:
                    queue.append(_Turn(child, turn.attempt + 1, tuple(failed)))
                elif ended is not Status.OK and not self.interrupted_in(Phase.BODY):
                    failure = ended is Status.FAILED
                    effect = scope.on_child_failed if failure else scope.on_child_skipped
                    status, resume = _apply(effect, status)
            if self.interrupted_in(Phase.BODY):
                return Status.FAILED, Resume.EXIT
            if resume is Resume.PHASE:
                break
            if resume is not Resume.NEXT:
                return status, resume
        return status, Resume.NEXT

    def next_turns(self, queue: deque[_Turn]) -> list[_Turn]:
        """The next of the queue, with those behind it that may run at the same time."""
        turns = [queue.popleft()]
        waves = self.lanes.waves if self.lanes else {}
        wave = waves.get(turns[0].child.id)
        while (
            wave is not None
            and queue
            and waves.get(queue[0].child.id) == wave
            and queue[0].attempt == turns[0].attempt
        ):
            turns.append(queue.popleft())
        return turns

    def take(self, scope: Scope, turns: list[_Turn]) -> Iterator[_End]:
        """Run turns, several at the same time, and take in what came of them, in their order."""
        if len(turns) == 1 or self.lanes is None:
            counted = len(self.failed)
            ended = self.turn(turns[0])
            failed = self.failed[counted:]
            del self.failed[counted:]
            yield turns[0], ended, failed
            return
        tasks = [partial(self.branch_of, self.lanes, scope, turn) for turn in turns]
        for turn, (branch, ended) in zip(turns, self.lanes.run(tasks), strict=True):
            for step_id, result in branch.results.items():
                self.results.pop(step_id, None)
                self.results[step_id] = result
            for note in branch.above:
                self.propagate(scope.id, note)
            yield turn, ended, branch.failed

    def branch_of(self, lanes: Lanes, scope: Scope, turn: _Turn) -> tuple[_Walk, Status | None]:
        """A turn in a walk of its own, which leaves alone what is around it."""
        with lanes.lane(turn.child) as (runner, reporter):
            branch = self.branch(scope, runner, reporter)
            return branch, branch.turn(turn)

    def branch(self, scope: Scope, runner: Runner, reporter: Reporter) -> _Walk:
        """A walk of a child of this scope, that knows of late values what this one knows."""
        branch = _Walk(self.tree, runner, reporter, self.lanes, self.account, self.left)
        branch.around = scope.id
        branch.failures, branch.failed_repository, branch.kept = (
            self.failures,
            self.failed_repository,
            self.kept,
        )
        return branch

    def turn(self, turn: _Turn) -> Status | None:
        """How a child ended; None if an interrupt came first."""
        if turn.attempt and not self.interrupted_in(Phase.BODY):
            self.reporter.repeated(turn.child, turn.attempt)
            self.runner.wait(turn.child.retry.wait * turn.attempt)
        return None if self.interrupted_in(Phase.BODY) else self.scope(turn.child)

    def steps(self, scope: Scope, phase: Phase, start: Status) -> tuple[Status, Resume]:
        """Run one phase; the status after it, and where to go on."""
        status = start
        for step in self.tree.steps_of(scope, phase):
            if not step.trigger.fits(start):
                continue
            if self.interrupted_in(phase):
                return Status.FAILED, Resume.EXIT
            before = self.runner.signal
            result = self.run(step)
            if _counts(step, result):
                self.own.add(scope.id)
            if self.runner.signal is not None:
                if before is None:
                    self.own.add(scope.id)
                status = start = Status.FAILED  # what is owed on leaving still runs
            if result.outcome in (Outcome.DONE, Outcome.INTERRUPTED):
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
            **self.interrupt(),
            **self.failures.get(step.scope, {}),
            **self.failed_repository.get(step.scope, {}),
            **self.kept,
            **(self.account.known(step) if self.account is not None else {}),
        }
        if step.condition is not None and self.conditions is not None:
            values.update(self.conditions.told(step.condition, self.happened()))
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
        kept = (kept_name(step.work), result.captured), (made_by(step.work), result.archive)
        self.kept.update({Value(step.id, name): text for name, text in kept if name is not None})
        if self.account is not None:
            self.account.add(step, result)
        if result.outcome is not Outcome.DONE:
            self.remember(step, result)
        if _counts(step, result):
            self.failed.append(step.id)
        elif result.outcome is Outcome.SOFT:
            self.propagate(step.scope, self.softly.add)
        return result

    def interrupt(self) -> dict[Value, str]:
        """What error hooks are told where nothing has failed but that a signal came."""
        number = self.runner.signal
        return {} if number is None else {Late.ERROR: f"the run was interrupted by {cause(number)}"}

    def attempt(self, step: Step, values: Mapping[Value, str]) -> Result:
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

        def note(scope: ScopeId) -> None:
            if result.outcome is Outcome.SOFT:
                self.failures.setdefault(scope, failure)
            else:
                self.failures[scope] = failure

        self.propagate(step.scope, note)

    def blame(self, scope: Scope) -> None:
        """The last repository that failed is the one that error hooks of the scopes around it are told."""
        if scope.kind is ScopeKind.REPOSITORY:
            told = {Late.REPOSITORY: scope.name, Late.LABEL: scope.label}
            self.propagate(scope.id, lambda around: self.failed_repository.update({around: told}))

    def propagate(self, scope: ScopeId, note: Note) -> None:
        """Note something about a scope and all around it; what is outside of this walk runs later."""
        for around in self.tree.with_ancestors(scope):
            if around.id == self.around:
                self.above.append(note)
                return
            note(around.id)


def _counts(step: Step, result: Result) -> bool:
    """Whether it is a failure that the exit code tells."""
    is_soft = result.outcome is Outcome.SOFT
    return result.outcome is Outcome.HARD or (is_soft and step.work.exits.soft_fails_run)


def _apply(effect: Effect, status: Status) -> tuple[Status, Resume]:
    return (status if effect.status is None else effect.status), effect.resume
