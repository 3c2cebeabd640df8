"""`notify:` of the project file: what a plan has of it, what a server hears in real runs, and what is wrong with it."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from borgplan.compiler.driver.project_file import load
from borgplan.compiler.source.diagnostic import Diagnostics
from borgplan.runtime.system.host import RealHost
from tests.end_to_end.crashing import NESTED, Crashing, Point
from tests.support.laboratory import Laboratory, Server
from tests.support.web import Web, web

MARK = "5f2e1c34-0a41-4a6e-8c80-6a1f0c11d9aa"
FILE = """\
source_directories: [$TMP/src]
repositories:
  - {path: $TMP/repos/r1.borg, label: near}
  - {path: $TMP/repos/r2.borg, label: far}
"""
CREATE, CHECK = ({"event": "borg", "subcommand": name, "exit": 2} for name in ("create", "check"))


@pytest.fixture
def heard() -> Iterator[Web]:
    with web() as found:
        yield found


class Place:
    """A configuration with a project file beside it."""

    def __init__(self, laboratory: Laboratory, heard: Web) -> None:
        self.laboratory = laboratory
        self.heard = heard

    def write(self, *entries: str, file: str = FILE) -> None:
        texts = [f"  - {entry}\n" for entry in entries]
        text = f"notify:\n{''.join(texts)}".replace("URL", self.heard.url("/ok")).replace(
            "MARK", MARK
        )
        self.laboratory.write({"c.yaml": file, "borgplan.yaml": text})

    def run(self, *words: str, faults: Sequence[Mapping[str, object]] = ()) -> list[str]:
        """What is heard of a run: paths behind the server's, or the titles of messages."""
        before = len(self.heard.seen)
        self.ran = self.laboratory.run(
            [*(words or ("apply", "-a", "create,check")), str(self.laboratory.tmp / "c.yaml")],
            [dict(fault) for fault in faults],
        )
        return [self.named(number) for number in range(before, len(self.heard.seen))]

    def named(self, number: int) -> str:
        seen = self.heard.seen[number]
        if seen.path == "/ok/":
            return str(json.loads(seen.body)["title"]).partition(": ")[2]
        return seen.path.removeprefix("/ok/").replace(MARK, "#")


@pytest.fixture
def place(laboratory: Laboratory, heard: Web) -> Place:
    return Place(laboratory, heard)


def ntfy(when: str) -> str:
    return f"{{when: {when}, ntfy: {{server: 'URL', topic: t}}}}"


WHOLE = "{when: [success, failure], healthchecks: {ping_url: 'URL/MARK'}}"


def test_the_whole_run(place: Place) -> None:
    place.write(WHOLE)
    assert place.run("apply") == ["#"]
    assert place.run("apply", faults=[CREATE]) == ["#/fail"]
    assert b"borg create ended with exit code 2" in place.heard.seen[-1].body


def test_a_part_of_the_run_is_not_a_success_of_the_whole(place: Place) -> None:
    place.write(WHOLE)
    assert place.run("apply", "-a", "create") == []
    assert place.run("apply", "-r", "near") == []
    assert place.run("apply", "-a", "create", faults=[CREATE]) == ["#/fail"]
    assert place.run("list") == []


def test_a_step_and_each_repository(place: Place) -> None:
    place.write(ntfy("failure of borg check"), ntfy("success of action create in each repository"))
    config = f"{place.laboratory.tmp}/c.yaml"
    well = [f"action create in {name} of {config} succeeded" for name in ("near", "far")]
    faults = [{**CHECK, "repository": "r2.borg"}]
    assert place.run(faults=faults) == [*well, "borg check failed"]
    assert place.run() == well


def test_a_message_says_what_came_of_what_it_is_about(place: Place) -> None:
    place.write(ntfy("success of borg create in each repository"), ntfy("failure"), WHOLE)
    home = place.laboratory.tmp
    near, far = (
        f"Backup of {home}/c.yaml in {home}/repos/{name}: archive lab-2024-02-03T04:05:06"
        for name in ("r1.borg", "r2.borg")
    )
    place.run("apply", "-a", "create,check")
    for number, told in enumerate((near, far)):
        title, *lines = json.loads(place.heard.seen[number].body)["message"].splitlines()
        assert title.endswith("succeeded")
        assert lines[0] == told
        assert "check archives, repository: no problems found, 0." in lines[1]
    place.run(faults=[{**CREATE, "repository": "r2.borg"}])
    _, *lines = json.loads(place.heard.seen[-2].body)["message"].splitlines()
    assert lines[0] == near
    assert f"No backup of {home}/c.yaml was made in {home}/repos/r2.borg." in lines
    assert place.heard.seen[-1].body.decode().splitlines()[1:] == lines


def test_three_failures_in_a_row_and_the_first_success_after_them(place: Place) -> None:
    place.write(ntfy("3 failures of borg create in a row"), ntfy("recovery of borg create"))
    assert place.run(faults=[CREATE]) == []
    assert place.run("apply", "-a", "check") == []  # says nothing about create
    assert place.run(faults=[CREATE]) == []
    assert place.run(faults=[CREATE]) == ["borg create failed in 3 runs in a row"]
    assert place.run(faults=[CREATE]) == ["borg create failed in 3 runs in a row"]
    assert place.run() == ["borg create works again"]
    assert place.run() == []
    assert place.run(faults=[CREATE]) == []


def test_what_if_knows_the_runs_before(place: Place) -> None:
    place.write(ntfy("2 failures of borg create in a row"), ntfy("recovery of borg create"))
    place.run("plan", "-a", "create", "--fail", "1")
    assert "ntfy fail" in place.ran.stdout
    assert " runs   " not in place.ran.stdout.partition("ntfy fail")[0].rpartition("\n")[2]
    place.run("apply", "-a", "create", faults=[CREATE])
    place.run("plan", "-a", "create", "--fail", "1")
    line = next(line for line in place.ran.stdout.split("\n") if "ntfy fail" in line)
    assert line.split()[0] == "runs", line


SKIPPING = FILE + "commands: [{before: repository, run: ['exit 75']}]\n"


def test_soft_failures(place: Place) -> None:
    place.write(ntfy("soft failure"), WHOLE, ntfy("failure"), file=SKIPPING)
    assert place.run("apply") == ["the run was skipped"]
    assert place.ran.exit_code == 0


def test_quiet_hours(place: Place) -> None:
    always, never = '"00:00-23:59"', '"23:59-00:00"'
    place.write(
        f"{{when: [success, failure], quiet: {always}, ntfy: {{server: 'URL', topic: t}}}}",
        f"{{when: success of borg create, quiet: {never}, ntfy: {{server: 'URL', topic: t}}}}",
    )
    assert place.run("apply") == ["borg create succeeded"]
    assert place.run("apply", faults=[CREATE]) == ["the run failed"]


def test_a_refused_run_and_a_file_that_cannot_be_read(place: Place) -> None:
    place.write(WHOLE, ntfy("failure of borg create"), file=FILE + "zfs: {}\n")
    assert place.run("apply") == ["#/fail"]
    place.write(WHOLE, file="source_directories: [")
    assert place.run("apply") == ["#/fail"]
    assert b"c.yaml" in place.heard.seen[-1].body


def test_messages_are_data_and_hold_no_secret(place: Place) -> None:
    place.write(WHOLE, ntfy("3 failures of borg create in a row"))
    place.run("plan", "--format", "json")
    assert MARK not in place.ran.stdout + place.ran.stderr
    messages = [step for step in json.loads(place.ran.stdout)["steps"] if step["condition"]]
    assert [step["condition"]["end"] for step in messages] == ["success", "failure", "failure"]
    (escalated,) = (step["condition"] for step in messages if step["condition"]["row"] > 1)
    assert escalated["row"] == 3
    assert all("borg-create" in name for name in escalated["steps"])
    place.run("apply", faults=[CREATE])
    for text in (place.ran.stdout, place.ran.stderr):
        assert MARK not in text
    for path in place.laboratory.tmp.rglob("*"):
        if path.is_file() and path.name != "borgplan.yaml":
            assert MARK.encode() not in path.read_bytes(), path


def test_plan_failures_names_services_and_states(place: Place) -> None:
    place.write(WHOLE, ntfy("failure of borg check"))
    place.run("plan", "-a", "create,check", "--failures")
    assert "(ntfy fail, healthchecks fail)" in place.ran.stdout.replace(
        "(healthchecks fail, ntfy fail)", "(ntfy fail, healthchecks fail)"
    )


def errors(tmp_path: Path, text: str) -> list[str]:
    path = tmp_path / "borgplan.yaml"
    path.write_text(text)
    found = Diagnostics()
    load(str(path), RealHost(), found)
    return [f"{d.span.line}:{d.span.column} {d.code} {d.message}" for d in found]


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("ntfy", "1:11 BP702 an entry of `notify` is a mapping"),
        ("{ntfy: {topic: t}}", "1:11 BP702 an entry of `notify` needs `when`"),
        ("{when: failure}", "1:11 BP702 an entry of `notify` needs a service"),
        ("{when: failure, nfty: {}}", "1:27 BP701 unknown key `nfty`"),
        ("{when: failur, ntfy: {topic: t}}", "1:18 BP703 this can't be parsed at `failur`"),
        ("{when: failure of borg, ntfy: {topic: t}}", "1:18 BP703 this can't be parsed at its end"),
        ("{when: failure of hook nosuch, ntfy: {topic: t}}", "1:18 BP703 there is no hook `nosuch`"),
        ("{when: 1 failures in a row, ntfy: {topic: t}}", "1:18 BP702 a row has 2 to 1000 failures"),
        ("{when: [], ntfy: {topic: t}}", "1:11 BP702 an entry of `notify` needs `when`"),
        ("{when: {}, ntfy: {topic: t}}", "1:18 BP702 `when` takes a text, not a mapping"),
        ("{when: failure, ntfy: {}}", "1:27 BP372 `topic` is missing in `ntfy`"),
        ("{when: failure, ntfy: {topic: t, states: [fail]}}", "1:44 BP370 `ntfy` has no option `states`"),
        ("{when: soft failure, cronitor: {ping_url: 'http://x/y'}}", "1:18 BP702 `cronitor` can't tell of a soft failure"),
        ("{when: failure, quiet: night, ntfy: {topic: t}}", "1:34 BP702 `quiet` takes a part of the day"),
        ("{when: failure, quiet: '22:00-07:00', ntfy: {topic: t}}", "1:34 BP702 `quiet` is for successes, and this entry has none"),
        ("{when: success, quiet: '22:00-22:00', ntfy: {topic: t}}", "1:34 BP702 `quiet` ends when it begins"),
        ("{when: failure, cronhub: 'http://x/y'}", "1:27 BP701 unknown key `cronhub`"),
        ("{when: failure, zabbix: {server: 'http://x', itemid: 1}}",
         "1:27 BP376 `zabbix` has neither `api_key` nor `username` and `password`: nothing is sent"),
        ("{when: failure, ntfy: {topic: t, access_token: '{credential nosuch x}'}}",
         "1:44 BP230 `access_token` holds a reference that can't be followed"),
    ],
)  # fmt: skip
def test_mistakes(tmp_path: Path, entry: str, said: str) -> None:
    assert said in errors(tmp_path, f"notify: [ {entry} ]\n")


IN_PROGRAMS = [
    Point(number, where, whole=True) for number in (1, 6, 12, 16) for where in ("before", "after")
]


@pytest.mark.parametrize("point", IN_PROGRAMS, ids=str)
def test_a_killed_run_is_reported_once(
    tmp_path: Path, server: Server, heard: Web, point: Point
) -> None:
    """By `recover`, to those of the whole run; what has been done by then is no failure of its own."""
    place = Crashing(tmp_path / "place", server, NESTED)
    url = heard.url("/ok")
    place.write(
        "borgplan.yaml",
        f"notify:\n  - when: [success, failure]\n    healthchecks: {{ping_url: {url}/{MARK}}}\n"
        f"  - when: 2 failures in a row\n    healthchecks: {{ping_url: {url}/{MARK}-row}}\n",
    )
    words = ("apply", "--semantics", "2.1", "c.yaml")
    assert place.killed(point, *words).code == -signal.SIGKILL
    for _ in range(2):
        recovered = place.run("recover")
        assert recovered.code == 0, recovered
        assert [seen.path.removeprefix("/ok/") for seen in heard.seen] == [f"{MARK}/fail"]
