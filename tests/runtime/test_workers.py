"""Work shared out to processes: what comes back, and what happens when one of them dies."""

from __future__ import annotations

import os
import signal
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any

import pytest

from borgplan.runtime.system.fork_pool import WorkerError, share_out, shares

Talk = Generator[Any, Any, None]


def children() -> str:
    """The processes that this one has, ended ones too."""
    return Path(f"/proc/self/task/{os.getpid()}/children").read_text()


def squares(part: Sequence[int]) -> Talk:
    """The squares of the numbers of a part, which are told to be more by what all parts decide."""
    more = yield sum(part)
    yield [number * number + more for number in part]


def test_the_parts_hold_everything_and_are_of_some_size() -> None:
    assert shares(range(7), 3, 2) == [range(0, 7, 3), range(1, 7, 3), range(2, 7, 3)]
    assert len(shares(range(7), 100, 2)) == 3
    assert shares(range(7), 3, 8) == [range(7)]
    assert shares((), 3, 8) == [()]


@pytest.mark.parametrize("jobs", [1, 2, 3, 6])
def test_the_result_is_the_same_in_any_number_of_processes(jobs: int) -> None:
    found = share_out(shares(range(6), jobs, 1), squares, sum)
    assert sorted(number for part in found for number in part) == [n * n + 15 for n in range(6)]


def test_several_parts_are_worked_on_elsewhere_and_one_part_here() -> None:
    def who(_part: int) -> Talk:
        yield None
        yield os.getpid()

    assert os.getpid() not in share_out([1, 2], who, len)
    assert share_out([1], who, len) == [os.getpid()]


def test_more_than_a_pipe_holds_comes_through() -> None:
    def much(part: int) -> Talk:
        yield "x" * 1_000_000
        yield str(part) * 1_000_000

    assert share_out([1, 2, 3], much, lambda _: None) == [str(n) * 1_000_000 for n in (1, 2, 3)]


@pytest.mark.parametrize("after", [0, 1])
@pytest.mark.parametrize("victim", [0, 1])
def test_a_worker_that_is_killed_is_told(victim: int, after: int) -> None:
    def killed(part: int) -> Talk:
        if part == victim and not after:
            os.kill(os.getpid(), signal.SIGKILL)
        yield "x" * 100_000
        if part == victim:
            os.kill(os.getpid(), signal.SIGKILL)
        yield "x" * 100_000

    before = children()
    with pytest.raises(WorkerError, match="ended by signal 9"):
        share_out([0, 1], killed, lambda _: None)
    assert children() == before


def test_a_bug_in_a_worker_is_reported_where_it_happened(
    capfd: pytest.CaptureFixture[str],
) -> None:
    def broken(part: int) -> Talk:
        yield None
        yield 1 // part

    with pytest.raises(WorkerError, match="ended with exit code 3"):
        share_out([0, 1], broken, lambda _: None)
    assert "internal error ZeroDivisionError at test_workers.py:" in capfd.readouterr().err


def test_what_goes_wrong_here_leaves_no_worker_behind() -> None:
    def endless(_part: int) -> Talk:
        yield None
        signal.pause()

    def wrong(_answers: list[object]) -> None:
        raise LookupError

    before = children()
    with pytest.raises(LookupError):
        share_out([0, 1], endless, wrong)
    assert children() == before
