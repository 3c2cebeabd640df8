"""How a plan violates policies: their forms one by one, over the plan and its single failures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..analysis.alarms import told
from ..analysis.cleanup import Cleanup, cleanup
from ..analysis.failure_records import Failures
from ..analysis.failures import failures
from ..plan.exits import Outcome
from ..plan.index import index
from ..plan.model import Plan, ScopeKind
from .causes import Ways
from .groups import Chooser, Groups, Numbers
from .phrases import Words
from .records import (
    Chosen,
    Claim,
    Counted,
    Event,
    Exits,
    GivenBack,
    Limited,
    Ordered,
    Policy,
    Related,
    Relation,
    Told,
    Violation,
)
from .relations import related

MOST = 10  # ways that are named for one policy


class Judge:
    """Judges policies of one sound plan. What several of them need is found out once, and only then."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._tree = index(plan)
        self._words = Words(plan, self._tree)
        self._chosen = Chooser(plan, self._tree)
        self._groups: dict[ScopeKind, Groups] = {}
        self._failures: Failures | None = None
        self._cleanup: Cleanup | None = None

    def violations(self, policy: Policy) -> list[Violation]:
        """How it is violated; of many ways the first, and that there are more."""
        found: list[Violation] = []
        for violation in self._of(policy.claim):
            if len(found) == MOST:
                found[-1] = found[-1]._replace(message=f"{found[-1].message}, and in more cases")
                break
            found.append(violation)
        return found

    def idle(self, policy: Policy) -> list[Chosen]:
        """The selectors that choose nothing here, for want of which the policy asks nothing."""
        return [chosen for chosen in _needed(policy.claim) if not self._chosen(chosen)]

    def _of(self, claim: Claim) -> Iterable[Violation]:
        match claim:
            case Counted():
                return self._counted(claim)
            case Ordered():
                return self._ordered(claim)
            case Related(_, event, steps, kind):
                groups = self._in(kind).of(self._chosen(event.steps), self._chosen(steps))
                return related(self._plan, claim, groups, self._found(), self._words)
            case Exits(event, code):
                return self._exits(event, code)
            case Told(steps):
                return self._told(self._chosen(steps))
            case GivenBack(steps):
                return self._given_back(steps)
            case Limited(steps, most):
                return self._limited(self._chosen(steps), most)

    def _found(self) -> Failures:
        if self._failures is None:
            self._failures = failures(self._plan)
        return self._failures

    def _in(self, kind: ScopeKind) -> Groups:
        if kind not in self._groups:
            self._groups[kind] = Groups(self._plan, self._tree, kind)
        return self._groups[kind]

    def _counted(self, claim: Counted) -> Iterator[Violation]:
        groups = self._in(claim.kind)
        counted = groups.count(self._chosen(claim.steps))
        wanted = groups.count(self._chosen(claim.where)) if claim.where else None
        for scope in groups.scopes:
            numbers = counted.get(scope.id, ())
            if wanted is not None and scope.id not in wanted:
                continue
            if len(numbers) < claim.least or (claim.most is not None and len(numbers) > claim.most):
                has = self._words.steps(numbers) if numbers else "no such step"
                yield Violation(f"{self._words.scope(scope)} has {has}", numbers)

    def _ordered(self, claim: Ordered) -> Iterator[Violation]:
        for group in self._in(claim.kind).of(self._chosen(claim.first), self._chosen(claim.second)):
            if group.first and group.second and group.first[-1] >= group.second[0]:
                one, other = group.first[-1], group.second[0]
                message = f"{self._words.step(one)} comes after {self._words.step(other)}"
                if one == other:
                    message = f"{self._words.step(one)} would have to come before itself"
                yield Violation(message, tuple(sorted({one, other})))

    def _exits(self, event: Event, code: int) -> Iterable[Violation]:
        chosen = set(self._chosen(event.steps))
        ways = Ways(self._words)
        for failure in self._found().all:
            failing = chosen.intersection(failure.steps)
            if failing and failure.outcome is event.ending.outcome and failure.exit_code != code:
                comes = Violation(f"the exit code is {failure.exit_code}")
                ways.add(comes, failure.outcome, failing)
        return ways

    def _told(self, steps: Numbers) -> Iterable[Violation]:
        chosen = set(steps)
        ways = Ways(self._words)
        for answer in told(self._plan, self._found()):
            failing = chosen.intersection(answer.failure.steps)
            if failing and answer.silent and answer.failure.outcome is Outcome.HARD:
                ways.add(Violation("the failure is not reported"), Outcome.HARD, failing)
        return ways

    def _given_back(self, steps: Chosen | None) -> Iterator[Violation]:
        if self._cleanup is None:
            self._cleanup = cleanup(self._plan, self._found())
        chosen = None if steps is None else set(self._chosen(steps))
        for take in self._cleanup.never:
            # Much is made to stay; what isn't owed counts only where it is asked for.
            if take.claim.pair.owed if chosen is None else take.step in chosen:
                what = f"`{take.claim.what}` ({take.claim.pair.name})"
                message = f"nothing releases {what}, acquired by {self._words.step(take.step)}"
                yield Violation(message, (take.step,))
        ways = Ways(self._words)
        for leak in self._cleanup.leaks:
            if chosen is None or leak.take.step in chosen:
                back = next(n for n in leak.take.gives if self._found().usual[n])
                taken = self._words.step(leak.take.step)
                message = f"{self._words.step(back)} does not run after {taken}"
                failing = (n for n in leak.failure.steps if leak.first <= n <= leak.last)
                ways.add(Violation(message, (leak.take.step, back)), leak.outcome, failing)
        yield from ways

    def _limited(self, steps: Numbers, most: int | None) -> Iterator[Violation]:
        without = tuple(n for n in steps if self._plan.steps[n].timeout is None)
        if without:
            have = "has" if len(without) == 1 else "have"
            yield Violation(f"{self._words.steps(without)} {have} no time limit", without)
        long = tuple(
            n for n in steps if most is not None and (self._plan.steps[n].timeout or 0) > most
        )
        if long:
            have = "has" if len(long) == 1 else "have"
            yield Violation(
                f"{self._words.steps(long)} {have} a time limit of more than {most} s", long
            )


def _needed(claim: Claim) -> list[Chosen]:
    """The selectors without which a policy asks nothing."""
    match claim:
        case Counted(where=where):
            return [where] if where else []
        case Ordered(first, second):
            return [first, second]
        case Related(Relation.ALWAYS | Relation.RUNS, event):
            return [event.steps]
        case Related(Relation.ONLY, _, steps):
            return [steps]
        case Related(_, event, steps):
            return [event.steps, steps]
        case Exits(event):
            return [event.steps]
        case Told(steps) | Limited(steps):
            return [steps]
        case GivenBack(chosen):
            return [chosen] if chosen else []
