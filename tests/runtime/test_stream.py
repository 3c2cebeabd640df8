"""A log that is streamed to a server: in order, in batches, in bounded memory, and never waited for."""

from __future__ import annotations

import threading
import time
import tracemalloc
from collections.abc import Sequence

import pytest

from borgplan.runtime.process.line_stream import BATCH, Line, LineStream


class Server:
    """Takes what it is sent, once it may."""

    def __init__(self, why: str = "", *, stands: bool = False) -> None:
        self.batches: list[list[Line]] = []
        self.goes = threading.Event()
        self._why = why
        if not stands:
            self.goes.set()

    def send(self, lines: Sequence[Line]) -> str:
        self.goes.wait(20)
        self.batches.append([*lines])
        return self._why

    @property
    def texts(self) -> list[str]:
        return [line.text for batch in self.batches for line in batch]

    def stream(self, **limits: int) -> LineStream:
        return LineStream(self.send, **limits)


def tell(stream: LineStream, number: int, text: str = "line") -> None:
    for count in range(number):
        stream.line(f"{text} {count}")


def test_few_lines_wait_for_the_end() -> None:
    server = Server()
    stream = server.stream()
    tell(stream, BATCH - 1)
    time.sleep(0.1)
    assert server.batches == []
    stream.close(5)
    assert [len(batch) for batch in server.batches] == [BATCH - 1]
    assert stream.lost == 0


def test_many_go_while_more_come() -> None:
    server = Server()
    stream = server.stream()
    tell(stream, 250)
    until = time.monotonic() + 5
    while len(server.batches) < 2 and time.monotonic() < until:
        time.sleep(0.01)
    assert [len(batch) for batch in server.batches] == [BATCH, BATCH]
    stream.close(5)
    assert server.texts == [f"line {count}" for count in range(250)]
    times = [line.nanoseconds for batch in server.batches for line in batch]
    assert times == sorted({*times})
    assert abs(times[-1] / 1e9 - time.time()) < 10


def test_a_run_without_lines_sends_nothing() -> None:
    server = Server()
    server.stream().close(5)
    assert server.batches == []


def test_a_server_that_stands_still_costs_no_time_and_little_memory() -> None:
    server = Server(stands=True)
    stream = server.stream(room=200_000)
    tracemalloc.start()
    started = time.monotonic()
    tell(stream, 50_000, "x" * 1000)
    used = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert time.monotonic() - started < 5
    assert used < 2_000_000
    lost = stream.lost
    assert lost > 40_000
    server.goes.set()
    until = time.monotonic() + 5
    while len(server.batches) < 1 and time.monotonic() < until:
        time.sleep(0.01)
    time.sleep(0.1)
    stream.line("the last")
    stream.close(5)
    assert server.texts[-2:] == [
        f"[... {lost} lines are missing: the server was too slow]",
        "the last",
    ]
    assert stream.lost == lost
    assert len(server.texts) == 50_000 - lost + 2


def test_the_end_is_not_waited_for_longer_than_its_time() -> None:
    server = Server(stands=True)
    stream = server.stream()
    tell(stream, 150)
    started = time.monotonic()
    stream.close(0.3)
    assert time.monotonic() - started < 2
    assert (stream.lost, stream.why) == (150, "its server is too slow")
    server.goes.set()


@pytest.mark.parametrize("number", [1, 250])
def test_what_is_refused_is_lost_and_told(number: int) -> None:
    server = Server("was answered with 404 Not Found")
    stream = server.stream()
    tell(stream, number)
    stream.close(5)
    assert (stream.lost, stream.why) == (number, "was answered with 404 Not Found")


def test_a_long_line_is_cut() -> None:
    server = Server()
    stream = server.stream()
    stream.line("x" * 1_000_000)
    stream.close(5)
    assert len(server.texts[0]) == 65536
