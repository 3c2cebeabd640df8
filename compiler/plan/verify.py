"""What can happen in a plan, and whether it keeps its promises: one linear pass, no graph library.

`verify` runs before any plan is shown. `graph.verify` holds the same as a networkx graph before
anything is started; a property test keeps the two equal.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..support.record import NamedTuple
from .index import Index, index
from .model import (
    FINAL,
    LEAVING,
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
    Trigger,
)
from .scratch import Scratch
from .words import GIVEN, Value, scratch_in, values_of
from .work import Request, Work, can_fail, kept_name, made_by, values_in, words_of


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
    parent, so that it reaches the exit code. What looks at everything within a scope stands in its last phase. A late value is produced before it is used, on every path,
    or its use says what stands there otherwise.
    """
    broken = [*_tree(plan), *_unique(plan)]
    if broken:
        return broken
    tree = index(plan)
    return [*_order(plan, tree), *_failures_count(plan), *_final(plan), *_values(plan, tree)]


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


def _final(plan: Plan) -> Iterable[Broken]:
    for step in plan.steps:
        if step.trigger in FINAL and step.phase is not Phase.RECOVER:
            yield Broken("what looks at everything within comes last", step.id)


def _values(plan: Plan, tree: Index) -> Iterable[Broken]:
    """Of what steps keep for later steps; what the run itself gives is always there."""
    kept: dict[Value, Step] = {}
    scratch = {file.name: file for file in plan.scratch}
    for step in plan.steps:
        for value, spared in _uses(step.work, scratch):
            producer = kept.get(value)
            optional = spared or value.producer in GIVEN
            if isinstance(step.work, Request) and producer is not None:
                continue  # one that lacks it isn't sent, which is an outcome that its `exits` read
            if not optional and (producer is None or not _precedes(producer, step, tree)):
                yield Broken("a late value is produced before it is used", step.id)
        for name in (kept_name(step.work), made_by(step.work)):
            if name is not None:
                kept[Value(step.id, name)] = step


def _uses(work: Work, scratch: Mapping[str, Scratch]) -> Iterable[tuple[Value, bool]]:
    """The late values that a step needs, also for its scratch files, and whether it can do without."""
    yield from values_in(work)
    for name in scratch_in(words_of(work)):
        if name in scratch:
            yield from values_of(scratch[name].lines)


def _precedes(producer: Step, user: Step, tree: Index) -> bool:
    """Whether `user` runs only after `producer` has ended well: that is on the way into its scope, and
    ends the way where it fails; or `user` runs on the way out where everything before has ended well."""
    if (user.scope, user.phase, user.trigger) == (producer.scope, Phase.EXIT, Trigger.SUCCESS):
        return producer.phase not in LEAVING
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
    ends: dict[ScopeId, frozenset[_State]] = {}
    can_run: set[StepId] = set()
    for scope in reversed(plan.scopes):  # children before parents
        ends[scope.id] = _with_retries(scope, _Possible(tree, ends, can_run).of(scope))
    statuses = {scope: frozenset(status for status, _ in found) for scope, found in ends.items()}
    return Flow(statuses, frozenset(can_run))


_State = tuple[Status, Failed]  # of a scope, and what within it has failed


def _with_retries(scope: Scope, ends: frozenset[_State]) -> frozenset[_State]:
    """What an attempt leaves behind although a repetition makes it good can come with any end: that something
    ended softly, and where failures aren't forgiven, those."""
    retry = scope.retry
    left = {failed for status, failed in ends if status in retry.statuses} if retry.times else set()
    found = set(ends)
    for failed in left:
        if failed is Failed.SOFTLY or not retry.forgives:
            found |= _at_least(set(ends), failed)
    return frozenset(found)


class _Possible:
    """Follows all states a scope can have at once, through its four phases."""

    def __init__(
        self, tree: Index, ends: dict[ScopeId, frozenset[_State]], can_run: set[StepId]
    ) -> None:
        self._tree = tree
        self._ends = ends
        self._can_run = can_run
        self._going: dict[Resume, set[_State]] = {resume: set() for resume in Resume}

    def of(self, scope: Scope) -> frozenset[_State]:
        body = self._steps(scope, Phase.ENTER, {(Status.OK, Failed.NOTHING)})
        body = self._steps(scope, Phase.BODY, body)
        for child in self._tree.children_of(scope):
            before = body
            body = set()
            for status, failed in self._ends[child.id]:
                now = _at_least(before, Failed.WITHIN if failed is Failed.OWN else failed)
                effect = {
                    Status.SKIPPED: scope.on_child_skipped, Status.FAILED: scope.on_child_failed,
                }.get(status)  # fmt: skip
                body |= now if effect is None else self._apply(effect, now)
        starts = body | self._take(Resume.PHASE) | self._take(Resume.EXIT)
        # In the last two phases nothing is left to go on with but what comes after the phase.
        leaving = self._steps(scope, Phase.EXIT, starts)
        leaving |= self._take(Resume.EXIT) | self._take(Resume.LEAVE)
        over = self._take(Resume.END)
        ended = {end for start in leaving for end in self._recover(scope, start, is_over=False)}
        ended |= {end for start in over for end in self._recover(scope, start, is_over=True)}
        return frozenset(ended)

    def _take(self, resume: Resume) -> set[_State]:
        """The states that left the phases so far in this way."""
        taken, self._going[resume] = self._going[resume], set()
        return taken

    def _steps(self, scope: Scope, phase: Phase, starts: set[_State]) -> set[_State]:
        """The states after a phase, for those that didn't leave it; the others are in `_going`."""
        after: set[_State] = set()
        for start in starts:
            now = {start}
            for step in self._tree.steps_of(scope, phase):
                if step.trigger.fits(start[0]):
                    self._can_run.add(step.id)
                    now |= self._bad_ends(step, now)
            after |= now | self._take(Resume.PHASE)
        return after

    def _recover(self, scope: Scope, start: _State, *, is_over: bool) -> set[_State]:
        """The states at the end. `is_over`: steps that aren't final get no turn any more."""
        going = set() if is_over or start[0] is Status.OK else {start}
        over = set() if going else {start}
        for step in self._tree.steps_of(scope, Phase.RECOVER):
            is_final = step.trigger in FINAL
            if not step.trigger.fits(*start) or not (going or is_final):
                continue
            self._can_run.add(step.id)
            going |= self._bad_ends(step, going)
            left = {state for resume in Resume for state in self._take(resume)}
            if is_final:
                going |= left if going else set()
                over |= self._bad_ends(step, over)
                over |= {state for resume in Resume for state in self._take(resume)}
            else:
                over |= left
        return going | over

    def _bad_ends(self, step: Step, now: set[_State]) -> set[_State]:
        """The states with which the scope goes on if the step ends badly; the others are in `_going`."""
        new: set[_State] = set()
        if can_fail(step.work):
            new = self._apply(step.on_hard, _at_least(now, Failed.OWN))
        if step.work.exits.soft:
            failed = Failed.OWN if step.work.exits.soft_fails_run else Failed.SOFTLY
            new |= self._apply(step.on_soft, _at_least(now | new, failed))
        return new

    def _apply(self, effect: Effect, now: set[_State]) -> set[_State]:
        new = {(status if effect.status is None else effect.status, f) for status, f in now}
        if effect.resume is Resume.NEXT:
            return new
        self._going[effect.resume] |= new
        return set()


def _at_least(states: set[_State], failed: Failed) -> set[_State]:
    """The same after something has failed."""
    return {(status, max(before, failed, key=_WORSE.index)) for status, before in states}


_WORSE = list(Failed)
