"""A run that has ended, or has come so far."""

from __future__ import annotations

from collections.abc import Mapping
from signal import SIGALRM

from ...compiler.plan.model import Status, StepId
from ...compiler.support.record import NamedTuple
from .runner import Result


class Report(NamedTuple):
    """What a run did.

    `results`: of the steps that got their turn, in the order of their last one. `failed`: those whose
    failure counts, which may be more than the status tells.
    """

    status: Status
    results: Mapping[StepId, Result]
    signal: int | None
    failed: tuple[StepId, ...] = ()

    @property
    def exit_code(self) -> int:
        """0 done, 1 something failed or took too long, 128+n ended by a signal."""
        if self.signal == SIGALRM:
            return 1
        if self.signal is not None:
            return 128 + self.signal
        return 1 if self.status is Status.FAILED or self.failed else 0
