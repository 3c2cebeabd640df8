"""What the system refuses while a run goes on is a step that failed, and never the end of the run.

No descriptor, no memory, no process to be had, a disk that is full or broken: the plan says what becomes of
a step that fails, whatever it fails of.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from subprocess import SubprocessError

from ...compiler.plan.exits import Outcome
from ...compiler.plan.model import Step
from ...compiler.plan.words import Value
from ..engine.runner import Result, Runner
from ..system.host import reason

_LOOK_EVERY = 0.1  # seconds


class GuardedRunner:
    """Runs steps as another does, and makes a failed step of what the system throws at that."""

    def __init__(self, inner: Runner) -> None:
        self._inner = inner

    def run(self, step: Step, values: Mapping[Value, str]) -> Result:
        try:
            return self._inner.run(step, values)
        except OSError as error:
            why = reason(error)
        except MemoryError:
            why = "out of memory"
        except SubprocessError as error:
            why = str(error)
        return Result(Outcome.HARD, None, note=f"could not be run: {why}")

    def wait(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        try:
            self._inner.wait(seconds)
        except (OSError, MemoryError):
            while self.signal is None and (left := end - time.monotonic()) > 0:
                time.sleep(min(left, _LOOK_EVERY))

    @property
    def signal(self) -> int | None:
        return self._inner.signal
