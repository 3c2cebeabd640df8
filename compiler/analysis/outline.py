"""A plan in outline, for each configuration file: what is stopped meanwhile, who hears of what, and what is destroyed.

All of it from the analyses of failures and claims; nothing here looks at what a step runs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

from ..plan.claims import Mode
from ..plan.exits import Outcome
from ..plan.model import Plan, Role, ScopeKind, Step
from ..support.record import NamedTuple
from .alarms import is_alarm, told
from .alike import File, alike
from .cleanup import Take, cleanup
from .destruction import destroyed
from .failures import failures

# What is no service while it is acquired: files that are written, and removed again.
_NOT_HELD = frozenset(("file",))
# Kinds of things that nobody can use while they are acquired.
STOPPED = frozenset(
    ("service", "masked unit", "container", "compose service", "freeze", "stop and start", "on and off", "disable and enable")
)  # fmt: skip
_MOST = 8  # messages of one failure


class Interval(NamedTuple):
    """From the step that acquires something to the one that releases it when nothing fails, numbers from 1; `last` is
    None where none does. `commands`: the numbers of Borg's commands between them."""

    first: int
    last: int | None
    commands: tuple[int, ...]


class Held(NamedTuple):
    """A thing that is stopped, mounted or otherwise taken for some of the steps."""

    kind: str
    what: str
    intervals: tuple[Interval, ...]

    @property
    def is_stopped(self) -> bool:
        return self.kind in STOPPED


class Notice(NamedTuple):
    """What reports a failure of one of `steps`: `alarms` that run, `missed` pings; numbers from 1. Neither: nobody hears
    of it."""

    steps: tuple[int, ...]
    alarms: tuple[int, ...]
    missed: tuple[int, ...]


class Destroyed(NamedTuple):
    """What is gone afterwards, in words, and because of which steps, from 1."""

    what: str
    steps: tuple[int, ...]


class Outline(NamedTuple):
    """Of one configuration, or with None of the hooks around all of them. `others`: configurations that are the same
    but for their names. `messages`: the steps that tell services of the run when nothing fails."""

    file: File | None
    others: tuple[File, ...]
    held: tuple[Held, ...]
    notices: tuple[Notice, ...]
    messages: tuple[int, ...]
    destroyed: tuple[Destroyed, ...]


def outline(plan: Plan) -> list[Outline]:
    """One for the hooks around all files, if there are any, and one for each file that isn't like an earlier one."""
    facts = _Facts(plan)
    found = []
    around = facts.around()
    if around:
        found.append(facts.about(None, (), around))
    for first, *rest in alike(plan):
        numbers = range(first.first - 1, first.last) if first.first else range(0)
        found.append(facts.about(first, tuple(rest), numbers))
    return found


class _Facts:
    """What the analyses say, by step."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._found = failures(plan)
        self._takes: dict[int, list[Take]] = {}
        for take in cleanup(plan, self._found).takes:
            self._takes.setdefault(take.step, []).append(take)
        self._notices: dict[int, tuple[tuple[int, ...], tuple[int, ...]]] = {}
        for each in told(plan, self._found):
            if each.failure.outcome is Outcome.HARD:
                missed = tuple(number + 1 for number in islice(each.missed, _MOST))
                heard = tuple(number + 1 for number in each.alarms), missed
                self._notices.update(dict.fromkeys(each.failure.steps, heard))

    def around(self) -> list[int]:
        """The numbers of the steps, from 0, that are in no configuration."""
        kinds = {scope.id: scope.kind for scope in self._plan.scopes}
        steps = enumerate(self._plan.steps)
        return [number for number, step in steps if kinds[step.scope] is ScopeKind.RUN]

    def about(self, file: File | None, others: tuple[File, ...], numbers: Sequence[int]) -> Outline:
        steps = self._plan.steps
        gone: dict[str, list[int]] = {}
        for number in numbers:
            for what in destroyed(steps[number]):
                gone.setdefault(what, []).append(number + 1)
        return Outline(
            file,
            others,
            self._held(numbers),
            self._heard(numbers),
            tuple(n + 1 for n in numbers if self._is_message(n, steps[n])),
            tuple(Destroyed(what, tuple(by)) for what, by in gone.items()),
        )

    def _is_message(self, number: int, step: Step) -> bool:
        return step.role is Role.NOTIFY and self._found.usual[number] and not is_alarm(step)

    def _held(self, numbers: Iterable[int]) -> tuple[Held, ...]:
        things: dict[tuple[str, str], list[Interval]] = {}
        for number in numbers:
            if self._plan.steps[number].role is Role.SNAPSHOT:
                continue  # the plan's own, which stop nothing
            for take in self._takes.get(number, ()):
                name = take.claim.pair.name
                if name not in _NOT_HELD:
                    things.setdefault((name, take.claim.what), []).append(self._interval(take))
        return tuple(Held(kind, what, tuple(spans)) for (kind, what), spans in things.items())

    def _interval(self, take: Take) -> Interval:
        end = next((number for number in take.gives if self._found.usual[number]), None)
        stop = len(self._plan.steps) if end is None else end
        between = range(take.step + 1, stop)
        steps = self._plan.steps
        borg = tuple(n + 1 for n in between if steps[n].role is Role.BORG and _works(steps[n]))
        return Interval(take.step + 1, None if end is None else end + 1, borg)

    def _heard(self, numbers: Iterable[int]) -> tuple[Notice, ...]:
        groups: dict[tuple[tuple[int, ...], tuple[int, ...]], list[int]] = {}
        for number in numbers:
            if number in self._notices:
                groups.setdefault(self._notices[number], []).append(number + 1)
        return tuple(Notice(tuple(steps), *heard) for heard, steps in groups.items())


def _works(step: Step) -> bool:
    """Whether it does something to a repository or reads it, and so takes its time."""
    return any(claim.mode in (Mode.READ, Mode.WRITE, Mode.ALONE) for claim in step.claims)
