"""Commands that meet: what one of them leaves, the others find, and nothing is given back or gone on with twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress

import pytest

from borgplan.compiler.plan.model import Plan
from borgplan.runtime.journal.recorder import Start, begin, stored
from borgplan.runtime.journal.store import open_for_writing
from tests.command_line.place import Place
from tests.command_line.test_recover import APPLY, START, start

HOOKS = """\
hooks:
    before_backup: [mkdir m, "test -e go-on || { touch waiting; exec sleep 60; }"]
    after_backup: [rmdir m]
    on_error: ["rmdir m; echo given back >> log"]
"""


class Running:
    """A command that runs; what it says is known as it comes."""

    def __init__(self, place: Place, *words: str) -> None:
        self._said: list[str] = []
        self._process = subprocess.Popen(
            [sys.executable, "-m", "borgplan.runtime", *words],
            cwd=place.path, env=place.environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stderr
        with self._process.stderr as errors:
            self._said.extend(iter(errors.readline, ""))

    @property
    def said(self) -> str:
        return "".join(self._said)

    def wait_until_it_says(self, text: str) -> None:
        until = time.monotonic() + 20
        while text not in self.said:
            assert time.monotonic() < until, self.said
            time.sleep(0.01)

    def end(self) -> int:
        code = self._process.wait(60)
        self._reader.join()
        return code


def test_who_waited_for_a_run_that_was_cut_short_refuses_as_well(place: Place) -> None:
    place.write("c.yaml", START + HOOKS)
    first, hook = start(place, *APPLY)
    place.write("go-on", "")
    second = Running(place, *APPLY, "--lock-wait", "60")
    second.wait_until_it_says("Waiting")
    first.kill()
    first.wait()
    assert second.end() == 2
    os.killpg(hook, signal.SIGKILL)
    assert "borgplan refuses to run. First: borgplan recover" in second.said
    assert f"still runs: process group {hook}" in second.said
    assert not place.trace
    assert (place.path / "m").exists()


def test_who_waited_gives_back_first_if_asked(place: Place) -> None:
    place.write("c.yaml", START + HOOKS)
    first, hook = start(place, *APPLY)
    place.write("go-on", "")
    second = Running(place, *APPLY, "--lock-wait", "60", "--recover")
    second.wait_until_it_says("Waiting")
    first.kill()
    first.wait()
    os.killpg(hook, signal.SIGKILL)
    assert second.end() == 0, second.said
    assert place.trace == ["borg create"]
    assert place.read("log") == "given back\n"


@pytest.fixture
def left(place: Place) -> Iterator[tuple[Place, int]]:
    """A place in which borgplan was killed with `m` taken, and its hook still runs."""
    place.write("c.yaml", START + HOOKS)
    process, hook = start(place, *APPLY)
    process.kill()
    process.wait()
    place.write("go-on", "")
    yield place, hook
    with suppress(ProcessLookupError):
        os.killpg(hook, signal.SIGKILL)


def test_two_that_recover_give_back_once(left: tuple[Place, int]) -> None:
    place, hook = left
    both = [Running(place, "recover") for _ in range(2)]
    for each in both:
        each.wait_until_it_says("Waiting for process group")
    os.killpg(hook, signal.SIGKILL)
    codes = sorted(each.end() for each in both)
    assert codes in ([0, 0], [0, 2]), [each.said for each in both]
    assert place.read("log") == "given back\n"
    assert not (place.path / "m").exists()


def test_two_that_resume_go_on_once(left: tuple[Place, int]) -> None:
    place, hook = left
    both = [Running(place, "resume", "last", "--recover") for _ in range(2)]
    for each in both:
        each.wait_until_it_says("Waiting for process group")
    os.killpg(hook, signal.SIGKILL)
    assert sorted(each.end() for each in both) == [0, 2], [each.said for each in both]
    assert place.trace == ["borg create"]
    assert place.read("log") == "given back\n"
    kinds = [run["kind"] for run in place.run("history", "--format", "json").data["runs"]]
    assert kinds == ["resume", "recover", "apply"]


def test_nothing_is_given_back_under_a_run_of_the_same_files(left: tuple[Place, int]) -> None:
    place, hook = left
    os.killpg(hook, signal.SIGKILL)
    plan = Plan("2.1", (), (), ())
    with closing(open_for_writing(f"{place.path}/journal/journal")) as journal:
        begin(journal, plan, stored(plan), Start("apply", (), (f"{place.path}/c.yaml",)))
        refused = place.run("recover")
        assert (refused.code, (place.path / "m").exists()) == (2, True)
        assert f"is running, as process {os.getpid()}" in refused.err


def test_a_signal_stops_no_cleanup_that_recover_runs(place: Place) -> None:
    place.write("c.yaml", START + HOOKS.replace("rmdir m; ", "touch there; sleep 1; rmdir m; "))
    process, hook = start(place, *APPLY)
    process.kill()
    process.wait()
    os.killpg(hook, signal.SIGKILL)
    ran = place.signalled(signal.SIGTERM, "there", "recover")
    assert ran.code == 128 + signal.SIGTERM
    assert "the running cleanup continues to its end" in ran.err
    assert place.read("log") == "given back\n"
    assert "No cleanup is outstanding" in place.run("recover").err


def test_a_run_that_was_refused_is_none(place: Place) -> None:
    place.write("c.yaml", START)
    ran = place.run(*APPLY, "--log-file", "/nonexistent/log")
    assert ran.code == 2
    assert "refuses to run: log file" in ran.err
    assert not place.run("history", "--format", "json").data["runs"]
    assert not list(place.path.glob("journal/journal.open/*"))
