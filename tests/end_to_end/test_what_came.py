"""What came of runs with real Borg: a first backup, a usual one with a file that can't be read, a suddenly empty one.

Runs with the Borg on PATH and, where `scripts/ensure-borg-1.4` has built it, with 1.4 besides.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.configured import applied, apply, configure, init
from tests.end_to_end.home import Home
from tests.end_to_end.test_evidence import BORGS

pytestmark = pytest.mark.borg

# Root without the right to read what belongs to others; anybody else lacks it already.
LIKE_ANYBODY = "setpriv --bounding-set=-dac_override,-dac_read_search"


@pytest.fixture(params=BORGS, ids=["here", "1.4"][: len(BORGS)])
def prepared(request: pytest.FixtureRequest, home: Home) -> Home:
    around = LIKE_ANYBODY if os.getuid() == 0 else ""
    home.write("borg", f'#!/bin/sh\nexec {around} {request.param} "$@"\n')
    (home.path / "borg").chmod(0o755)
    shutil.rmtree(home.path / "documents")
    for number in range(20):
        home.write(f"documents/{number}", f"{number}" * 1000)
    init(home)
    home.write("borgplan.yaml", "count_files: true\n")
    configure(
        home, local_path=f"{home.path}/borg", keep_daily=1,
        checks=[{"name": "repository"}, {"name": "archives"}],
    )  # fmt: skip
    return home


def backup(data: dict[str, Any]) -> dict[str, Any]:
    (found,) = data["backups"]
    return dict(found)


def test_what_came_of_it(prepared: Home) -> None:
    home, documents = prepared, Path(prepared.path / "documents")
    first = backup(applied(home, "create", "--format", "json").report)
    assert first["size"]["files"] == 20
    assert first["since_last"] is None
    stored = first["files"].pop("stored")
    assert stored > 0
    assert first["files"] == {
        "new": 20, "changed": 0, "unchanged": 0, "unsteady": 0, "unreadable": 0,
    }  # fmt: skip

    home.write("documents/new", "new" * 5000)
    home.write("documents/0", "another text")
    (documents / "1").chmod(0)
    ran = apply(home, "create,prune,compact,check")
    assert ran.exit_code == 0, ran.stderr
    lines = ran.stdout.splitlines()
    at = next(n for n, line in enumerate(lines) if line.startswith("Backup of c.yaml in "))
    shown = [line.split(";")[0].split(" (+")[0].rsplit(", ", 1) for line in lines[at + 1 :]]
    assert shown[:3] == [
        ["  WARNING:  1 file or directory could not be read", "and so not backed up:"],
        [f"      {documents}/1: Permission denied"],
        ["  Files:    20 (1 new, 1 changed", "18 unchanged)"],
    ]
    assert [words[0].split()[0] for words in shown[3:6]] == ["Size:", "Added:", "Time:"]
    assert shown[6] == ["  Prune:    1 archive deleted", "1 kept"]
    assert shown[7][0].startswith("  Compact:  about ")
    assert shown[8][0] == "  Check:    archives, repository: no problems found"
    assert "Keeping archive" not in ran.stderr
    assert "compaction freed" not in ran.stderr

    shutil.rmtree(documents)
    documents.mkdir()
    ran = apply(home, "create", "--format", "json")
    assert ran.exit_code == 0
    last = backup(ran.report)
    assert (last["shrunk"], last["size"]["files"], last["last"]["files"]) == (True, 0, 20)
    assert "this backup is EMPTY; the last one had 20 files" in home.borgplan("show", "last").stdout
    history = home.borgplan("history").stdout
    assert "20 files (1 new, 1 changed), " in history
    assert "1 archive pruned, 1 kept" in history


def test_files_are_listed_only_where_somebody_asks_for_it(prepared: Home) -> None:
    (prepared.path / "borgplan.yaml").unlink()
    ran = applied(prepared, "create", "--format", "json")
    (found,) = ran.report["backups"]
    assert found["size"]["files"] == 20
    assert "new" not in found["files"]
    (prepared.path / "documents" / "1").chmod(0)
    said = apply(prepared, "create").stdout
    assert "  Files:    19\n" in said
    assert f"      {prepared.path}/documents/1: Permission denied\n" in said


def test_lists_that_somebody_wants_are_shown_and_counted(prepared: Home) -> None:
    home = prepared
    text = (home.path / "c.yaml").read_text()
    home.write("c.yaml", f"{text}list_details: true\n")
    ran = applied(home, "create,prune")
    assert f"A {home.path}/documents/7\n" in ran.stderr
    assert "Keeping archive (rule: daily #1)" in ran.stderr
    assert "  Files:    20, all new\n" in ran.stdout
    assert "  Prune:    0 archives deleted, 1 kept\n" in ran.stdout
