"""Nobody reads what a run says: a pager that waits, a terminal that was stopped, a connection that hangs."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import pytest

from tests.command_line.place import FLAT, Place

LOUD = "yes xxxxxxx | head -c 400000; touch never"
HOOKS = f"""\
before_backup: ["touch begun; {LOUD}"]
on_error: [touch told]
"""
Ends = tuple[int, int]  # to read from and to write to; nobody reads


def terminal() -> Ends:
    return pty.openpty()


def start(place: Place, ends: Ends, *words: str) -> subprocess.Popen[bytes]:
    """A run that says more than finds room."""
    process = subprocess.Popen(
        [sys.executable, "-m", "borgplan.runtime", "apply", "-a", "create", "c.yaml", *words],
        cwd=place.path, env=place.environment, stdin=subprocess.DEVNULL,
        stdout=ends[1], stderr=ends[1],
    )  # fmt: skip
    until = time.monotonic() + 20
    while not (place.path / "begun").exists():
        assert time.monotonic() < until
        time.sleep(0.01)
    time.sleep(0.3)
    return process


@pytest.mark.parametrize("opened", [os.pipe, terminal])
@pytest.mark.parametrize("form", ["text", "json"])
def test_a_signal_ends_the_run(place: Place, opened: Callable[[], Ends], form: str) -> None:
    place.write("c.yaml", FLAT + HOOKS)
    ends = opened()
    process = start(place, ends, "--log-format", form)
    process.terminate()
    code = process.wait(20)
    assert code == 128 + signal.SIGTERM, os.read(ends[0], 9000)
    assert (place.path / "told").exists()
    assert not (place.path / "never").exists()
    for end in ends:
        os.close(end)
    (run,) = place.run("history", "--format", "json").data["runs"]
    assert (run["status"], run["signal"]) == ("interrupted", "SIGTERM")


def test_a_time_limit_ends_its_step(place: Place) -> None:
    """And whoever waits for the summary to be read keeps nobody else waiting."""
    place.write("c.yaml", FLAT + HOOKS)
    place.write("borgplan.yaml", 'steps: [{select: command "touch begun*", timeout: 1s}]\n')
    reading, writing = os.pipe()
    process = start(place, (reading, writing))
    os.close(writing)
    until = time.monotonic() + 20
    while not (place.path / "told").exists():
        assert time.monotonic() < until
        time.sleep(0.05)
    other = place.run("apply", "-a", "prune", "--lock-wait", "10", "c.yaml")
    assert (other.code, process.poll()) == (0, None), other
    with open(reading, "rb") as reader:
        said = reader.read()
    assert process.wait(20) == 1
    assert b"FAILED" in said
    assert b"not shown: nobody read it in time" in said
    assert not (place.path / "never").exists()


def test_who_reads_slowly_gets_everything(place: Place) -> None:
    place.write("c.yaml", FLAT + HOOKS)
    reading, writing = os.pipe()
    process = start(place, (reading, writing))
    os.close(writing)
    time.sleep(1)
    with open(reading, "rb") as reader:
        said = reader.read()
    assert process.wait(20) == 0
    assert said.count(b"xxxxxxx") >= 50_000
    assert b"Done: " in said
