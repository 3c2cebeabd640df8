"""Policies about what runs after what, judged in every run a plan has with one failure at most."""

from __future__ import annotations

from collections.abc import Iterator

from ..analysis.failure_records import Failures
from ..plan.model import Plan
from ..support.record import NamedTuple
from .causes import Ways
from .groups import Group
from .phrases import Words
from .records import Ending, Related, Relation, Violation
from .scenarios import Some, World, concerned, some

ENOUGH = 1000  # failures that violate one policy


class _Question(NamedTuple):
    """A relation, asked of the steps of one group."""

    relation: Relation
    ending: Ending
    event: Some
    steps: Some

    def holds(self, world: World) -> bool:
        """Whether it does in that run."""
        match self.relation:
            case Relation.ALWAYS:
                event, then = world.last(self.event, self.ending), world.last(self.steps)
                return event is None or (then is not None and then > event)
            case Relation.NEVER:
                event, then = world.first(self.event, self.ending), world.last(self.steps)
                return event is None or then is None or then <= event
            case Relation.ONLY:
                event, then = world.first(self.event, self.ending), world.first(self.steps)
                return then is None or (event is not None and event < then)
            case Relation.RUNS | Relation.RESTS:
                happens = world.first(self.event, self.ending) is not None
                runs = world.first(self.steps) is not None
                return not happens or runs is (self.relation is Relation.RUNS)

    def broken(self, world: World, claim: Related, words: Words) -> Violation:
        """What goes against it in a run in which it doesn't hold."""
        event = world.last(self.event, self.ending)
        if self.relation in (Relation.NEVER, Relation.ONLY):
            event = world.first(self.event, self.ending)
        after = "" if event is None or self.ending.outcome else f" after {words.step(event)}"
        then: int | None
        match self.relation:
            case Relation.ALWAYS:
                then = next((n for n in self.steps.usual if n > (event or 0)), None)
                does = "does not run"
            case Relation.NEVER:
                then, does = world.last(self.steps), "runs"
            case Relation.ONLY:
                then = world.first(self.steps)
                does = f"runs before anything that `{claim.event.steps.text}` chooses has {self.ending.value}"
                after, event = "", None
            case Relation.RUNS | Relation.RESTS:
                then, does, after = world.first(self.steps), "runs", ""
        if then is None:
            message = f"nothing that `{claim.steps.text}` chooses runs{after}"
        else:
            message = f"{words.step(then)} {does}{after}"
        named = (then,) if self.ending.outcome else (event, then)
        return Violation(message, tuple(n for n in named if n is not None))


def related(
    plan: Plan, claim: Related, groups: list[Group], found: Failures, words: Words
) -> Iterator[Violation]:
    """How a relation is violated: in the run without failures, or else by single ones.

    After ENOUGH of these there may be more.
    """
    questions = {
        id(group): _Question(
            claim.relation, claim.event.ending, some(found, group.first), some(found, group.second)
        )
        for group in groups
    }
    good = World()
    sound = [group for group in groups if questions[id(group)].holds(good)]
    for group in groups:
        if not questions[id(group)].holds(good):
            yield questions[id(group)].broken(good, claim, words)
    ways = Ways(words)
    # Nothing but that end of a step can violate what is asked after it; `only` asks in all other runs too.
    wanted = None if claim.relation is Relation.ONLY else claim.event.ending.outcome
    fitting = (failure for failure in found.all if wanted in (None, failure.outcome))
    for group, case in concerned(plan, fitting, sound):
        world = World(case.failure, case.failing[0])
        question = questions[id(group)]
        if not question.holds(world):
            ways.add(question.broken(world, claim, words), case.failure.outcome, case.failing)
            if ways.cases == ENOUGH:
                break
    yield from ways
