"""Signals that end the controller, and nothing on hosts."""

from __future__ import annotations

import signal
from collections.abc import Callable


class _StopError(Exception):
    """A signal ends this process."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def run_until_stopped(run: Callable[[], None]) -> int:
    """`run`, until SIGINT or SIGTERM ends it: the number of the signal, 0 if none came."""

    def stop(number: int, _frame: object) -> None:
        raise _StopError(number)

    before = {each: signal.signal(each, stop) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        run()
    except _StopError as stopped:
        return stopped.number
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return 0
