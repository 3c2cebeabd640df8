"""What can happen in a plan, and whether it keeps its promises: one linear pass, no graph library.

`verify` runs before any plan is shown. `graph.verify` holds the same as a networkx graph before
anything is started; a property test keeps the two equal.
"""

from __future__ import annotations

from collections.abc import Iterable

from ..support.record import NamedTuple
from .index import Index, index
from .model import (
    LEAVING,
    Effect,
    Phase,
    Plan,
    Resume,
    Scope,
    ScopeId,
    ScopeKind,
    Status,
    Step,
    StepId,
    Trigger,
)
from .work import FAILURE, Process, Use, Value, Work, keeps, parts_of


class Broken(NamedTuple):
    """A promise that a plan doesn't keep. A plan with one is a bug of whoever made it."""

    rule: str
    subject: ScopeId | StepId


class Flow(NamedTuple):
    """Which statuses each scope can end with, and which steps can ever run."""

    ends: dict[ScopeId, frozenset[Status]]
    can_run: frozenset[StepId]


def verify(plan: Plan) -> list[Broken]:
    """Every promise the plan breaks; empty for a sound plan.

    The scopes form one tree under a run, parents first. Ids are unique. Steps stand in the order in
    which they run. No hard failure is lost: each marks its scope as failed, and a failed child its
    parent, so that it reaches the exit code. A late value is produced before it is used, on every path,
    or its use says what stands there otherwise.
    """
    broken = [*_tree(plan), *_unique(plan)]
    if broken:
        return broken
    tree = index(plan)
    return [*_order(plan, tree), *_failures_count(plan), *_values(plan, tree)]


def _tree(plan: Plan) -> Iterable[Broken]:
    seen: set[ScopeId] = set()
    if not plan.scopes:
        yield Broken("a plan has a run", "")
    for position, scope in enumerate(plan.scopes):
        is_root = position == 0
        if (scope.parent is None) != is_root or (scope.kind is ScopeKind.RUN) != is_root:
            yield Broken("the first scope, and only that, is the run", scope.id)
        elif scope.parent is not None and scope.parent not in seen:
            yield Broken("a scope comes after its parent", scope.id)
        seen.add(scope.id)
    for step in plan.steps:
        if step.scope not in seen:
            yield Broken("a step belongs to a scope of the plan", step.id)


def _unique(plan: Plan) -> Iterable[Broken]:
    seen: set[str] = set()
    for identity in [*(scope.id for scope in plan.scopes), *(step.id for step in plan.steps)]:
        if identity in seen:
            yield Broken("ids are unique", identity)
        seen.add(identity)


def in_order(plan: Plan) -> list[Step]:
    """All steps in the order in which they would run if each got its turn."""
    return list(_walk(index(plan), plan.scopes[0]))


def _walk(tree: Index, scope: Scope) -> Iterable[Step]:
    yield from tree.steps_of(scope, Phase.ENTER)
    yield from tree.steps_of(scope, Phase.BODY)
    for child in tree.children_of(scope):
        yield from _walk(tree, child)
    yield from tree.steps_of(scope, Phase.EXIT)
    yield from tree.steps_of(scope, Phase.RECOVER)


def _order(plan: Plan, tree: Index) -> Iterable[Broken]:
    for planned, walked in zip(plan.steps, _walk(tree, tree.root), strict=True):
        if planned is not walked:
            yield Broken("steps are listed in the order in which they run", planned.id)
            return


def _failures_count(plan: Plan) -> Iterable[Broken]:
    for step in plan.steps:
        if step.on_hard.status is not Status.FAILED:
            yield Broken("a hard failure fails its scope", step.id)
    for scope in plan.scopes:
        if scope.on_child_failed.status is not Status.FAILED:
            yield Broken("a failed child fails its parent", scope.id)


def _values(plan: Plan, tree: Index) -> Iterable[Broken]:
    """Of what steps keep for later steps; what the run itself gives is always there."""
    kept: dict[Value, Step] = {}
    for step in plan.steps:
        for use in _uses(step.work):
            producer = kept.get(use.value)
            optional = use.otherwise is not None or use.value.producer == FAILURE
            if not optional and (producer is None or not _precedes(producer, step, tree)):
                yield Broken("a late value is produced before it is used", step.id)
        if isinstance(step.work, Process) and keeps(step.work):
            kept[Value(step.id, step.work.output.name)] = step


def _uses(work: Work) -> Iterable[Use]:
    if isinstance(work, Process):
        words = (*work.argv, *(work.dry_argv or ()), *(word for _, word in work.environment))
        yield from (part for part in parts_of(words) if isinstance(part, Use))


def _precedes(producer: Step, user: Step, tree: Index) -> bool:
    """Whether `user` runs only after `producer` has ended well: that is on the way into its scope, and
    ends the way where it fails."""
    if producer.phase in LEAVING or producer.on_hard.resume is Resume.NEXT:
        return False
    if producer.trigger is Trigger.FAILURE:
        return False
    if user.scope == producer.scope:
        return user.phase not in LEAVING
    return any(scope.id == producer.scope for scope in tree.with_ancestors(user.scope))


def analyse(plan: Plan) -> Flow:
    """What can happen, for a sound plan: exact, since every step may fail whatever came before."""
    tree = index(plan)
    ends: dict[ScopeId, frozenset[Status]] = {}
    can_run: set[StepId] = set()
    for scope in reversed(plan.scopes):  # children before parents
        ends[scope.id] = _Possible(tree, ends, can_run).of(scope)
    return Flow(ends, frozenset(can_run))


class _Possible:
    """Follows all statuses a scope can have at once, through its four phases."""

    def __init__(
        self, tree: Index, ends: dict[ScopeId, frozenset[Status]], can_run: set[StepId]
    ) -> None:
        self._tree = tree
        self._ends = ends
        self._can_run = can_run
        self._going: dict[Resume, set[Status]] = {resume: set() for resume in Resume}

    def of(self, scope: Scope) -> frozenset[Status]:
        body = self._steps(scope, Phase.ENTER, {Status.OK})
        body = self._steps(scope, Phase.BODY, body)
        for child in self._tree.children_of(scope):
            for status, effect in (
                (Status.SKIPPED, scope.on_child_skipped),
                (Status.FAILED, scope.on_child_failed),
            ):
                if status in self._ends[child.id]:
                    body |= self._apply(effect, body)
        starts = body | self._take(Resume.PHASE) | self._take(Resume.EXIT)
        # In the last two phases nothing is left to go on with but what comes after the phase.
        leaving = self._steps(scope, Phase.EXIT, starts)
        leaving |= self._take(Resume.EXIT) | self._take(Resume.LEAVE)
        ended = self._steps(scope, Phase.RECOVER, leaving - {Status.OK})
        ended |= self._take(Resume.EXIT) | self._take(Resume.LEAVE) | self._take(Resume.END)
        return frozenset(ended | (leaving & {Status.OK}))

    def _take(self, resume: Resume) -> set[Status]:
        """The statuses that left the phases so far in this way."""
        taken, self._going[resume] = self._going[resume], set()
        return taken

    def _steps(self, scope: Scope, phase: Phase, starts: set[Status]) -> set[Status]:
        """The statuses after a phase, for those that didn't leave it; the others are in `_going`."""
        after: set[Status] = set()
        for start in starts:
            now = {start}
            for step in self._tree.steps_of(scope, phase):
                if step.trigger.fits(start):
                    self._can_run.add(step.id)
                    now |= self._apply(step.on_hard, now)
                    if step.work.exits.soft:
                        now |= self._apply(step.on_soft, now)
            after |= now | self._take(Resume.PHASE)
        return after

    def _apply(self, effect: Effect, now: set[Status]) -> set[Status]:
        new = set(now) if effect.status is None else {effect.status}
        if effect.resume is Resume.NEXT:
            return new
        self._going[effect.resume] |= new
        return set()
