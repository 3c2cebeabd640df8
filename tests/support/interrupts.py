"""Signals that ask to stop, as a process has them that nobody started in a special way."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

STOPPING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


@contextmanager
def default_signals(ignored: signal.Signals | None = None) -> Iterator[None]:
    """For processes started meanwhile, whatever this test run itself was started with (nohup, `&`)."""
    before = [(number, signal.getsignal(number)) for number in STOPPING]
    for number in STOPPING:
        signal.signal(number, signal.SIG_IGN if number is ignored else signal.SIG_DFL)
    try:
        yield
    finally:
        for number, handler in before:
            signal.signal(number, handler)
