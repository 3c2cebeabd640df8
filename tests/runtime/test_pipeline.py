"""Processes that read what others print: what flows, what ends them, how they are judged together."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path

import pytest

from borgplan.compiler.plan.exits import ExitCodes, Outcome
from borgplan.compiler.plan.work import Upstream
from borgplan.runtime.engine.runner import Result
from tests.runtime.build import command
from tests.runtime.conftest import Processes

NONE = ExitCodes()


def upstream(script: str, exits: ExitCodes = NONE) -> Upstream:
    return Upstream(("sh", "-c", script), exits)


def piped(processes: Processes, script: str, *programs: str, skims: bool = False) -> Result:
    """How a shell script ends that reads what others print."""
    work = command("sh", "-c", script)._replace(
        upstream=tuple(map(upstream, programs)), skims=skims
    )
    return processes.run(work)


def test_each_prints_for_the_next(processes: Processes) -> None:
    result = piped(processes, "cat; echo end", "echo a b", "tr a-z A-Z")
    assert result.outcome is Outcome.DONE
    assert processes.sink.data == b"A B\nend\n"


def test_a_large_stream_passes(processes: Processes) -> None:
    result = piped(processes, "wc -c", "head -c 20000000 /dev/zero", "cat")
    assert (result.outcome, processes.sink.data.strip()) == (Outcome.DONE, b"20000000")


@pytest.mark.parametrize("end", ["exit 3", "kill -9 $$"])
@pytest.mark.parametrize("place", [0, 1])
def test_a_program_upstream_that_fails_stops_its_process_before_the_end_of_input(
    processes: Processes, tmp_path: Path, end: str, place: int
) -> None:
    done = tmp_path / "done"
    programs = ["echo part", "cat"]
    programs[place] += f"; {end}"
    result = piped(processes, f"cat; touch {done}", *programs)
    assert result.outcome is Outcome.HARD
    assert "sh " in result.note
    assert "was stopped before the end of its input" in result.note
    assert not done.exists()


def test_what_a_program_upstream_says_is_told(processes: Processes) -> None:
    result = piped(processes, "cat", "echo broken >&2; exit 2")
    assert "ended with exit code 2: broken" in result.note
    assert b"broken" in processes.sink.data


@pytest.mark.parametrize("end", ["exit 5", "kill -9 $$"])
@pytest.mark.parametrize("amount", [10, 10_000_000])
def test_a_process_that_fails_early_is_to_blame(
    processes: Processes, end: str, amount: int
) -> None:
    result = piped(processes, end, f"head -c {amount} /dev/zero", "cat")
    assert result.outcome is Outcome.HARD
    assert "sh " not in result.note


@pytest.mark.parametrize("amount", [10, 10_000_000])
def test_to_end_well_before_the_end_of_input_is_a_failure(
    processes: Processes, amount: int
) -> None:
    result = piped(processes, "exit 0", f"head -c {amount} /dev/zero")
    assert result.outcome is Outcome.HARD
    assert "ended before it had read all of its input" in result.note


@pytest.mark.parametrize("amount", [10, 10_000_000])
def test_unless_it_may(processes: Processes, amount: int) -> None:
    result = piped(processes, "exit 0", f"head -c {amount} /dev/zero", skims=True)
    assert result.outcome is Outcome.DONE


def test_a_program_upstream_that_fails_after_its_process_has_ended_well_is_a_failure(
    processes: Processes,
) -> None:
    result = piped(processes, "exit 0", "sleep 0.3; exit 4", skims=True)
    assert result.outcome is Outcome.HARD
    assert "exit code 4" in result.note


def test_a_time_limit_ends_all(processes: Processes) -> None:
    work = command("sh", "-c", "cat >/dev/null")._replace(upstream=(upstream("sleep 60"),))
    begun = time.monotonic()
    result = processes.run(work, timeout=1)
    assert (result.outcome, result.stopped) == (Outcome.HARD, True)
    assert time.monotonic() - begun < 20


def test_a_program_that_is_not_there(processes: Processes) -> None:
    for programs in (
        (Upstream(("no-such-program",), NONE),),
        (upstream("sleep 60"), Upstream(("no-such",), NONE)),
    ):
        result = processes.run(command("cat")._replace(upstream=programs))
        assert (result.outcome, result.code) == (Outcome.HARD, None)
        assert "no-such" in result.note


def test_no_descriptor_is_left(processes: Processes) -> None:
    piped(processes, "cat", "echo a")
    before = len(os.listdir("/proc/self/fd"))
    for script, source in (("cat", "echo a"), ("exit 3", "yes"), ("cat", "exit 3")):
        piped(processes, script, source)
    assert len(os.listdir("/proc/self/fd")) == before


def test_a_signal_ends_all(processes: Processes) -> None:
    threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGTERM)).start()
    begun = time.monotonic()
    result = piped(processes, "cat >/dev/null", "sleep 60")
    assert result.outcome is Outcome.INTERRUPTED
    assert time.monotonic() - begun < 20
