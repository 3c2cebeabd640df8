"""A service that is stopped only while snapshots are taken, on real btrfs: it is started again whatever happens."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.command_line.place import Place
from tests.snapshots.scene import Scene, scene, why_not
from tests.snapshots.test_plan import place

__all__ = ["place"]

_NEEDS_ROOT = pytest.mark.skipif(bool(why_not()), reason=why_not() or "-")
_PROJECT = "freeze:\n    - take: svc stop app\n      give: svc start app\n"
_SVC = """\
#!/bin/sh
echo "$1 $2 $(ls -d /srv/other/.borgplan-* 2>/dev/null | wc -l)" >>{folder}/log
case $1 in stop) touch {folder}/stopped;; start) rm -f {folder}/stopped;; esac
"""
_WRAPPER = """\
#!/bin/sh
case " $* " in *" list "*|*" --version "*|*" info "*) exec {real} "$@";; esac
read -r _ _ _ _ _ session _ </proc/$$/stat
read -r _ _ _ above _ </proc/$session/stat
number=$(($(cat {folder}/count) + 1))
echo $number >{folder}/count
[ {name} = borg ] && ls {folder}/stopped 2>/dev/null >>{folder}/log
read -r at what <{folder}/point
if [ "$at" = $number ]; then
    case $what in
        fail) exit 1;;
        term) kill -TERM $above; sleep 0.3;;
        kill) kill -9 $above; kill -9 -- -$session;;
    esac
fi
exec {real} "$@"
"""
# The mark, the service, a snapshot, the service, folders, a mount, the backup; then everything back.
_BEFORE, _STEPS = 7, 10


class Point(NamedTuple):
    """What happens to the command that begins as `number`-th."""

    number: int
    what: str


def points() -> list[Point]:
    """All of them, or some. What a removal that fails leaves is not a matter of services."""
    every = [Point(n, what) for n in range(1, _STEPS + 1) for what in ("fail", "term", "kill")]
    every = [point for point in every if point.what != "fail" or point.number <= _BEFORE]
    return every if os.environ.get("ALL_POINTS") == "1" else every[1::4]


@contextmanager
def _service(folder: Path) -> Iterator[Scene]:
    with scene(folder) as found:
        found.configure("source_directories: [/srv/other]\nbtrfs:\n", "one")
        (found.folder / "borgplan.yaml").write_text(_PROJECT)
        (found.folder / "service").write_text(_SVC.format(folder=found.folder))
        (found.folder / "service").chmod(0o755)
        (found.folder / "bin").mkdir()
        for name in ("btrfs", "mount", "umount", "mkdir", "find", "borg", "svc"):
            real = (
                f"{found.folder}/service"
                if name == "svc"
                else found.shell(f"command -v {name}").strip()
            )
            wrapper = found.folder / "bin" / name
            wrapper.write_text(_WRAPPER.format(real=real, folder=found.folder, name=name))
            wrapper.chmod(0o755)
        found.environment["PATH"] = f"{found.folder}/bin:{found.environment['PATH']}"
        yield found


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """One scene for all points: each has to leave it as it was."""
    with _service(tmp_path_factory.mktemp("scene")) as found:
        yield found


@pytest.fixture
def serving_alone(tmp_path: Path) -> Iterator[Scene]:
    """A scene in which no run was killed before."""
    with _service(tmp_path) as found:
        yield found


def _run(place: Scene, point: Point | None) -> int:
    (place.folder / "point").write_text(f"{point.number} {point.what}\n" if point else "0 -\n")
    (place.folder / "count").write_text("0\n")
    (place.folder / "log").write_text("")
    return place.borgplan("apply", "-a", "create", "-c", "c.yaml").returncode


def _is_running(place: Scene) -> bool:
    return not (place.folder / "stopped").exists()


def _marks(place: Scene) -> str:
    return place.shell("ls /run/borgplan/frozen 2>/dev/null || :")


@_NEEDS_ROOT
def test_the_service_is_stopped_while_snapshots_are_taken_and_runs_before_borg(
    serving: Scene,
) -> None:
    assert _run(serving, None) == 0
    assert (serving.folder / "log").read_text() == "stop app 0\nstart app 1\n"
    assert (serving.folder / "count").read_text() == f"{_STEPS}\n"
    assert (_is_running(serving), _marks(serving), serving.left()) == (True, "", [])


@_NEEDS_ROOT
@pytest.mark.parametrize("point", points(), ids=lambda point: "-".join(map(str, point)))
def test_the_service_runs_again_whatever_happens(serving: Scene, point: Point) -> None:
    code = _run(serving, point)
    assert code == {"fail": 1, "term": 143, "kill": -9}[point.what]
    if point.what == "kill":
        assert serving.borgplan("recover").returncode == 0
    assert (_is_running(serving), _marks(serving), serving.left()) == (True, "", [])
    log = (serving.folder / "log").read_text()
    assert f"{serving.folder}/stopped" not in log  # it ran when Borg was started


@_NEEDS_ROOT
def test_a_resumed_run_stops_the_service_for_its_own_snapshots(serving_alone: Scene) -> None:
    serving = serving_alone
    serving.shell(f"mv {serving.folder}/one {serving.folder}/away")
    assert _run(serving, None) == 1
    assert (serving.folder / "log").read_text() == "stop app 0\nstart app 1\n"
    serving.shell(f"mv {serving.folder}/away {serving.folder}/one")
    (serving.folder / "log").write_text("")
    run = serving.borgplan("history").stdout.split()[0]
    assert serving.borgplan("resume", run).returncode == 0
    assert (serving.folder / "log").read_text() == "stop app 0\nstart app 1\n"
    assert (_is_running(serving), _marks(serving), serving.left()) == (True, "", [])


def test_the_plan_shows_for_how_long_a_service_stands_still(place: Place) -> None:
    place.write("borgplan.yaml", _PROJECT)
    text = place.run("plan", "-a", "create", "c.yaml").out
    assert (
        "`svc stop app`: until `svc start app`, only while a snapshot is taken; Borg runs after that.\n"
        in text
    )
    order = [
        text.index(words)
        for words in (
            "'svc stop app'",
            "zfs snapshot",
            "'svc start app'",
            "borg create",
            "released also after failures",
        )
    ]
    assert order == sorted(order)
    assert "c.yaml" not in place.run("lint", "c.yaml").out.replace("c.yaml:1:", "")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("freeze: x", "`freeze` takes a list"),
        ("freeze: [{take: a}]", "needs `take` and `give`"),
        ("freeze: [a]", "needs `take` and `give`"),
        ("freeze: [{take: a, give: [b]}]", "`give` takes a command, not a list"),
        ("freeze: [{take: a, give: ''}]", "`give` takes a command"),
        ("freeze: [{take: a, give: b, name: c}]", "`name` is not known here"),
        (
            "freeze: [{take: fsfreeze -f /srv, give: fsfreeze -u /srv}]",
            "can't freeze a file system",
        ),
    ],
)
def test_what_is_no_pair_of_commands_is_refused(place: Place, text: str, problem: str) -> None:
    place.write("borgplan.yaml", f"{text}\n")
    done = place.run("plan", "-a", "create", "c.yaml")
    assert done.code == 2
    assert problem in done.err


def test_without_snapshots_nothing_stands_still(place: Place) -> None:
    place.write("borgplan.yaml", _PROJECT)
    place.write("c.yaml", "source_directories: [/srv]\nrepositories: [{path: /backups/one}]\n")
    done = place.run("plan", "-a", "create", "c.yaml")
    assert "svc" not in done.out
    assert "BP704 no step of this plan takes a snapshot, which `freeze` is for" in done.err


def test_where_volumes_are_not_known_nothing_is_said_of_freeze(place: Place) -> None:
    place.write("borgplan.yaml", _PROJECT)
    assert "BP704" not in place.run("plan", "-a", "create", "--offline", "c.yaml").err
