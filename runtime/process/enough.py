"""Signals to a process that has printed all that is wanted of it."""

from __future__ import annotations

import signal

from .signals import Signals


class Enough:
    """The signals of a run, and one more: once there is enough, the process is asked to stop.

    It has the interface of `Relay`, for one process that changes nothing.
    """

    def __init__(self, signals: Signals) -> None:
        self._signals = signals
        self.reached = False
        self.told = True

    @property
    def first(self) -> int | None:
        return signal.SIGTERM if self.reached else self._signals.first

    @property
    def second(self) -> int | None:
        return self._signals.second

    def fileno(self) -> int | None:
        return self._signals.fileno()

    def drain(self) -> None:
        self._signals.drain()
