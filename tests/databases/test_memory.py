"""What a dump's size costs in memory, on its way into an archive and back: nothing."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.databases.test_faults import script
from tests.end_to_end.configured import configure, init
from tests.end_to_end.home import Home

pytestmark = pytest.mark.borg
LARGE = 200_000_000 if os.environ.get("ALL_FAULTS") else 10_000_000
SMALL = 100
MORE = 4_000  # kB that may differ by chance


def most(home: Home) -> int:
    """The most memory that borgplan itself had in use, in kB, as a child of it saw it last."""
    return int((home.path / "memory").read_text().split()[1])


def run(home: Home, *words: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "borgplan.runtime", *words], cwd=home.path, env=home.environment,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def write_database(path: Path, size: int) -> int:
    """A database of about this size; gives how many rows it has."""
    rows = size // 1000 + 1
    path.unlink(missing_ok=True)
    with sqlite3.connect(path) as connection:
        connection.execute("create table t (a)")
        numbers = ((os.urandom(500).hex(),) for _ in range(rows))
        connection.executemany("insert into t values (?)", numbers)
    return rows


def test_memory_is_flat(home: Home) -> None:
    if not shutil.which("sqlite3"):
        pytest.skip("no sqlite3 is installed")
    init(home)
    (home.path / "run").mkdir()
    look = f"grep VmHWM /proc/$PPID/status >{home.path}/memory"
    client = script(home, "client", f'sqlite3 "$@" && {look}')
    entry = {"name": "s", "path": f"{home.path}/s.db", "sqlite_command": client}
    entry["sqlite_restore_command"] = client
    configure(home, user_runtime_directory=f"{home.path}/run", sqlite_databases=[entry])
    found = []
    for size in (SMALL, LARGE):
        rows = write_database(home.path / "s.db", size)
        run(home, "apply", "-a", "create", "c.yaml")
        dumped = most(home)
        run(home, "restore", "--yes", "c.yaml")
        ask = ["sqlite3", f"{home.path}/s.db", "SELECT count(*) FROM t"]
        assert int(subprocess.run(ask, capture_output=True, check=True).stdout) == rows
        found.append((dumped, most(home)))
    (small_dump, small_restore), (large_dump, large_restore) = found
    print(f"{LARGE} bytes: {large_dump} kB for the dump, {large_restore} kB for the restore")
    assert large_dump < small_dump + MORE
    assert large_restore < small_restore + MORE
