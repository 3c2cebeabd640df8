"""Repositories that others use, with real Borg."""

from __future__ import annotations

import os
import re
import subprocess

import pytest

from tests.end_to_end.configured import apply, configure, init
from tests.end_to_end.home import Home

pytestmark = pytest.mark.borg


def test_a_lock_that_borg_could_not_get_is_reported_as_such(home: Home) -> None:
    init(home)
    configure(home)
    go, ready = home.path / "go", home.path / "ready"
    os.mkfifo(go)
    os.mkfifo(ready)
    holding = subprocess.Popen(
        ["borg", "with-lock", f"{home.path}/backups/r", "sh", "-c", f"echo >{ready}; cat {go}"],
        env=home.environment,
    )
    ready.read_text()
    ran = apply(home, "create", "--format", "json")
    go.write_text("go\n")
    assert holding.wait(60) == 0
    assert ran.exit_code == 1
    (note,) = [step["note"] for step in ran.report["steps"] if step["fate"] == "failed"]
    assert re.match(r"ended with exit code (2|7[0-3]): another process holds Borg's lock", note)
    assert "`lock_wait`" in note
