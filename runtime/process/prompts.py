"""Borg asked something, outside of any plan."""

from __future__ import annotations

from collections.abc import Mapping

from ...compiler.plan.model import Step
from ...compiler.plan.words import SecretOption
from ..engine.runner import Result
from .runner import ProcessRunner
from .signals import Signals

_MAX_ANSWER = 1 << 20


class _Kept:
    """Keeps what Borg answers, within reason."""

    def __init__(self) -> None:
        self.data = b""

    def output(self, data: bytes) -> None:
        del data

    def answer(self, data: bytes) -> None:
        self.data = (self.data + data)[:_MAX_ANSWER]


def answered(
    question: Step,
    secrets: Mapping[SecretOption, str],
    signals: Signals,
    *,
    readable: bool = True,
) -> tuple[Result, bytes]:
    """How a command without effects ended, and what it answered.

    `readable`: whether Borg's log is made so. Raises SystemExit with 128+n when signal n asks to stop.
    """
    kept = _Kept()
    runner = ProcessRunner((), secrets, signals, kept, readable=readable)
    runner.foresee((question,))
    result = runner.run(question, {})
    if signals.first is not None:
        raise SystemExit(128 + signals.first)
    return result, kept.data
