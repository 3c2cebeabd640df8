"""What goes wrong while a database is dumped, with real Borg: told, without an archive, with nothing left behind."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.end_to_end.configured import apply, configure, init
from tests.end_to_end.home import Home, Ran

pytestmark = pytest.mark.borg


@pytest.fixture(autouse=True)
def _counted(record_property: Callable[[str, object], None]) -> None:
    record_property("fault", "injected")


SOUND = "echo '-- a dump'; echo '--'; echo '-- PostgreSQL database dump complete'; echo '--'"
LARGE = "head -c 3000000 /dev/zero | tr '\\0' x"
# What a program does that should dump, and the words that tell of it.
FAULTS = {
    "exits with 1 at once": ("echo 'FATAL: no such database' >&2; exit 1", "FATAL: no such database"),
    "exits with 1 after output": (f"{SOUND}; {LARGE}; echo broken >&2; exit 1", "broken"),
    "exits with 0 without output": ("exit 0", "is empty"),
    "is cut": (f"echo '-- a dump'; {LARGE}", "its end is missing"),
    "is killed at once": ("kill -9 $$", "SIGKILL"),
    "is killed after output": (f"{SOUND}; {LARGE}; kill -9 $$", "SIGKILL"),
    "closes its output and fails later": (f"{SOUND}; exec >&-; sleep 0.3; exit 3", "exit code 3"),
}  # fmt: skip


def script(home: Home, name: str, text: str) -> str:
    """A program of this text."""
    path = home.path / name
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o700)
    return str(path)


def dumping(home: Home, *texts: str, **options: Any) -> None:
    """A configuration with a database for each of these programs."""
    (home.path / "run").mkdir(exist_ok=True)
    databases = [
        {"name": f"db{n}", "format": "plain", "pg_dump_command": script(home, f"dump{n}", text)}
        for n, text in enumerate(texts)
    ]
    runtime = str(home.path / "run")
    configure(home, user_runtime_directory=runtime, postgresql_databases=databases, **options)


def leaves_nothing(home: Home) -> None:
    """No folder, no pipe, no program of the dumps."""
    assert list((home.path / "run").iterdir()) == []
    listed = subprocess.run(
        ["ps", "axww", "-o", "args"], capture_output=True, text=True, check=True
    )
    assert [line for line in listed.stdout.split("\n") if f"{home.path}/dump" in line] == []


def told(home: Home, ran: Ran, words: str) -> None:
    assert ran.exit_code == 1, ran.stderr
    assert words in ran.stderr
    assert home.archives("r") == []
    assert "No backup of c.yaml was made" in ran.stdout
    leaves_nothing(home)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_dump_that_fails_fails_the_backup(home: Home, fault: str) -> None:
    text, words = FAULTS[fault]
    init(home)
    dumping(home, SOUND, text, SOUND)
    told(home, apply(home, "create"), words)
    dumping(home, SOUND, SOUND, SOUND)
    assert apply(home, "create").exit_code == 0
    assert len(home.archives("r")) == 1
    leaves_nothing(home)


def test_a_missing_program_is_found_before_borg_starts(home: Home) -> None:
    init(home)
    dumping(home, SOUND)
    (home.path / "dump0").unlink()
    ran = apply(home, "create")
    told(home, ran, "not found")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("exit 0", "Borg ended without reading it"),
        ("exit 2", "exit code 2"),
        ("exec head -c 10 \"$(find $RUN -name db0)\" >/dev/null", "Borg"),
    ],
)  # fmt: skip
def test_a_borg_that_does_not_read_is_told(home: Home, text: str, words: str) -> None:
    """And no program waits for it for ever."""
    init(home)
    real = 'case "$1" in create) ;; *) exec borg "$@";; esac'
    borg = script(home, "borg-stand-in", f"RUN={home.path}/run\n{real}\n{text}")
    dumping(home, f"{LARGE}; {SOUND}", local_path=borg)
    begun = time.monotonic()
    told(home, apply(home, "create"), words)
    assert time.monotonic() - begun < 30


def test_a_pipe_and_a_link_to_a_device_among_the_sources_do_not_stop_borg(home: Home) -> None:
    init(home)
    os.mkfifo(home.path / "documents/pipe [1]\n")
    (home.path / "documents/zeros").symlink_to("/dev/zero")
    dumping(home, SOUND)
    assert apply(home, "create").exit_code == 0
    (archive,) = home.archives("r")
    listed = home.borg("list", "--short", f"backups/r::{archive}").decode()
    assert "zeros" not in listed
    assert "documents/letter.txt" in listed


def test_excludes_of_the_user_do_not_reach_dumps(home: Home) -> None:
    init(home)
    dumping(home, SOUND, exclude_patterns=["**/db0", "*/postgresql_databases"])
    assert apply(home, "create").exit_code == 0
    assert len(home.archives("r")) == 1


@pytest.mark.parametrize("number", ["TERM", "KILL"])
def test_a_run_that_is_stopped_leaves_no_archive(home: Home, number: str) -> None:
    init(home)
    dumping(home, f"{SOUND}; echo $$ >{home.path}/begun; exec sleep 60")
    words = [sys.executable, "-m", "borgplan.runtime", "apply", "-a", "create", "c.yaml"]
    run = subprocess.Popen(
        words, cwd=home.path, env=home.environment,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    until = time.monotonic() + 30
    while not (home.path / "begun").exists() and time.monotonic() < until:
        time.sleep(0.05)
    run.send_signal(15 if number == "TERM" else 9)
    code = run.wait(60)
    if number == "TERM":
        assert code == 143
        leaves_nothing(home)
    else:
        os.killpg(int((home.path / "begun").read_text()), 9)
        time.sleep(5)  # Borg ends by itself
    assert home.archives("r") == []
    dumping(home, SOUND)
    ran = apply(home, "create", "--recover")
    assert ran.exit_code == 0, ran.stderr
    assert len(home.archives("r")) == 1
    leaves_nothing(home)
