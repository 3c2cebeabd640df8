"""Who is told what happens in a run: one, several as one, or nobody."""

from __future__ import annotations

from ...compiler.plan.model import Scope, Step
from ...compiler.support.record import Protocol
from .runner import Result


class Reporter(Protocol):
    """Is told what happens, as it happens."""

    def started(self, step: Step) -> None:
        """Just before a step runs."""

    def ended(self, step: Step, result: Result) -> None:
        """Just after."""

    def repeated(self, scope: Scope, attempt: int) -> None:
        """Before the pause that comes before the `attempt`-th repetition of a scope."""

    def again(self, step: Step, attempt: int) -> None:
        """Before the pause that comes before the `attempt`-th repetition of a step."""


class Silent:
    """A reporter that tells nobody."""

    def started(self, step: Step) -> None: ...

    def ended(self, step: Step, result: Result) -> None: ...

    def repeated(self, scope: Scope, attempt: int) -> None: ...

    def again(self, step: Step, attempt: int) -> None: ...


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
