"""Runs killed in the middle of every step: nothing owed is lost or run again, no archive is made twice.

`ALL_POINTS=1` tries every point; otherwise some of them.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.end_to_end.configured import configure
from tests.end_to_end.crashing import NESTED, OLD, Crashing, Point, owed
from tests.end_to_end.home import PHRASE, Home
from tests.support.laboratory import Server

WORDS = ("apply", "-a", "create,prune", "c.yaml")
PROGRAMS = {"nested": (NESTED, 16), "old": (OLD, 10)}


def points(scenario: str) -> list[Point]:
    every = [
        Point(number, where, whole)
        for number in range(1, PROGRAMS[scenario][1] + 1)
        for where in ("before", "after")
        for whole in (True, False)
    ]
    return (
        every if os.environ.get("ALL_POINTS") == "1" else every[:: 7 if scenario == "nested" else 9]
    )


CASES = [(scenario, point) for scenario in PROGRAMS for point in points(scenario)]


@pytest.fixture
def crashing(request: pytest.FixtureRequest, tmp_path: Path, server: Server) -> Crashing:
    return Crashing(tmp_path / "place", server, PROGRAMS[request.param][0])


@pytest.mark.parametrize("scenario", PROGRAMS)
def test_the_points_are_all_there_are(scenario: str, tmp_path: Path, server: Server) -> None:
    place = Crashing(tmp_path / "place", server, PROGRAMS[scenario][0])
    assert place.run(*WORDS).code == 0
    assert place.begun == PROGRAMS[scenario][1]
    assert not place.held


@pytest.mark.parametrize(
    ("crashing", "point"), CASES, ids=[f"{s}-{'-'.join(map(str, p))}" for s, p in CASES],
    indirect=["crashing"],
)  # fmt: skip
def test_after_a_crash_everything_owed_is_given_back_and_no_archive_made_twice(
    crashing: Crashing, point: Point, record_property: Callable[[str, object], None]
) -> None:
    killed = crashing.killed(point, *WORDS)
    assert killed.code == -9, killed
    assert crashing.run("history").code == 0
    missing = owed(_as_seen(crashing.log, point))
    _refuses_if_owed(crashing, missing)
    ran = _recovers(crashing, missing)
    record_property("torture", (len(missing), len(ran)))
    assert not crashing.held
    resumed = crashing.run("resume", "last")
    assert resumed.code == 0, resumed
    assert (crashing.archives("near"), crashing.archives("far")) == (1, 1)
    assert not crashing.held
    assert crashing.run(*WORDS).code == 0


def _as_seen(log: list[str], point: Point) -> list[str]:
    """Without the end of the step that was cut, which an orphan notes, but no journal."""
    begun = 0
    for place, line in enumerate(log):
        begun += line.startswith("begin ")
        if begun == point.number:
            return log[: place + 1]
    return log


def _refuses_if_owed(crashing: Crashing, missing: list[str]) -> None:
    if not missing:
        return
    before = crashing.begun
    refused = crashing.run(*WORDS)
    assert refused.code == 2, refused
    assert "borgplan recover" in refused.err
    assert crashing.begun == before


def _recovers(crashing: Crashing, missing: list[str]) -> list[str]:
    before = crashing.begun
    recovered = crashing.run("recover")
    ran = crashing.programs[before:]
    assert recovered.code == 0, recovered
    assert ran == missing
    again = crashing.run("recover")
    assert again.code == 0
    assert "No cleanup is outstanding" in again.err
    assert crashing.begun == before + len(missing)
    return ran


WRAPPER = """\
#!/bin/sh
borg "$@"
code=$?
if [ "$1" = create ] && [ ! -e ~/killed ]; then touch ~/killed; kill -9 $PPID; fi
exit $code
"""


@pytest.mark.borg
def test_borg_itself_says_that_an_archive_was_made(home: Home) -> None:
    """borgplan is killed when Borg has made the archive, and before it could note that."""
    home.write("wrapper", WRAPPER)
    (home.path / "wrapper").chmod(0o700)
    configure(
        home, encryption_passphrase=PHRASE, local_path="./wrapper", before_backup=["mkdir held"],
        after_backup=["rmdir held"], keep_daily=1,
    )  # fmt: skip
    assert (
        home.borgplan("apply", "-a", "repo-create", "-e", "repokey-blake2", "c.yaml").exit_code == 0
    )
    assert home.borgplan("apply", "-a", "create,prune", "c.yaml").exit_code == -9
    assert home.borgplan("apply", "-a", "create,prune", "c.yaml").exit_code == 2
    assert home.borgplan("recover").exit_code == 0
    assert not (home.path / "held").exists()
    resumed = home.borgplan("resume", "last")
    assert resumed.exit_code == 0, resumed
    assert "borg create" not in resumed.stderr
    assert "borg prune" in resumed.stderr
    assert len(home.archives("r")) == 1


RECOVERIES = [Point(number, where, True) for number in (1, 2, 3) for where in ("before", "after")]


@pytest.mark.parametrize("point", RECOVERIES, ids=lambda p: f"{p.number}-{p.where}")
@pytest.mark.parametrize("crashing", ["nested"], indirect=True)
def test_a_recovery_that_is_killed_is_recovered(crashing: Crashing, point: Point) -> None:
    crashing.killed(Point(6, "after", whole=True), *WORDS)
    missing = owed(_as_seen(crashing.log, Point(6, "after", whole=True)))
    before = crashing.begun
    assert crashing.killed(point, "recover").code == -9
    assert crashing.run("recover").code == 0
    ran = crashing.programs[before:]
    # What was cut itself runs again; what went well before doesn't.
    assert ran == missing[: point.number] + missing[point.number - 1 :]
    assert not crashing.held


@pytest.mark.parametrize("where", ["before", "after"])
@pytest.mark.parametrize("crashing", ["nested"], indirect=True)
def test_a_resumed_run_that_is_killed_is_resumed(crashing: Crashing, where: str) -> None:
    crashing.killed(Point(5, where, whole=True), *WORDS)
    assert crashing.killed(Point(6, where, whole=True), "resume", "last", "--recover").code == -9
    resumed = crashing.run("resume", "last", "--recover")
    assert resumed.code == 0, resumed
    assert (crashing.archives("near"), crashing.archives("far")) == (1, 1)
    assert not crashing.held
