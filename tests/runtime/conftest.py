"""A runner of real processes, and what their output was."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import pytest

from borgplan.compiler.plan.model import Phase
from borgplan.compiler.plan.scratch import Scratch
from borgplan.compiler.plan.words import SecretOption, Value
from borgplan.compiler.plan.work import Work
from borgplan.runtime.engine.runner import Result
from borgplan.runtime.process.runner import ProcessRunner
from borgplan.runtime.process.signals import Signals
from tests.runtime.build import step


class Recorder:
    """A `Sink`. `on_output` is told everything, while the process runs."""

    def __init__(self) -> None:
        self.data = b""
        self.on_output: Callable[[bytes], None] | None = None

    def output(self, data: bytes) -> None:
        self.data += data
        if self.on_output:
            self.on_output(data)

    def answer(self, data: bytes) -> None:
        self.output(data)


class Processes:
    """Runs one step after the other, as `apply` does."""

    def __init__(self, signals: Signals) -> None:
        self.signals = signals
        self.sink = Recorder()
        self.grace = 30.0
        self.told: list[str] = []

    def run(
        self,
        work: Work,
        values: Mapping[Value, str] | None = None,
        patterns: tuple[Scratch, ...] = (),
        secrets: Mapping[SecretOption, str] | None = None,
        phase: Phase = Phase.BODY,
        timeout: int | None = None,
    ) -> Result:
        runner = ProcessRunner(
            patterns, secrets or {}, self.signals, self.sink, self.grace, self.told.append
        )
        asked = step("a step", phase=phase, work=work)._replace(timeout=timeout)
        return runner.run(asked, values or {})


@pytest.fixture
def processes() -> Iterator[Processes]:
    with Signals() as signals:
        yield Processes(signals)
