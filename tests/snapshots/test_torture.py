"""Runs with real snapshots, killed at the border of every step and in the middle of it: `recover` leaves nothing.

`ALL_POINTS=1` tries every point; otherwise some of them.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from typing import NamedTuple

import pytest

from tests.snapshots.scene import Scene, scene, why_not

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not() or "-")

# Snapshots of three volumes, folders, three mounts, two backups, and all of that back.
STEPS = 16
_WORDS = ("apply", "-a", "create", "-c", "c.yaml")
_PROGRAMS = ("btrfs", "mount", "umount", "mkdir", "find", "borg")
# The process above the leader of a step's session is borgplan.
_KILLER = """\
#!/bin/sh
case " $* " in *" list "*|*" --version "*|*" info "*) exec {real} "$@";; esac
read -r _ _ _ _ _ session _ </proc/$$/stat
read -r _ _ _ above _ </proc/$session/stat
number=$(($(cat {folder}/count) + 1))
echo $number >{folder}/count
read -r at where whole <{folder}/kill-at
kill_here() {{
    [ "$at $where" = "$number $1" ] || return 0
    kill -9 "$above"
    [ "$whole" = True ] && kill -9 -- -$session
    while kill -0 "$above" 2>/dev/null; do sleep 0.01; done
    sleep 0.1
}}
kill_here before
if [ "$at $where" = "$number middle" ]; then
    {real} "$@" & child=$!
    case {real} in */borg) sleep 0.4;; esac
    kill_here middle
    wait $child
    exit
fi
{real} "$@"
code=$?
kill_here after
[ "$at $where" = "$number behind" ] && (setsid sh -c "sleep 0.00$number; kill -9 $above" >/dev/null 2>&1 &)
exit $code
"""


class Point(NamedTuple):
    """Where a run is killed: in the command that begins as `number`-th, before, in the middle of or after its work, or
    just behind it; `whole`: with the processes of its step."""

    number: int
    where: str
    whole: bool


def points() -> list[Point]:
    """All of them, or some."""
    every = [
        *(
            Point(n, where, whole)
            for n in range(1, STEPS + 1)
            for where in ("before", "middle", "after")
            for whole in (True, False)
        ),
        *(Point(n, "behind", False) for n in range(1, STEPS + 1)),
    ]
    return every if os.environ.get("ALL_POINTS") == "1" else every[3::17]


@pytest.fixture(scope="module")
def killing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """One scene for all points: each has to leave it as it was."""
    with scene(tmp_path_factory.mktemp("scene")) as found:
        found.configure("source_directories: [/srv/data, /srv/other]\nbtrfs:\n", "one", "two")
        wrapper = found.folder / "bin"
        wrapper.mkdir()
        for name in _PROGRAMS:
            real = found.shell(f"command -v {name}").strip()
            (wrapper / name).write_text(_KILLER.format(real=real, folder=found.folder))
            (wrapper / name).chmod(0o755)
        _aim(found, None)
        yield found


def _aim(place: Scene, point: Point | None) -> None:
    (place.folder / "kill-at").write_text(f"{' '.join(map(str, point or (0, '', '')))}\n")
    (place.folder / "count").write_text("0\n")


def _run(place: Scene) -> int:
    path = {"PATH": f"{place.folder / 'bin'}:{place.environment['PATH']}"}
    return place.borgplan(*_WORDS, more=path).returncode


def test_the_points_are_all_there_are(killing: Scene) -> None:
    _aim(killing, None)
    assert _run(killing) == 0
    assert (killing.folder / "count").read_text() == f"{STEPS}\n"
    assert killing.left() == []


@pytest.mark.timeout(120)
@pytest.mark.parametrize("point", points(), ids=lambda point: "-".join(map(str, point)))
def test_after_kill_9_recover_leaves_nothing(
    killing: Scene, point: Point, record_property: Callable[[str, object], None]
) -> None:
    _aim(killing, point)
    code = _run(killing)
    assert code == -9 or point.where == "behind"
    if point.whole:
        time.sleep(0.05)
    taken = killing.left()
    recovered = killing.borgplan("recover")
    left = killing.left()
    record_property("snapshots", (code == -9, len(taken), len(taken) - len(left), len(left)))
    assert (recovered.returncode, left) == (0, []), recovered.stderr
    assert "No cleanup is outstanding" in killing.borgplan("recover").stderr


def test_a_run_after_all_of_that_makes_archives(killing: Scene) -> None:
    _aim(killing, None)
    assert _run(killing) == 0
    assert "srv/data/child/docs/a" in killing.archived("two")
    assert killing.left() == []
