"""Signals that end the controller, and nothing on hosts."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager


class StopError(Exception):
    """A signal ends this process."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


@contextmanager
def stoppable() -> Iterator[None]:
    """Within, SIGINT and SIGTERM raise `StopError`."""

    def stop(number: int, _frame: object) -> None:
        raise StopError(number)

    before = {each: signal.signal(each, stop) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
