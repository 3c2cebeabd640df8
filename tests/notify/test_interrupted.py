"""Runs killed or stopped at every point, in programs and in requests: each service has been told FAIL exactly once
in the end, by the run itself or by `recover`.

`ALL_POINTS=1` tries every point; otherwise some of them.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.crashing import NESTED, Crashing, Point
from tests.support.laboratory import Server
from tests.support.web import Seen, Web, web

WORDS = ("apply", "-a", "create,prune", "--semantics", "2.1", "c.yaml")
SERVICES = """\
healthchecks: {ping_url: "URL/ok/hc/5f2e1c34-0a41-4a6e-8c80-6a1f0c11d9aa", send_logs: true}
ntfy: {server: "URL/ok/ntfy", topic: t}
uptime_kuma: {push_url: "URL/ok/kuma"}
zabbix:
    {server: "URL/json/token", itemid: 1, username: me, password: long-enough-secret, states: [start, finish, fail]}
"""
FAILS = {"healthchecks", "ntfy", "uptime_kuma", "zabbix"}
PROGRAMS = 16
REQUESTS = ["hc start", "zabbix login", "zabbix start", "zabbix logout", "hc log", "hc", "kuma", "zabbix login",
            "zabbix finish", "zabbix logout"]  # fmt: skip
EVERY = os.environ.get("ALL_POINTS") == "1"


def is_failure(seen: Seen) -> str:
    """The service that a request tells of a failure; empty if it doesn't."""
    if seen.path.startswith("/ok/hc") and seen.path.endswith("/fail"):
        return "healthchecks"
    if seen.path.startswith("/ok/ntfy"):
        return "ntfy"
    if "status=down" in seen.path:
        return "uptime_kuma"
    return "zabbix" if b'"history.push"' in seen.body and b'"fail"' in seen.body else ""


class Watched(Crashing):
    """A place whose services are one server, which counts the failures that it has taken.

    `strike`: the number of the request at which the run is sent a signal; `number`: which.
    """

    def __init__(self, path: Path, server: Server, heard: Web) -> None:
        super().__init__(path, server, NESTED + SERVICES.replace("URL", heard.url("")))
        self.taken: Counter[str] = Counter()
        self.strike, self.number = 0, 0
        self._server_of_runs = server
        self._victim = 0
        heard.before = self._asked
        self.heard = heard

    def _asked(self, seen: Seen) -> None:
        if self.strike and len(self.heard.seen) == self.strike:
            while not self._victim:
                time.sleep(0.005)
            os.kill(self._victim, self.number)
            if self.number == signal.SIGKILL:
                return  # nobody has heard the answer
        if name := is_failure(seen):
            self.taken[name] += 1

    def struck(self, request: int, number: int, *words: str) -> int:
        """The exit code of a run that gets a signal while it waits for that answer."""
        self.strike, self.number, self._victim = len(self.heard.seen) + request, number, 0
        self._victim = self._server_of_runs.start(
            {
                "argv": words, "cwd": str(self.path), "env": self.environment, "umask": "0022",
                "stdout": str(self.path / ".out"), "stderr": str(self.path / ".err"),
            }
        )  # fmt: skip
        code = self._server_of_runs.wait()
        self.strike = 0
        return code


@pytest.fixture
def watched(tmp_path: Path, server: Server) -> Iterator[Watched]:
    with web() as heard:
        yield Watched(tmp_path / "place", server, heard)


def once(watched: Watched) -> None:
    """Each service knows of the failure, and isn't told again."""
    recovered = watched.run("recover")
    assert recovered.code == 0, recovered
    assert watched.taken == Counter(FAILS), recovered
    assert watched.run("recover").code == 0
    assert watched.taken == Counter(FAILS)
    assert not watched.held


def test_the_points_are_all_there_are(watched: Watched) -> None:
    ran = watched.run(*WORDS)
    assert ran.code == 0, ran
    assert watched.begun == PROGRAMS
    assert len(watched.heard.seen) == len(REQUESTS)
    assert not watched.taken


IN_PROGRAMS = [
    Point(number, where, whole)
    for number in range(1, PROGRAMS + 1)
    for where in ("before", "after")
    for whole in (True, False)
]


@pytest.mark.parametrize("point", IN_PROGRAMS if EVERY else IN_PROGRAMS[::11], ids=str)
def test_killed_in_a_program(watched: Watched, point: Point) -> None:
    assert watched.killed(point, *WORDS).code == -signal.SIGKILL
    once(watched)


IN_REQUESTS = list(enumerate(REQUESTS, 1))


@pytest.mark.parametrize(
    ("request_number", "name"), IN_REQUESTS if EVERY else IN_REQUESTS[::3], ids=str
)
def test_killed_in_a_request(watched: Watched, request_number: int, name: str) -> None:
    assert watched.struck(request_number, signal.SIGKILL, *WORDS) == -signal.SIGKILL
    once(watched)


@pytest.mark.parametrize("number", [1, 2, 3, 4, 5, 6, 7] if EVERY else [1, 4])
def test_killed_while_it_tells_of_a_failure(watched: Watched, number: int) -> None:
    """The failure is that of a program; four requests have gone out before."""
    watched.program("borg", 'case "$1" in create) exit 2 ;; esac\n')
    assert watched.struck(4 + number, signal.SIGKILL, *WORDS) == -signal.SIGKILL
    once(watched)


@pytest.mark.parametrize(
    ("request_number", "name"), IN_REQUESTS if EVERY else IN_REQUESTS[::4], ids=str
)
def test_stopped_in_a_request(watched: Watched, request_number: int, name: str) -> None:
    assert watched.struck(request_number, signal.SIGTERM, *WORDS) == 128 + signal.SIGTERM
    once(watched)


def test_a_recovery_that_is_killed_is_finished_by_the_next(watched: Watched) -> None:
    watched.killed(Point(6, "before", whole=True), *WORDS)
    assert watched.struck(2, signal.SIGKILL, "recover") == -signal.SIGKILL
    once(watched)


def test_what_a_service_does_not_take_stays_owed(watched: Watched) -> None:
    services = SERVICES.replace("URL/ok/ntfy", "URL/flaky/404/1").replace(
        "URL", watched.heard.url("")
    )
    watched.write("c.yaml", NESTED + services)
    watched.killed(Point(1, "before", whole=True), *WORDS)
    first = watched.run("recover")
    assert first.code == 1, first
    assert "1 of 6 reports outstanding" in first.err
    told = len(watched.heard.seen)
    assert watched.run("recover").code == 0
    assert [seen.path for seen in watched.heard.seen[told:]] == ["/flaky/404/1/"]


@pytest.mark.parametrize("point", [Point(1, "before", whole=True)], ids=str)
def test_the_next_run_tells_it_and_is_not_kept_waiting(watched: Watched, point: Point) -> None:
    """Where nothing has to be cleaned up, the report is all that is owed."""
    plain = "source_directories: [/etc/hostname]\nrepositories: [{path: near}]\nkeep_daily: 1\n"
    watched.write("c.yaml", plain + SERVICES.replace("URL", watched.heard.url("")))
    assert watched.killed(point, *WORDS).code == -signal.SIGKILL
    assert not watched.taken
    time.sleep(
        1
    )  # until what was killed is gone: a run beside it is refused, and reports that, too
    ran = watched.run(*WORDS)
    assert ran.code == 0, ran
    assert watched.taken == Counter(FAILS)
    once(watched)


FILLING = ["before: configuration", "before: action", "after: action", "after: configuration"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk")
@pytest.mark.parametrize("position", FILLING if EVERY else FILLING[1:2])
@pytest.mark.parametrize("is_killed", [False, True])
def test_a_disk_that_gets_full(watched: Watched, position: str, is_killed: bool) -> None:
    """The journal keeps some space: what has been told is in it."""
    small = watched.path / "small"
    small.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=900k", "tmpfs", str(small)], check=True)
    try:
        hook = f"{{{position}, when: [create], run: ['head -c 1M /dev/zero > {small}/x; :']}}"
        config = watched.read("c.yaml").replace("commands:\n", f"commands:\n    - {hook}\n")
        watched.write("c.yaml", config)
        state = {"BORGPLAN_STATE_DIRECTORY": str(small / "journal")}
        if is_killed:
            watched.write("kill-at", f"{PROGRAMS} before\n")
            watched.write("kill-whole", "yes")
            assert watched.run(*WORDS, **state).code == -signal.SIGKILL
        else:
            watched.program("borg", 'case "$1" in create) exit 2 ;; esac\n')
            ran = watched.run(*WORDS, **state)
            assert (ran.code, "JOURNAL" in ran.err) == (1, False), ran
            assert watched.taken == Counter(FAILS)
        (small / "x").unlink()
        watched.run("recover", **state)
        assert watched.taken == Counter(FAILS)
    finally:
        subprocess.run(["umount", "-l", str(small)], check=True)
