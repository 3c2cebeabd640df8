"""The failures that violate a policy, put together by what comes of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..plan.exits import Outcome
from .phrases import Words
from .records import Violation


class Ways:
    """Collects violations after single failures; alike ones become one that names all their causes.

    `cases`: how many were added.
    """

    def __init__(self, words: Words) -> None:
        self._words = words
        self.cases = 0
        self._found: dict[Violation, dict[Outcome, set[int]]] = {}

    def add(self, comes: Violation, outcome: Outcome, failing: Iterable[int]) -> None:
        """`comes` is what happens once one of `failing` ends so."""
        self.cases += 1
        self._found.setdefault(comes, {}).setdefault(outcome, set()).update(failing)

    def __iter__(self) -> Iterator[Violation]:
        for comes, causes in self._found.items():
            condition = self._words.condition(causes)
            first = min(number for numbers in causes.values() for number in numbers)
            steps = tuple(sorted({first, *comes.steps}))
            yield Violation(f"{condition}, {comes.message}", steps)
