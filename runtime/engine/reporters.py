"""Several that are told what happens in a run, as one."""

from __future__ import annotations

from ...compiler.plan.model import Scope, Step
from .runner import Result
from .walk import Reporter


class Reporters:
    """Passes on what happens, to each in turn."""

    def __init__(self, *reporters: Reporter) -> None:
        self._reporters = reporters

    def started(self, step: Step) -> None:
        for reporter in self._reporters:
            reporter.started(step)

    def ended(self, step: Step, result: Result) -> None:
        for reporter in self._reporters:
            reporter.ended(step, result)

    def repeated(self, scope: Scope, attempt: int) -> None:
        for reporter in self._reporters:
            reporter.repeated(scope, attempt)

    def again(self, step: Step, attempt: int) -> None:
        for reporter in self._reporters:
            reporter.again(step, attempt)
