"""Runs with a service, by real processes against a real server: what it hears, and what nobody else does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.laboratory import Laboratory
from tests.support.web import Web, web

SECRET = "5f2e1c34-0a41-4a6e-8c80-6a1f0c11d9aa"
FILE = """\
source_directories: [$TMP/src]
repositories: [{path: $TMP/repos/r1.borg}]
healthchecks: {ping_url: "URL/SECRET", send_logs: true}
"""
FAILING = [{"event": "borg", "subcommand": "create", "exit": 2}]


@pytest.fixture
def heard() -> Iterator[Web]:
    with web() as found:
        yield found


def write(laboratory: Laboratory, heard: Web, more: str = "") -> str:
    text = FILE.replace("URL", heard.url("/ok")).replace("SECRET", SECRET)
    laboratory.write({"c.yaml": text + more})
    return str(laboratory.tmp / "c.yaml")


def told(heard: Web) -> list[str]:
    return [seen.path.removeprefix(f"/ok/{SECRET}") for seen in heard.seen]


def test_a_run_that_goes_well(laboratory: Laboratory, heard: Web) -> None:
    path = write(laboratory, heard)
    ran = laboratory.run(["apply", "-a", "create", path])
    assert ran.exit_code == 0, ran.stderr
    assert told(heard) == ["/start", "/log", ""]
    assert {seen.method for seen in heard.seen} == {"POST"}


def test_a_failure_and_what_was_said_of_it(laboratory: Laboratory, heard: Web) -> None:
    path = write(laboratory, heard)
    ran = laboratory.run(["apply", "-a", "create", path], FAILING)
    assert ran.exit_code == 1
    assert told(heard) == ["/start", "/log", "/fail"]
    assert b"borg create ended with exit code 2" in heard.seen[-1].body
    assert heard.seen[0].body == b""


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ("skip_actions: [create]\n", "no action had anything to do"),
        (
            "commands: [{before: repository, run: ['exit 75']}]\n",
            "`exit 75` ended with exit code 75",
        ),
    ],
)
def test_a_run_that_does_nothing_says_so(
    laboratory: Laboratory, heard: Web, more: str, why: str
) -> None:
    path = write(laboratory, heard, more)
    text = (laboratory.tmp / "c.yaml").read_text().replace(", send_logs: true", "")
    (laboratory.tmp / "c.yaml").write_text(text)
    ran = laboratory.run(["apply", "-a", "create", "--semantics", "2.1", path])
    assert ran.exit_code == 0, ran.stderr
    assert told(heard) == ["/start", "/log", ""]
    assert heard.seen[-1].body.decode() == f"\nNothing was done: {why}"


def test_a_dry_run_tells_nobody(laboratory: Laboratory, heard: Web) -> None:
    path = write(laboratory, heard)
    laboratory.run(["apply", "-n", "-a", "create", path])
    assert told(heard) == []


def test_a_refused_run_is_a_failure(laboratory: Laboratory, heard: Web) -> None:
    path = write(laboratory, heard, "zfs: {}\n")
    ran = laboratory.run(["apply", "-a", "create", path])
    assert ran.exit_code == 2
    assert told(heard) == ["/fail"]


def test_a_service_that_fails_stops_nothing(laboratory: Laboratory, heard: Web) -> None:
    laboratory.write(
        {"c.yaml": FILE.replace("URL", heard.url("/status/404")).replace("SECRET", SECRET)}
    )
    ran = laboratory.run(["apply", "-a", "create", str(laboratory.tmp / "c.yaml")])
    assert ran.exit_code == 0, ran.stderr
    assert [event[:2] for event in ran.trace] == [["borg", "create"]]
    assert "404" in ran.stdout + ran.stderr


def test_the_secret_is_nowhere(laboratory: Laboratory, heard: Web) -> None:
    """Neither in what is shown, nor in the plan, the journal and the list of events."""
    path = write(laboratory, heard)
    events = str(laboratory.tmp / "events.jsonl")
    plan = str(laboratory.tmp / "plan.json")
    state = Path(laboratory.environment()["BORGPLAN_STATE_DIRECTORY"])
    shown = []
    for words in (
        ["plan", "-a", "create", "-o", plan, path],
        ["plan", "-a", "create", "--failures", path],
        ["apply", "--events", events, "-a", "create", path],
        ["show"],
    ):
        ran = laboratory.run(words, FAILING)
        shown += [ran.stdout, ran.stderr]
    texts = [text.encode() for text in shown]
    texts += [Path(file).read_bytes() for file in (plan, events)]
    texts += [file.read_bytes() for file in state.rglob("*") if file.is_file()]
    assert len(texts) > 10
    assert not any(SECRET.encode() in text for text in texts)
    assert f"…{SECRET[-4:]}" in shown[0] + shown[2]
    assert told(heard)


BROKEN = {
    "an option that isn't one": "retention: {keep_dayly: 7}\n",
    "what can't be decoded": "keep_daily: [seven]\n",
    "one service that is wrong": "ntfy: {topc: t}\n",
    "what this machine lacks": "zfs: {}\n",
    "a hook that can't be compiled": "commands: [{before: nothing, run: [x]}]\n",
}


@pytest.mark.parametrize("more", BROKEN.values(), ids=BROKEN)
def test_a_file_that_cannot_be_run_is_a_failure(
    laboratory: Laboratory, heard: Web, more: str
) -> None:
    """As far as its services can be read."""
    path = write(laboratory, heard, more)
    ran = laboratory.run(["apply", "-a", "create", path])
    assert (ran.exit_code, ran.trace) == (2, [])
    assert told(heard) == ["/fail"]
    assert SECRET not in ran.stderr
    for words in (
        ["plan", path],
        ["apply", "-n", "-a", "create", path],
        ["lint", path],
        ["apply", "-a", "list", path],
    ):
        laboratory.run(words)
    assert told(heard) == ["/fail"]


def test_the_other_files_run_all_the_same(laboratory: Laboratory, heard: Web) -> None:
    path = write(laboratory, heard, BROKEN["what can't be decoded"])
    laboratory.write(
        {"d.yaml": "source_directories: [$TMP/src]\nrepositories: [{path: $TMP/repos/r2.borg}]\n"}
    )
    ran = laboratory.run(["apply", "-a", "create", path, str(laboratory.tmp / "d.yaml")])
    assert ran.exit_code == 1
    assert [event[:2] for event in ran.trace] == [["borg", "create"]]
    assert told(heard) == ["/fail"]


def test_a_file_that_is_no_yaml_tells_nobody(laboratory: Laboratory, heard: Web) -> None:
    path = write(laboratory, heard, "a: [\n")
    assert laboratory.run(["apply", "-a", "create", path]).exit_code == 2
    assert told(heard) == []
