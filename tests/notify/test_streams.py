"""Loki gets the log while the run goes on; a server that is slow, dead or broken is a warning, and nothing else."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.command_line.place import FLAT, Place
from tests.support.laboratory import Server
from tests.support.web import Seen, Web, web

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
        ("/slow", "gave no answer"),
        ("/trickled-head", "gave no answer"),
        (None, "could not be reached"),
    ],
)
def test_an_ill_server_is_one_warning(place: Place, heard: Web, path: str | None, why: str) -> None:
    url = "http://127.0.0.1:1/" if path is None else heard.url(path)
    place.write("c.yaml", FLAT + loki(url) + prints(250))
    started = time.monotonic()
    ran = place.run("apply", "-a", "create", "c.yaml")
    assert time.monotonic() - started < 20
    assert ran.code == 0, ran.err
    assert "internal error" not in ran.err
    assert "1 warning." in ran.out
    summary = " ".join(ran.out.split())
    assert f"loki finish: {why}" in summary
    assert "lines of the log did not arrive" in summary


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
