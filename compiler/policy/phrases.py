"""Violations in words: steps by number and command, failures by what goes wrong."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from ..plan.exits import Outcome
from ..plan.index import Index
from ..plan.model import Plan, Scope, ScopeKind
from ..plan.work import Shell
from ..syntax.nodes import shorten
from .groups import Numbers

_NAMED = 4  # how many steps a message names before it only counts them
_BAD = {Outcome.HARD: "fails", Outcome.SOFT: "fails softly", Outcome.INTERRUPTED: "is interrupted"}


class Words:
    """Speaks of the steps of one plan, numbered from 1 as `borgplan plan` shows them."""

    def __init__(self, plan: Plan, tree: Index) -> None:
        self._plan = plan
        self._tree = tree

    def step(self, number: int) -> str:
        return f"step {number + 1} ({self._command(number)})"

    def steps(self, numbers: Numbers) -> str:
        """`steps 1 (…), 4 (…) and 5 more`."""
        if len(numbers) == 1:
            return self.step(numbers[0])
        named = [f"{number + 1} ({self._command(number)})" for number in numbers[:_NAMED]]
        more = len(numbers) - len(named)
        return f"steps {_listed([*named, f'{more} more'] if more else named, 'and')}"

    def condition(self, causes: Mapping[Outcome, Collection[int]]) -> str:
        """`if step 7 (…) fails or is interrupted, or step 8 (…) fails softly`."""
        ends: dict[Numbers, list[str]] = {}
        for outcome, verb in _BAD.items():
            if outcome in causes:
                ends.setdefault(tuple(sorted(causes[outcome])), []).append(verb)
        parts = [f"{self._one_of(steps)} {_listed(verbs, 'or')}" for steps, verbs in ends.items()]
        return f"if {', or '.join(parts)}"

    def _one_of(self, numbers: Numbers) -> str:
        if len(numbers) == 1:
            return self.step(numbers[0])
        if len(numbers) > 2 and numbers[-1] - numbers[0] == len(numbers) - 1:
            return f"one of steps {numbers[0] + 1} to {numbers[-1] + 1}"
        named = [str(number + 1) for number in numbers[:_NAMED]]
        more = len(numbers) - len(named)
        if more:
            return f"one of steps {_listed([*named, f'{more} more'], 'and')}"
        return f"step {_listed(named, 'or')}"

    def scope(self, scope: Scope) -> str:
        if scope.kind is ScopeKind.RUN:
            return "the plan"
        return f"{scope.kind.value} {scope.label or scope.name}"

    def _command(self, number: int) -> str:
        step = self._plan.steps[number]
        if isinstance(step.work, Shell):
            return shorten(step.work.written.strip(), 60)
        around = self._tree.around(step.scope, ScopeKind.REPOSITORY)
        of = f" of {around.label or around.name}" if around else ""
        return f"{step.title}{of}"


def _listed(words: Sequence[str], joint: str) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {joint} {words[-1]}"
