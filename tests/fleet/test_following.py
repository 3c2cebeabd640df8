"""What hosts do while their plans run: new events with each contact, each once, as lines and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from borgplan.compiler.driver.facts import Machine
from borgplan.runtime.fleet import manifest
from borgplan.runtime.fleet import rollout as rollouts
from borgplan.runtime.fleet.ansible import Reach
from borgplan.runtime.fleet.collection.ansible_collections.borgplan.backup.plugins.module_utils import (
    detached,
)
from borgplan.runtime.fleet.contact import Ask, Found
from borgplan.runtime.fleet.following import Followed
from borgplan.runtime.fleet.rollout import Rollout
from borgplan.runtime.fleet.rollout_log import End, HostEnd, RolloutLog
from borgplan.runtime.fleet.schedule import Limits
from borgplan.runtime.report.line_queue import target
from tests.fleet.test_plan import fleet, machine
from tests.support.fleet import written

__all__ = ["machine"]


def ended(number: int, outcome: str = "done", **more: object) -> str:
    about = {"event": "step-ended", "number": number, "outcome": outcome, "seconds": 1.5, "code": 0}
    return json.dumps({**about, **more}) + "\n"


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def saved(tmp_path: Path, machine: Machine) -> Path:
    """A folder with the plan of the host `a`, which stops a container first."""
    written(tmp_path / "facts", machine, "a")
    assert fleet(tmp_path, "plan", "--facts-dir", "facts", "-o", "out").code == 0
    return tmp_path / "out"


def test_new_steps_of_a_host_are_one_line(saved: Path, said: list[str]) -> None:
    followed = Followed(str(saved), said.append, None)
    started = json.dumps({"event": "step-started", "number": 1}) + "\n"
    followed.heard("a", started)
    assert said == []
    followed.heard("a", ended(1) + ended(2))
    followed.heard("a", ended(3, "hard", code=1) + "".join(ended(3) for _ in range(4)))
    assert said == [
        "a: step 2 of 6: `docker stop shop` (1.5 s), borg create (1.5 s)",
        "a: step 3 of 6: `docker start shop` FAILED: ended with exit code 1,"
        + ",".join([" `docker start shop` (1.5 s)"] * 4),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "{", "[]", "1", '{"event": "step-ended"', "[" * 100_000,
        '{"event": "step-started", "x": 1e999}', "\x1b[2J",
    ],
)  # fmt: skip
def test_what_is_no_event_is_left_out(tmp_path: Path, said: list[str], text: str) -> None:
    followed = Followed(str(tmp_path), said.append, target(str(tmp_path / "events")))
    followed.heard("a", text + "\n")
    assert followed.close() == ""
    assert (said, (tmp_path / "events").read_text()) == ([], "")


def test_a_host_speaks_for_itself_only(tmp_path: Path, said: list[str]) -> None:
    followed = Followed(str(tmp_path), said.append, target(str(tmp_path / "events")))
    followed.heard("a", ended(7, "hard", host="b", seconds=1e300, code=-9, note="\x1b[2J"))
    followed.became("a", "ended", HostEnd(End.FAILED, 1, 2.5))
    assert followed.close() == ""
    first, second = map(json.loads, (tmp_path / "events").read_text().splitlines())
    assert (first["host"], first["number"]) == ("a", 7)
    assert (second["event"], second["end"], second["seconds"]) == ("host-ended", "failed", 2.5)
    assert len(said) == 1
    assert said[0].startswith("a: step 7 of ?: step 7 FAILED: ")
    assert "\x1b" not in said[0]


def test_each_contact_brings_only_what_is_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BORGPLAN_STATE_DIRECTORY", str(tmp_path))
    assert detached.events_since("key", 0) == ("", 0)
    path = Path(detached.events_path("key"))
    path.parent.mkdir(parents=True)
    path.write_text("one\ntw")
    assert detached.events_since("key", 0) == ("one\n", 4)
    path.write_text("one\ntwo\n")
    assert detached.events_since("key", 4) == ("two\n", 8)
    assert detached.events_since("key", 8) == ("", 8)
    line = "x" * 999 + "\n"
    path.write_text(line * 1000)
    text, seen = detached.events_since("key", 0)
    first, *rest = text.splitlines()
    assert seen == 1_000_000
    assert json.loads(first)["count"] + len(rest) == 1000
    assert len(text) <= detached.MOST_EVENTS + 200


def test_a_rollout_says_how_much_it_knows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [
        Found("a", how="running", may_run=True, events="1", seen=10),
        Found("a", "unreachable", is_reached=False),
        Found("a", how="ended", code=0, is_recorded=True, events="2", seen=20),
    ]
    seen: list[int] = []
    heard: list[tuple[str, str]] = []

    def answered(_: Reach, asks: Sequence[Ask]) -> Iterator[Found]:
        seen.extend(ask.seen for ask in asks)
        yield answers.pop(0)

    monkeypatch.setattr(rollouts, "contact", answered)
    plans = manifest.Manifest("id", (), (manifest.Share("a", "0" * 64),), "0.1.0")
    log = RolloutLog(str(tmp_path), "id")
    Rollout(
        str(tmp_path), plans, Reach(()), Limits(), log, lambda *_: None, 60,
        follow=lambda *new: heard.append(new),
    ).run()  # fmt: skip
    log.close()
    assert seen == [0, 10, 10]
    assert heard == [("a", "1"), ("a", "2")]


def test_events_need_a_file_that_can_be_written(saved: Path) -> None:
    ran = fleet(saved.parent, "apply", "out", "-i", "a,", "--events", "nowhere/file")
    assert (ran.code, ran.out) == (2, "")
    assert "--events nowhere/file: no such file or directory" in ran.err
