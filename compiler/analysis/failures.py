"""What every single failure of a plan does: which steps it keeps from running, which it calls in.

For a sound plan. Steps are numbers here, places in `plan.steps` from 0. As they stand in the order of
a run, everything a failure skips is a few stretches of numbers, and all failing steps of one phase of
one scope with the same effect share them; so the analysis is linear in the size of the plan, where
simulating each failure would be quadratic. A failure that is repeated (`Retry`, `Repeat`) fails each
time. A property test holds this equal to `runtime/engine/walk.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..plan.conditions import Condition, End
from ..plan.exits import Outcome
from ..plan.index import Index, index
from ..plan.model import (
    FINAL,
    LEAVING,
    Effect,
    Failed,
    Phase,
    Plan,
    Resume,
    Scope,
    ScopeId,
    Status,
    Step,
)
from ..plan.work import can_fail
from ..support.record import NamedTuple
from .failure_records import Failure, Failures, Stretch

_INTERRUPTED = Effect(Status.FAILED, Resume.EXIT)  # the fixed rule for interrupts
SIGTERM_CODE = 143


def failures(plan: Plan, tree: Index | None = None, *, soft: bool = True) -> Failures:
    """Every way in which a single step can end badly in a run in which nothing else does.

    Steps that only run after a failure have none. `tree`: the plan's index, where there is one already.
    `soft`: whether soft failures are wanted too.
    """
    tree = tree or index(plan)
    usual = tuple(map(is_usual, plan.steps))
    conditions = [step.condition for step in plan.steps if step.condition is not None]
    alone = any(condition.steps for condition in conditions)
    found = _Analysis(tree, _layout(plan, tree), soft=soft, alone=alone).all()
    needs_success = tuple(map(_needs_success, plan.steps))
    answer = Failures(usual, needs_success, _changes(usual), tuple(found))
    if not conditions:
        return answer
    from .conditions import with_conditions

    return with_conditions(plan, answer)


def _needs_success(step: Step) -> bool:
    if step.condition not in (None, Condition(End.FAILURE)) and not is_usual(step):
        return True  # when messages are sent nothing fails any more of what it is about
    return step.trigger.fits(Status.OK) and not step.trigger.fits(Status.FAILED, Failed.OWN)


def is_usual(step: Step) -> bool:
    """Whether it runs when nothing fails, nor has in runs before."""
    if step.condition is not None:
        return step.condition.end is End.SUCCESS
    if step.phase is Phase.RECOVER and step.trigger not in FINAL:
        return False
    return step.trigger.fits(Status.OK)


def _changes(usual: Sequence[bool]) -> tuple[int, ...]:
    changes = [len(usual)] * len(usual)
    for number in range(len(usual) - 2, -1, -1):
        same = usual[number] is usual[number + 1]
        changes[number] = changes[number + 1] if same else number + 1
    return tuple(changes)


class _Places(NamedTuple):
    """Where a scope's parts begin among the steps."""

    enter: int
    body: int
    children: int
    exit: int
    recover: int
    end: int


def _layout(plan: Plan, tree: Index) -> dict[ScopeId, _Places]:
    """One number for each part of each scope, counted along the order of the run."""
    places: dict[ScopeId, _Places] = {}

    def place(scope: Scope, enter: int) -> int:
        body = enter + len(tree.steps_of(scope, Phase.ENTER))
        children = leaving = body + len(tree.steps_of(scope, Phase.BODY))
        for child in tree.children_of(scope):
            leaving = place(child, leaving)
        recover = leaving + len(tree.steps_of(scope, Phase.EXIT))
        end = recover + len(tree.steps_of(scope, Phase.RECOVER))
        places[scope.id] = _Places(enter, body, children, leaving, recover, end)
        return end

    place(plan.scopes[0], 0)
    return places


class _Way(NamedTuple):
    """What is left out and what is called in from some point on, and how the run ends."""

    skipped: tuple[Stretch, ...] = ()
    called: tuple[int, ...] = ()
    status: Status = Status.OK

    def then(self, later: _Way) -> _Way:
        if not (self.skipped or self.called):
            return later
        return _Way(self.skipped + later.skipped, self.called + later.called, later.status)


_AS_USUAL = _Way()


class _Analysis:
    """Follows a failure out of its scope and up to the run; what scopes have in common is kept. `alone`: each step
    by itself, as they make a difference to others."""

    def __init__(
        self, tree: Index, places: dict[ScopeId, _Places], *, soft: bool, alone: bool
    ) -> None:
        self._tree = tree
        self._soft = soft
        self._alone = alone
        self._places = places
        self._ends: dict[tuple[ScopeId, Status, bool, Failed], _Way] = {}
        self._left: dict[tuple[ScopeId, Status, Resume, Failed], _Way] = {}

    def all(self) -> list[Failure]:
        found = [
            failure
            for (scope, phase), steps in self._tree.steps.items()
            for failure in self._in_phase(self._tree.scopes[scope], phase, steps)
        ]
        return sorted(found, key=lambda failure: failure.steps[0])

    def _in_phase(self, scope: Scope, phase: Phase, steps: list[Step]) -> Iterator[Failure]:
        """Alike failures of a phase together; there are few kinds, so they are searched in turn."""
        places = self._places[scope.id]
        first = {
            Phase.ENTER: places.enter, Phase.BODY: places.body, Phase.EXIT: places.exit,
            Phase.RECOVER: places.recover,
        }[phase]  # fmt: skip
        kinds: list[tuple[tuple[Outcome, Effect, int], list[int]]] = []
        for number, step in enumerate(steps, first):
            if not is_usual(step):
                continue
            for end in _bad_ends(step, soft=self._soft):
                same = next((numbers for kind, numbers in kinds if kind == end), None)
                if same is None or self._alone:
                    kinds.append((end, [number]))
                else:
                    same.append(number)
        for (outcome, effect, code), numbers in kinds:
            interrupted = outcome is Outcome.INTERRUPTED
            failed = Failed.OWN if outcome is not Outcome.SOFT or code else Failed.SOFTLY
            until, way = self._after(scope, phase, effect, failed, interrupted=interrupted)
            goes_on = interrupted and phase in LEAVING
            yield Failure(
                scope.id, phase, tuple(numbers), outcome, until, goes_on,
                way.skipped, way.called, way.status,
                code or (1 if way.status is Status.FAILED else 0),
            )  # fmt: skip

    def _after(
        self, scope: Scope, phase: Phase, effect: Effect, failed: Failed, *, interrupted: bool
    ) -> tuple[int, _Way]:
        """Up to where the steps that follow are left out (0: none are), and what comes of it later."""
        places = self._places[scope.id]
        status, resume = effect.status or Status.OK, effect.resume
        goes_on = resume in (Resume.NEXT, Resume.PHASE)
        if phase is Phase.RECOVER:
            # What tells how a scope has ended is judged by how it stood before.
            until = places.end if interrupted else 0
            way = _AS_USUAL
        elif phase is Phase.EXIT:
            until = 0 if resume is Resume.NEXT else places.recover
            way = self._recover(scope, status, resume, failed)
        elif goes_on:
            ends = {Phase.ENTER: places.body, Phase.BODY: places.children}
            until = ends[phase] if resume is Resume.PHASE else 0
            way = self._leave(scope, status, Resume.NEXT, failed)
            if phase is Phase.ENTER:
                way = self._changed(scope, Phase.BODY, status).then(way)
        else:
            until = places.exit
            way = self._leave(scope, status, resume, failed)
        return until, way.then(self._up(scope, status, failed, interrupted=interrupted))

    def _changed(self, scope: Scope, phase: Phase, status: Status) -> _Way:
        """The steps of a phase whose trigger says otherwise for `status` than for a good one."""
        steps = self._tree.steps_of(scope, phase)
        if not steps:
            return _AS_USUAL
        places = self._places[scope.id]
        first = {Phase.BODY: places.body, Phase.EXIT: places.exit, Phase.RECOVER: places.recover}
        skipped, called = [], []
        for number, step in enumerate(steps, first[phase]):
            before = is_usual(step)
            now = step.trigger.fits(status)
            if before and not now:
                skipped.append((number, number + 1))
            elif now and not before:
                called.append(number)
        return _Way(tuple(skipped), tuple(called))

    def _leave(self, scope: Scope, status: Status, resume: Resume, failed: Failed) -> _Way:
        """The last two phases of a scope whose body ended like this."""
        key = scope.id, status, resume, failed
        if key not in self._left:
            if resume in (Resume.NEXT, Resume.EXIT):
                leaving = self._changed(scope, Phase.EXIT, status)
            else:
                places = self._places[scope.id]
                leaving = _Way(((places.exit, places.recover),))
            self._left[key] = leaving.then(self._recover(scope, status, resume, failed))
        return self._left[key]

    def _recover(self, scope: Scope, status: Status, resume: Resume, failed: Failed) -> _Way:
        """Final steps run in any case, others only where something is left to do."""
        is_over = status is Status.OK or resume is Resume.END
        skipped, called = [], []
        first = self._places[scope.id].recover
        for number, step in enumerate(self._tree.steps_of(scope, Phase.RECOVER), first):
            is_final = step.trigger in FINAL
            runs = step.trigger.fits(status, failed) and (is_final or not is_over)
            if is_usual(step) and not runs:
                skipped.append((number, number + 1))
            elif runs and not is_usual(step):
                called.append(number)
        return _Way(tuple(skipped), tuple(called))

    def _up(self, child: Scope, status: Status, failed: Failed, *, interrupted: bool) -> _Way:
        """What happens outside of a scope that ended like this, up to the end of the run."""
        if child.parent is None:
            return _Way(status=status)
        within = Failed.WITHIN if failed is Failed.OWN else failed
        within = Failed.NOTHING if interrupted else within
        key = child.id, status, interrupted, within
        if key not in self._ends:
            self._ends[key] = self._in_parent(child, status, within, interrupted=interrupted)
        return self._ends[key]

    def _in_parent(
        self, child: Scope, status: Status, failed: Failed, *, interrupted: bool
    ) -> _Way:
        scope = self._tree.scopes[child.parent or ""]
        effect = scope.on_child_failed if status is Status.FAILED else scope.on_child_skipped
        if interrupted:
            effect = _INTERRUPTED
        # A scope that is to be repeated goes to the back of the queue: its siblings had their turn.
        last = not interrupted and child.retry.times > 0 and status in child.retry.statuses
        is_ok = status is Status.OK and not interrupted
        now, resume = effect.status or Status.OK, effect.resume
        if is_ok:
            now, resume = Status.OK, Resume.NEXT
        rest = self._places[child.id].end, self._places[scope.id].exit
        skips = resume is not Resume.NEXT and not last and rest[0] < rest[1]
        leaving = Resume.NEXT if resume is Resume.PHASE else resume
        way = _Way((rest,) if skips else ()).then(self._leave(scope, now, leaving, failed))
        return way.then(self._up(scope, now, failed, interrupted=interrupted))


def _bad_ends(step: Step, *, soft: bool) -> list[tuple[Outcome, Effect, int]]:
    """How a step can end badly: the outcome, its effect, the exit code if that is sure already."""
    exits = step.work.exits
    found = [(Outcome.HARD, step.on_hard, 1)] if can_fail(step.work) else []
    if soft and exits.soft:
        found.append((Outcome.SOFT, step.on_soft, 1 if exits.soft_fails_run else 0))
    return [*found, (Outcome.INTERRUPTED, _INTERRUPTED, SIGTERM_CODE)]
