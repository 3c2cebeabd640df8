"""Runs that share a repository, as real processes: one at a time, and nobody is left out for ever."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from borgplan.compiler.borg.locations import normal_location
from borgplan.compiler.plan.model import Plan, ScopeKind
from borgplan.runtime.journal import locks
from borgplan.runtime.journal.locks import wanted
from tests.runtime.build import command, plan, run_scope, scope, step
from tests.support.interrupts import default_signals
from tests.support.made import MADE
from tests.support.pipes import release

# Notes that it began, and that it ended once it is told to: two of them at once would be seen.
BORG = (
    '#!/bin/sh\n[ "$1" = --version ] && echo "borg 1.4.0" && exit\n'
    + MADE
    + """\
echo "begin $1" >> "$LAB/trace"
echo > "$LAB/ready"
read -r word < "$LAB/go"
echo "end $1" >> "$LAB/trace"
"""
)


class Place:
    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.started: list[subprocess.Popen[str]] = []
        (directory / "bin").mkdir()
        (directory / "bin/borg").write_text(BORG)
        (directory / "bin/borg").chmod(0o755)
        for name in ("ready", "go"):
            os.mkfifo(directory / name)

    def configure(self, name: str, *repositories: str) -> None:
        """Repositories of this place: root's locks are the same for every test that runs just now."""
        file = self.directory / name
        paths = "".join(f"  - path: {self.directory}/{path}\n" for path in repositories)
        file.write_text(f"repositories:\n{paths}source_directories: [/etc/hostname]\n")
        file.chmod(0o600)

    def start(self, config: str, *words: str) -> subprocess.Popen[str]:
        with default_signals():
            process = subprocess.Popen(
                [sys.executable, "-m", "borgplan.runtime", "apply", "-a", "create", config, *words],
                cwd=self.directory, text=True, stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                env={
                    "PATH": f"{self.directory}/bin:/usr/bin:/bin", "LAB": str(self.directory),
                    "HOME": str(self.directory),
                    "BORGPLAN_STATE_DIRECTORY": f"{self.directory}/journal",
                    "BORGPLAN_BORGMATIC": "",
                },
            )  # fmt: skip
        self.started.append(process)
        return process

    def wait_for_borg(self) -> None:
        (self.directory / "ready").read_text()

    def let_go(self) -> None:
        (self.directory / "go").write_text("go\n")

    @property
    def trace(self) -> list[str]:
        return (self.directory / "trace").read_text().splitlines()


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    found = Place(tmp_path)
    yield found
    for process in found.started:
        if process.poll() is None:
            process.kill()
        process.communicate()
    release(*(tmp_path / name for name in ("ready", "go")))


def test_the_second_run_refuses_and_names_the_first(place: Place) -> None:
    place.configure("one.yaml", "a")
    place.configure("two.yaml", "b", "a/")
    first = place.start("one.yaml")
    place.wait_for_borg()
    second = place.start("two.yaml")
    _, errors = second.communicate(timeout=60)
    assert second.returncode == 2
    assert f"{place.directory}/a/ is in use by process {first.pid} of " in errors
    assert "`borgplan apply one.yaml`, since " in errors
    place.let_go()
    assert first.wait(60) == 0
    assert place.trace == ["begin create", "end create"]


@pytest.mark.parametrize("wait", ["60", "forever"])
def test_the_second_run_waits_until_the_first_is_done(place: Place, wait: str) -> None:
    place.configure("one.yaml", "a")
    first = place.start("one.yaml")
    place.wait_for_borg()
    second = place.start("one.yaml", "--lock-wait", wait)
    assert second.stderr
    assert any(
        f"Waiting: {place.directory}/a is in use by process" in line for line in second.stderr
    )
    assert place.trace == ["begin create"]
    place.let_go()
    place.wait_for_borg()
    place.let_go()
    assert (first.wait(60), second.wait(60)) == (0, 0)
    assert place.trace == ["begin create", "end create"] * 2


def test_a_wait_ends_with_a_refusal(place: Place) -> None:
    place.configure("one.yaml", "a")
    place.start("one.yaml")
    place.wait_for_borg()
    second = place.start("one.yaml", "--lock-wait", "1")
    _, errors = second.communicate(timeout=60)
    assert second.returncode == 2
    assert f"borgplan refuses to run: {place.directory}/a is in use by" in errors


@pytest.mark.parametrize(
    ("number", "code"),
    [(signal.SIGTERM, -signal.SIGTERM), (signal.SIGHUP, -signal.SIGHUP), (signal.SIGINT, 130)],
)
def test_who_waits_can_be_interrupted(place: Place, number: int, code: int) -> None:
    place.configure("one.yaml", "a")
    place.start("one.yaml")
    place.wait_for_borg()
    second = place.start("one.yaml", "--lock-wait", "forever")
    assert second.stderr
    assert any("Waiting" in line for line in second.stderr)
    second.send_signal(number)
    assert second.wait(60) == code
    assert place.trace == ["begin create"]


def test_a_run_that_was_killed_leaves_no_lock(place: Place) -> None:
    place.configure("one.yaml", "a")
    first = place.start("one.yaml")
    place.wait_for_borg()
    first.kill()
    first.wait()
    place.let_go()
    second = place.start("one.yaml")
    place.wait_for_borg()
    place.let_go()
    assert second.wait(60) == 0


def test_other_repositories_are_no_hindrance(place: Place) -> None:
    place.configure("one.yaml", "a")
    place.configure("two.yaml", "b")
    place.start("one.yaml")
    place.wait_for_borg()
    place.start("two.yaml")
    place.wait_for_borg()
    assert place.trace == ["begin create", "begin create"]


def test_spellings_of_one_local_repository_are_one_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "repo").mkdir()
    (tmp_path / "link").symlink_to("repo")
    names = ["repo", "repo/", "./x/../link", f"{tmp_path}//repo", f"file://{tmp_path}/link"]
    assert len({wanted(_plan(name), dry_run=False)[0].file for name in names}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ssh://u@host/./r", "u@host:r"),
        ("ssh://u@HOST:22/~/r/", "u@host:~/r"),
        ("ssh://host//srv/r", "host:/srv/r"),
    ],
)
def test_spellings_of_one_remote_repository_are_one(one: str, other: str) -> None:
    assert normal_location(one, "/") == normal_location(other, "/")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ssh://host/r", "ssh://host/./r"),
        ("ssh://host:2222/r", "ssh://host/r"),
        ("host:r", "other:r"),
        ("u@host:r", "host:r"),
        ("r", "host:r"),
    ],
)
def test_other_remote_repositories_are_others(one: str, other: str) -> None:
    assert normal_location(one, "/") != normal_location(other, "/")


def test_runs_that_only_read_share_and_all_others_do_not() -> None:
    assert [lock.shared for lock in wanted(_plan("/r", "list"), dry_run=False)] == [True]
    assert [lock.shared for lock in wanted(_plan("/r", "list", "prune"), dry_run=False)] == [False]
    assert [lock.shared for lock in wanted(_plan("/r", "break-lock"), dry_run=False)] == [False]
    assert [lock.shared for lock in wanted(_plan("/r", "prune"), dry_run=True)] == [True]


def _plan(location: str, *subcommands: str) -> Plan:
    where = scope(location, kind=ScopeKind.REPOSITORY)
    commands = subcommands or ("create",)
    return plan(
        [run_scope(), where],
        [step(name, location, work=command("borg", name)) for name in commands],
    )


def test_the_next_place_for_locks_is_tried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(locks, "_OF_ROOT", str(tmp_path / "file/locks"))
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    state = {"XDG_STATE_HOME": str(tmp_path / "state")}
    assert locks.directory_of_locks(state, "/") == f"{tmp_path}/state/borgplan/locks"
    with pytest.raises(locks.BusyError, match=r"can.t be kept in .*/file/locks: "):
        locks.directory_of_locks({"XDG_STATE_HOME": str(tmp_path / "file")}, "/")


@pytest.mark.parametrize(("user", "kept_in"), [(0, "root"), (1000, "state/borgplan/locks")])
def test_root_has_one_place_for_locks_whatever_the_environment_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, user: int, kept_in: str
) -> None:
    monkeypatch.setattr(locks, "_OF_ROOT", f"{tmp_path}/root")
    monkeypatch.setattr(os, "geteuid", lambda: user)
    environment = {"XDG_STATE_HOME": f"{tmp_path}/state"}
    assert locks.directory_of_locks(environment, str(tmp_path)) == f"{tmp_path}/{kept_in}"


def test_who_belongs_to_somebody_else_runs_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(pid: int, number: int) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "kill", refused)
    assert locks._runs(1)


def test_a_wait_ends_when_its_time_is_up(tmp_path: Path) -> None:
    lock = locks.Wanted("repo", "a.lock", shared=False)
    mine = locks.Holder(os.getpid(), "root", "apply", "now")
    told: list[str] = []
    with locks.held([lock], str(tmp_path), mine, 0, told.append):
        began = time.monotonic()
        with (
            pytest.raises(locks.BusyError, match="repo is in use by"),
            locks.held([lock], str(tmp_path), mine, 0.3, told.append),
        ):
            pass
    assert 0.3 <= time.monotonic() - began < 10
    assert len(told) == 1
