"""`apply --jobs` with real processes: repositories at the same time, and signals to all of them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.interrupts import default_signals
from tests.support.made import MADE
from tests.support.pipes import release

# Each `create` says that it is there, and goes on once it is told to.
BORG = (
    '#!/bin/sh\n[ "$1" = --version ] && echo "borg 1.4.0" && exit\n'
    + MADE
    + """\
for word; do case $word in "$LAB"/repo/*) name=${word#"$LAB"/repo/}; name=${name%%:*} ;; esac; done
echo "begin $name" >> "$LAB/trace"
echo "this is $name"
[ "$name" = "$FAILS" ] && exit 2
echo there > "$LAB/ready-$name"
read -r word < "$LAB/go-$name"
echo "end $name" >> "$LAB/trace"
"""
)

CONFIGURATION = """\
repositories:
  - path: {lab}/repo/a
    label: first
  - path: {lab}/repo/b
source_directories: [/etc/hostname]
commands:
  - before: everything
    run: ['echo before >> "$LAB/trace"']
  - after: repository
    run: ["echo left it"]
  - after: error
    run: ['echo error >> "$LAB/trace"']
  - after: everything
    run: ['echo after >> "$LAB/trace"']
"""


class Place:
    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.process: subprocess.Popen[str] | None = None
        (directory / "bin").mkdir()
        (directory / "bin/borg").write_text(BORG)
        (directory / "bin/borg").chmod(0o755)
        for name in ("ready-a", "go-a", "ready-b", "go-b"):
            os.mkfifo(directory / name)
        configuration = CONFIGURATION.replace("{lab}", str(directory))
        (directory / "c.yaml").write_text(configuration)
        (directory / "c.yaml").chmod(0o600)

    def start(self, *words: str, fails: str = "") -> subprocess.Popen[str]:
        with default_signals():
            self.process = subprocess.Popen(
                [sys.executable, "-m", "borgplan.runtime", "apply", "-a", "create", "c.yaml", "--jobs",
                 "2", "--events", "events", *words],
                cwd=self.directory, text=True, stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                env={
                    "PATH": f"{self.directory}/bin:/usr/bin:/bin", "LAB": str(self.directory),
                    "HOME": str(self.directory), "FAILS": fails,
                    "BORGPLAN_STATE_DIRECTORY": f"{self.directory}/journal",
                    "BORGPLAN_BORGMATIC": "",
                },
            )  # fmt: skip
        return self.process

    def wait_for(self, name: str) -> None:
        (self.directory / f"ready-{name}").read_text()

    def let_go(self, name: str) -> None:
        (self.directory / f"go-{name}").write_text("go\n")

    @property
    def trace(self) -> list[str]:
        return (self.directory / "trace").read_text().splitlines()

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in (self.directory / "events").read_text().splitlines()]


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    found = Place(tmp_path)
    yield found
    if found.process and found.process.poll() is None:
        found.process.kill()
        found.process.communicate()
    release(*(tmp_path / name for name in ("ready-a", "go-a", "ready-b", "go-b")))


def both_there(place: Place) -> subprocess.Popen[str]:
    process = place.start()
    place.wait_for("b")
    place.wait_for("a")
    return process


def test_two_repositories_run_at_the_same_time_and_hooks_around_both(place: Place) -> None:
    process = both_there(place)
    place.let_go("b")
    place.let_go("a")
    out, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    assert place.trace[0] == "before"
    assert sorted(place.trace[1:3]) == ["begin a", "begin b"]
    assert place.trace[-1] == "after"
    assert "first: this is a\n" in errors
    assert f"{place.directory}/repo/b: this is b\n" in errors
    assert out.startswith("Done: ")


def test_a_failure_in_one_leaves_the_other_alone(place: Place) -> None:
    process = place.start(fails="a")
    place.wait_for("b")
    place.let_go("b")
    process.communicate(timeout=60)
    assert process.returncode == 1
    assert "end b" in place.trace
    assert place.trace[-2:] == ["error", "after"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_stops_both_and_the_announced_cleanups_run(
    place: Place, number: signal.Signals
) -> None:
    process = both_there(place)
    process.send_signal(number)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 128 + number, errors
    ends = [e for e in place.events if e["event"] == "step-ended"]
    assert sum(e["outcome"] == "interrupted" for e in ends) == 2
    left = {"first: left it", f"{place.directory}/repo/b: left it"}
    assert left <= set(errors.splitlines())
    assert place.trace[-2:] == ["error", "after"]
    assert errors.count("a second signal ends everything at once") == 1


def test_a_second_signal_ends_both_at_once(place: Place) -> None:
    (place.directory / "bin/borg").write_text(
        BORG.replace(
            'echo there > "$LAB/ready-$name"\n',
            "trap 'echo asked > \"$LAB/go-x\"' TERM\n"
            """NAME=$name sh -c 'echo there > "$LAB/ready-$NAME"; exec sleep 1000' &\n"""
            "while :; do wait; done\n",
        )
    )
    os.mkfifo(place.directory / "go-x")
    process = both_there(place)
    process.send_signal(signal.SIGTERM)
    (place.directory / "go-x").read_text()
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)
    assert process.returncode == 128 + signal.SIGTERM
    assert "after" not in place.trace
    assert place.events[-1]["status"] == "aborted"


def test_the_plan_shows_what_would_run_at_the_same_time(place: Place) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "borgplan.runtime", "plan", "--offline", "--jobs", "2", "c.yaml"],
        cwd=place.directory, text=True, capture_output=True, check=True,
        env={"PATH": os.environ["PATH"], "HOME": str(place.directory), "BORGPLAN_BORGMATIC": ""},
    )  # fmt: skip
    assert ran.stdout.endswith(f"\nIn parallel: first, {place.directory}/repo/b.\n")
