"""Loki gets the log while the run goes on; a server that is slow, dead or broken is a warning, and nothing else."""

from __future__ import annotations

import json
import re
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.command_line.place import FLAT, Place
from tests.support.laboratory import Server
from tests.support.web import Seen, Web, authority, serving, web

LIMIT = 1  # second
MARGIN = 2.5  # for all else of a run, on a busy machine
HASTY = f'steps:\n  - select: command "POST *"\n    timeout: {LIMIT}s\n'
SECRET = "5f2e1c34-0a41-4a6e-8c80-6a1f0c11d9aa"


@pytest.fixture
def heard() -> Iterator[Web]:
    with web() as found:
        yield found


@pytest.fixture
def place(tmp_path: Path, server: Server) -> Place:
    folder = tmp_path / "place"
    folder.mkdir()
    return Place(folder, server)


def loki(url: str) -> str:
    return f"loki: {{url: '{url}', labels: {{app: x}}, send_logs: true}}\n"


def prints(lines: int, then: str = "") -> str:
    """A hook before the action."""
    script = f"i=0; while [ $i -lt {lines} ]; do i=$((i+1)); echo line $i; done{then}"
    return f"commands:\n  - before: action\n    run: ['{script}']\n"


def lines_of(seen: Seen) -> list[str]:
    [stream] = json.loads(seen.body)["streams"]
    assert stream["stream"] == {"app": "x"}
    return [text for _, text in stream["values"]]


def test_lines_arrive_while_a_step_runs(place: Place, heard: Web) -> None:
    """The hook ends only once the server has had the first of what it has printed."""
    came = place.path / "came"
    heard.before = lambda _: came.touch()
    wait = f"; while [ ! -e {came} ]; do sleep 0.02; done"
    place.write("c.yaml", FLAT + loki(heard.url()) + prints(250, wait))
    ran = place.run("apply", "-a", "create", "c.yaml")
    assert ran.code == 0, ran.err
    portions = [lines_of(seen) for seen in heard.seen]
    assert [len(portion) for portion in portions[:2]] == [101, 101]
    every = [line for portion in portions for line in portion]
    assert (every[0], every[-1]) == ("Started backup", "Finished backup")
    assert [line for line in every if line.startswith("line ")] == [
        f"line {n + 1}" for n in range(250)
    ]
    times = [
        int(t) for seen in heard.seen for t, _ in json.loads(seen.body)["streams"][0]["values"]
    ]
    assert times == sorted(set(times))


def test_a_few_lines_are_one_request(place: Place, heard: Web) -> None:
    place.program("borg", "exit 2\n")
    place.write("c.yaml", FLAT + loki(heard.url()))
    assert place.run("apply", "-a", "create", "c.yaml").code == 1
    [seen] = heard.seen
    told = lines_of(seen)
    assert (told[0], told[-1]) == ("Started backup", "Failed backup")
    assert any("FAILED: borg create" in line for line in told)


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("/status/500", "was answered with 500"),
        ("/status/404", "was answered with 404"),
        ("/redirect/302/ok", "was redirected, and its text did not arrive there"),
        ("/hang-up", "ended the connection without an answer"),
        ("/slow", "gave no answer"),
        ("/trickled-head", "gave no answer"),
        (None, "could not be reached"),
    ],
)
def test_an_ill_server_is_one_warning(place: Place, heard: Web, path: str | None, why: str) -> None:
    url = "http://127.0.0.1:1/" if path is None else heard.url(path)
    is_one_warning(place, url, why)


@pytest.mark.parametrize("path", ["/redirect/307/ok", "/huge", "/endless", "/trickled-body"])
def test_an_answer_that_begins_well_is_one(place: Place, heard: Web, path: str) -> None:
    """Its status says it all: all lines are there, and nobody waits for the rest of it."""
    place.write("c.yaml", FLAT + loki(heard.url(path)) + prints(250))
    place.write("borgplan.yaml", HASTY)
    started = time.monotonic()
    ran = place.run("apply", "-a", "create", "c.yaml")
    assert time.monotonic() - started < LIMIT + MARGIN
    assert ran.code == 0, ran.err
    assert "warning" not in ran.out
    end = "/ok" if path.endswith("/ok") else path
    told = [line for seen in heard.seen if seen.path == end for line in lines_of(seen)]
    assert [line for line in told if line.startswith("line ")] == [
        f"line {n + 1}" for n in range(250)
    ]


def test_a_server_that_nobody_trusts_is_one_warning(place: Place, tmp_path: Path) -> None:
    certificates = authority(tmp_path)
    with web(serving(certificates.stranger)) as server:
        is_one_warning(place, server.url(), "could not be reached safely: its certificate is not")
        assert server.seen == []


def is_one_warning(place: Place, url: str, why: str) -> None:
    """A run with a server at `url` succeeds within the time of one request; the summary counts the lines."""
    place.write("c.yaml", FLAT + loki(url) + prints(250))
    place.write("borgplan.yaml", HASTY)
    started = time.monotonic()
    ran = place.run("apply", "-a", "create", "c.yaml")
    assert time.monotonic() - started < LIMIT + MARGIN
    assert ran.code == 0, ran.err
    assert "internal error" not in ran.err
    assert "1 warning." in ran.out
    summary = " ".join(ran.out.split())
    assert f"loki finish: {why}" in summary
    assert re.search(r"; 2\d\d lines of the log did not arrive", summary)


# Each prints its lines once the other is there.
AT_ONCE = """\
case "$1 $*" in create*one::*) me=one other=two;; create*) me=two other=one;; *) exit 0;; esac
touch "$HOME/at-$me"; while [ ! -e "$HOME/at-$other" ]; do sleep 0.02; done
i=0; while [ $i -lt 150 ]; do i=$((i+1)); echo "$me $i" >&2; done
"""


def test_files_that_run_at_the_same_time_have_streams_of_their_own(
    place: Place, heard: Web
) -> None:
    place.program("borg", AT_ONCE)
    for name in ("one", "two"):
        repository = FLAT.replace("path: repo", f"path: {name}")
        place.write(f"{name}.yaml", repository + loki(heard.url(f"/ok/{name}")))
    ran = place.run("apply", "--jobs", "2", "-a", "create", "one.yaml", "two.yaml")
    assert ran.code == 0, ran.err
    for name in ("one", "two"):
        told = [
            line for seen in heard.seen if seen.path == f"/ok/{name}" for line in lines_of(seen)
        ]
        assert (told[0], told[-1]) == ("Started backup", "Finished backup")
        printed = [line.rpartition(": ")[2] for line in told if re.search(r"(one|two) \d+$", line)]
        assert printed == [f"{name} {n + 1}" for n in range(150)]


def test_a_dry_run_sends_nothing(place: Place, heard: Web) -> None:
    place.write("c.yaml", FLAT + loki(heard.url()))
    assert place.run("apply", "--dry-run", "-a", "create", "c.yaml").code == 0
    assert "/ok" not in place.run("plan", "--dry-run", "-a", "create", "c.yaml").out
    assert heard.seen == []


def test_secrets_are_in_no_line(place: Place, heard: Web) -> None:
    place.write("c.yaml", f"{FLAT}encryption_passphrase: {SECRET}\n{loki(heard.url())}")
    place.program("borg", f"echo the {SECRET} >&2\nexit 2\n")
    place.run("apply", "-a", "create", "c.yaml")
    assert heard.seen
    assert not [seen for seen in heard.seen if SECRET.encode() in seen.body]


def test_after_a_kill_the_failure_is_told_once(place: Place, heard: Web) -> None:
    hook = prints(10, f"; touch {place.path / 'begun'}; sleep 5")
    place.write("c.yaml", FLAT + loki(heard.url()) + hook)
    killed = place.signalled(signal.SIGKILL, "begun", "apply", "-a", "create", "c.yaml")
    assert killed.code == -signal.SIGKILL
    assert heard.seen == []
    for _ in range(2):
        place.run("recover")
    [seen] = heard.seen
    *reasons, last = lines_of(seen)
    assert last == "Failed backup"
    assert "was interrupted" in "".join(reasons)
