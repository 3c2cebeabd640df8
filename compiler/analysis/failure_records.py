"""What is known of single failures: which steps each keeps from running, and which it calls in."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

from ..plan.exits import Outcome
from ..plan.model import Phase, ScopeId, Status
from ..support.record import NamedTuple

Stretch = tuple[int, int]  # from the first number to before the second


class Failure(NamedTuple):
    """What happens if one of `steps` ends with `outcome`, and everything else that runs goes well.

    `until`: of the steps between the failing one and this number none runs, or with `goes_on` those that
    don't need success. `skipped`: further ones that would have run without the failure, ascending
    stretches. `called_later`: further ones that run only because of it, ascending. `status`: of the run;
    `exit_code`: 143 stands for 128+n after an interrupt.
    """

    scope: ScopeId
    phase: Phase
    steps: tuple[int, ...]
    outcome: Outcome
    until: int
    goes_on: bool
    skipped: tuple[Stretch, ...]
    called_later: tuple[int, ...]
    status: Status
    exit_code: int


class Failures(NamedTuple):
    """By number: `usual`, whether a step runs when nothing fails; `needs_success`, whether it doesn't
    run once its scope has failed; `changes`, the next number of which `usual` says otherwise. `all`: in the
    order of the steps."""

    usual: tuple[bool, ...]
    needs_success: tuple[bool, ...]
    changes: tuple[int, ...]
    all: tuple[Failure, ...]

    def runs(self, failure: Failure, failing: int, number: int) -> bool:
        """Whether step `number` runs if `failing`, one of the failure's steps, ends so."""
        if failing < number < failure.until:
            return failure.goes_on and not self.needs_success[number]
        if not self.usual[number]:
            place = bisect_right(failure.called_later, number)
            return place > 0 and failure.called_later[place - 1] == number
        place = bisect_right(failure.skipped, (number, len(self.usual)))
        return place == 0 or number >= failure.skipped[place - 1][1]

    def not_run(self, failure: Failure, failing: int) -> Iterator[Stretch]:
        """The steps that would have run without the failure, as ascending stretches that may touch."""
        for first, end in [(failing + 1, failure.until), *failure.skipped]:
            number = first
            while number < end:
                behind = number + 1 if self._may_run(failure, number) else self.changes[number]
                if self.usual[number] and not (
                    self._may_run(failure, number) and not self.needs_success[number]
                ):
                    yield number, min(behind, end)
                number = behind

    def last_not_run(self, failure: Failure, failing: int) -> int:
        """The last of them, -1 if there is none."""
        stretches = [(failing + 1, failure.until), *failure.skipped]
        backwards = (n for first, end in reversed(stretches) for n in range(end - 1, first - 1, -1))
        return next(
            (n for n in backwards if self.usual[n] and not self.runs(failure, failing, n)), -1
        )

    @staticmethod
    def _may_run(failure: Failure, number: int) -> bool:
        """Whether a step stands where, after the failure, those that don't need success still run."""
        return failure.goes_on and number < failure.until

    def called(self, failure: Failure, failing: int) -> list[int]:
        """The steps that run only because of the failure."""
        rest = range(failing + 1, failure.until if failure.goes_on else 0)
        at_once = [n for n in rest if not (self.usual[n] or self.needs_success[n])]
        return [*at_once, *failure.called_later]
