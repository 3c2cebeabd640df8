"""What is noted of runs, and what happens when it can't be."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from borgplan.runtime.system.paths import state_directory
from tests.command_line.place import FLAT, Place, nothing_ran

HOOKS = 'before_backup: ["echo first", "test ! -e fail"]\nafter_backup: ["echo last"]\n'
APPLY = ("apply", "-a", "create", "--semantics", "2.1", "c.yaml")


@pytest.fixture
def noted(place: Place) -> Place:
    place.write("c.yaml", FLAT + HOOKS)
    return place


def journal(place: Place) -> sqlite3.Connection:
    return sqlite3.connect(place.path / "journal/journal")


def change(place: Place, statement: str) -> None:
    with closing(journal(place)) as connection, connection:
        connection.execute(statement)


# --- what is noted ---


def test_a_run_is_listed_with_what_failed(noted: Place) -> None:
    noted.write("fail", "")
    assert noted.run(*APPLY).code == 1
    (noted.path / "fail").unlink()
    assert noted.run(*APPLY).code == 0
    lines = noted.run("history").out.splitlines()
    assert [line.split()[5] for line in lines if line.startswith("20")] == ["done", "FAILED"]
    assert lines[1].strip() == "archive made in repo"
    assert "2 `test ! -e fail` repo: ended with exit code 1" in lines[3]
    assert all("c.yaml" in line for line in lines if line.startswith("20"))


def test_the_archive_is_named(noted: Place) -> None:
    assert noted.run(*APPLY).code == 0
    assert noted.run("history").out.splitlines()[1].strip() == "archive made in repo"
    assert "borg create repo: archive made" in noted.run("show", "last").out
    (run,) = noted.run("history", "--format", "json").data["runs"]
    assert run["archives"] == ["made"]


def test_a_journal_without_archives_is_gone_on_with(noted: Place) -> None:
    assert noted.run(*APPLY).code == 0
    change(noted, "ALTER TABLE step DROP COLUMN archive")
    change(noted, "ALTER TABLE step DROP COLUMN size")
    change(noted, "ALTER TABLE step DROP COLUMN tally")
    change(noted, "PRAGMA user_version=2")
    assert "done" in noted.run("history").out
    assert noted.run(*APPLY).code == 0
    first, second = noted.run("history", "--format", "json").data["runs"]
    assert (first["archives"], second["archives"]) == (["made"], [])


SIZES = """\
[ "$1" = --version ] && { echo borg 1.2.4; exit; }
read -r original < "$HOME/original"
echo '{"archive": {"name": "made", "stats": {"nfiles": 3, "original_size": '"$original"', "deduplicated_size": 7}}}'
"""


def test_archives_have_sizes_and_are_compared_with_the_last(place: Place) -> None:
    place.write("bin/borg", f"#!/bin/sh\n{SIZES}").chmod(0o755)
    place.write("c.yaml", FLAT)
    told = []
    for original in (4000, 5000, 30):
        place.write("original", f"{original}\n")
        lines = place.run("apply", "-a", "create", "c.yaml").out.splitlines()
        told.append([line.strip() for line in lines[2:-1]])
    files, added = "Files:    3", "Added:    7 B"
    warning = (
        "WARNING:  this backup is less than a tenth of the last one, which had 3 files, 5.00 kB"
    )
    assert told == [
        [files, "Size:     4.00 kB", added],
        [files, "Size:     5.00 kB (+1.00 kB since the last backup)", added],
        [warning, files, "Size:     30 B (-4.97 kB since the last backup)", added],
    ]
    shown = place.run("history").out
    assert shown.count("archive made in repo: 3 files, ") == 3
    assert shown.count("WARNING: this backup is less than a tenth of the last one") == 1
    assert "done, 1 warning" in shown.splitlines()[0]
    run, *_ = place.run("show", "last").out.splitlines()
    assert run.endswith(": done, 1 warning")
    assert warning in place.run("show", "last").out
    assert "WARNING" not in place.run("show", shown.splitlines()[3].split()[0]).out
    data = place.run("show", "last", "--format", "json").data
    assert data["repositories"][0]["archives"] == ["made"]
    assert data["steps"][0]["tally"].get("unchanged") is None  # nobody asked Borg to list files
    first, *_ = place.run("history", "--format", "json").data["runs"]
    assert first["sizes"] == [{"files": 3, "original": 30, "compressed": None, "added": 7}]


def test_a_journal_without_sizes_is_gone_on_with(place: Place) -> None:
    place.write("bin/borg", f"#!/bin/sh\n{SIZES}").chmod(0o755)
    place.write("c.yaml", FLAT)
    place.write("original", "4000\n")
    assert place.run("apply", "-a", "create", "c.yaml").code == 0
    change(place, "ALTER TABLE step DROP COLUMN size")
    change(place, "ALTER TABLE step DROP COLUMN tally")
    change(place, "PRAGMA user_version=3")
    assert "archive made in repo\n" in place.run("history").out
    assert place.run("apply", "-a", "create", "c.yaml").code == 0
    first, second = place.run("history", "--format", "json").data["runs"]
    assert first["sizes"][0]["original"] == 4000
    assert second["sizes"] == [None]


def test_warnings_are_kept(place: Place) -> None:
    place.program("borg", "echo 'a file has changed'; exit 1")
    place.write("c.yaml", FLAT)
    assert place.run("apply", "-a", "create", "c.yaml").code == 0
    first, second, third, last = place.run("history").out.splitlines()
    assert "done, 1 warning" in first
    assert third.strip() == "archive made in repo"
    assert second.strip() == "1 borg create repo: ended with exit code 1: odd"
    assert last.startswith("For the output of the steps: borgplan show 20")
    shown = place.run("show", "last").out
    assert "warning" in shown
    assert "| a file has changed" in shown
    (run,) = place.run("history", "--format", "json").data["runs"]
    assert len(run["warned"]) == 1
    assert run["failed"] == []


def test_runs_are_shown_in_colour(noted: Place) -> None:
    noted.run(*APPLY)
    assert "\x1b[32mdone" in noted.run("history", "--color", "always").out
    shown = noted.run("show", "last", "--color", "always")
    assert (shown.code, shown.err) == (0, "")
    assert "\x1b[32mdone" in shown.out


def test_history_is_data_too_and_as_long_as_asked_for(noted: Place) -> None:
    for _ in range(3):
        noted.run(*APPLY)
    found = noted.run("history", "--limit", "2", "--format", "json").data
    assert (found["format"], found["version"]) == ("borgplan-history", 1)
    assert len(found["runs"]) == 2
    assert found["runs"][0]["id"] > found["runs"][1]["id"]
    newest = found["runs"][0]
    assert (newest["status"], newest["exit_code"], newest["outstanding_cleanups"]) == (
        "done",
        0,
        [],
    )
    assert newest["configurations"] == [str(noted.path / "c.yaml")]


def test_a_run_is_shown_step_by_step(noted: Place) -> None:
    noted.write("fail", "")
    noted.run(*APPLY)
    shown = noted.run("show", "last")
    assert shown.code == 0
    assert "borgplan apply -a create --semantics 2.1 c.yaml" in shown.out
    assert "1 `echo first`" in shown.out
    assert "FAILED" in shown.out
    data = noted.run("show", "last", "--format", "json").data
    assert [step["outcome"] for step in data["steps"]] == ["done", "hard", "done"]
    assert data["steps"][0]["output"] == "first"
    assert data["words"] == ["-a", "create", "--semantics", "2.1", "c.yaml"]


def test_a_run_is_found_by_the_beginning_of_its_id(noted: Place) -> None:
    noted.run(*APPLY)
    run_id = noted.run("history", "--format", "json").data["runs"][0]["id"]
    assert noted.run("show", run_id[:-1]).code == 0
    assert noted.run("show", "nosuch").code == 2
    noted.run(*APPLY)
    several = noted.run("show", run_id[:8])
    assert several.code == 2
    assert "several runs" in several.err


def test_without_a_journal_there_is_no_history(place: Place) -> None:
    assert place.run("history").out == "No run is recorded yet.\n"
    assert place.run("history", "--format", "json").data["runs"] == []
    assert place.run("show", "last").code == 2
    assert not (place.path / "journal").exists()


def test_a_dry_run_is_not_noted(noted: Place) -> None:
    assert noted.run(*APPLY, "--dry-run").code == 0
    assert not (noted.path / "journal").exists()


def test_nobody_else_can_read_it(noted: Place) -> None:
    noted.run(*APPLY)
    folder = noted.path / "journal"
    kept = [folder, *folder.rglob("*")]
    assert {stat.S_IMODE(each.stat().st_mode) for each in kept if each.is_dir()} == {0o700}
    assert {stat.S_IMODE(each.stat().st_mode) for each in kept if each.is_file()} == {0o600}


def test_secrets_are_not_in_it(place: Place) -> None:
    place.write("phrase", "very secret words\n")
    place.write(
        "c.yaml",
        FLAT + 'encryption_passphrase: "{credential file phrase}"\nbefore_backup: ["cat phrase"]\n',
    )
    ran = place.run("apply", "-a", "create", "c.yaml")
    assert "(hidden)" in ran.err
    assert "(hidden)" in place.run("show", "last", "--format", "json").out
    files = [file for file in (place.path / "journal").rglob("*") if file.is_file()]
    assert len(files) > 2
    assert not any(b"very secret" in file.read_bytes() for file in files)


def test_the_plan_is_kept_once(noted: Place) -> None:
    for _ in range(3):
        noted.run(*APPLY)
    with closing(journal(noted)) as connection:
        assert connection.execute("SELECT count(*) FROM plan").fetchone() == (1,)


def test_what_is_old_is_forgotten_with_its_plan(noted: Place) -> None:
    noted.run(*APPLY)
    change(noted, "UPDATE run SET began = 0")
    noted.run("apply", "-a", "prune", "c.yaml")
    with closing(journal(noted)) as connection:
        for table in ("run", "plan"):
            assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (1,)
        (steps,) = connection.execute("SELECT count(DISTINCT run) FROM step").fetchone()
    assert steps == 1


def test_a_run_that_was_not_looked_after_is_never_forgotten(noted: Place) -> None:
    noted.write("other.yaml", FLAT + "before_backup: [mkdir m]\nafter_backup: [rmdir m]\n")
    noted.run("apply", "-a", "create", "other.yaml")
    change(noted, "UPDATE run SET began = 0, closed = '', seconds = NULL, exit_code = NULL")
    change(noted, "DELETE FROM step WHERE number > 1")
    noted.run(*APPLY)
    found = noted.run("history", "--format", "json").data["runs"]
    assert [len(run["outstanding_cleanups"]) for run in found] == [0, 1]


def test_a_clock_that_jumps_back_changes_neither_order_nor_durations(noted: Place) -> None:
    noted.run(*APPLY)
    change(noted, "UPDATE run SET began = began + 1000000, id = '29990101-000000'")
    noted.run(*APPLY)
    newest, oldest = noted.run("history", "--format", "json").data["runs"]
    assert oldest["id"] == "29990101-000000"
    assert 0 <= newest["seconds"] < 60


def test_a_thousand_hooks(place: Place) -> None:
    hooks = ", ".join(['":"'] * 1000)
    place.write("c.yaml", FLAT + f"before_backup: [{hooks}]\n")
    assert place.run(*APPLY).code == 0
    steps = place.run("show", "last", "--format", "json").data["steps"]
    assert len(steps) == 1001


def test_runs_at_the_same_time_share_it(noted: Place) -> None:
    """Each has its own record, although they write all at once."""
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "borgplan.runtime", *APPLY, "--lock-wait", "forever"],
            cwd=noted.path, env=noted.environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )
        for _ in range(4)
    ]  # fmt: skip
    for process in processes:
        _, err = process.communicate(timeout=60)
        assert (process.returncode, "JOURNAL" in err) == (0, False), err
    runs = noted.run("history", "--format", "json").data["runs"]
    assert len({run["id"] for run in runs}) == 4
    assert {run["status"] for run in runs} == {"done"}


# --- where it can't be used ---


def test_a_damaged_journal_is_put_aside_and_the_backup_runs(noted: Place) -> None:
    noted.write("journal/journal", "this is no database, " * 100)
    ran = noted.run(*APPLY)
    assert ran.code == 0
    assert "THE JOURNAL WAS DAMAGED" in ran.err
    (aside,) = (noted.path / "journal").glob("journal.corrupt-*")
    assert aside.read_text().startswith("this is no database")
    assert len(noted.run("history", "--format", "json").data["runs"]) == 1


def test_damage_in_the_middle_is_found_too(noted: Place) -> None:
    noted.run(*APPLY)
    file = noted.path / "journal/journal"
    data = file.read_bytes()
    file.write_bytes(data[:4096] + b"\xff" * (len(data) - 4096))
    ran = noted.run(*APPLY)
    assert ran.code == 0
    assert "THE JOURNAL WAS DAMAGED" in ran.err
    assert list((noted.path / "journal").glob("journal.corrupt-*"))


def test_history_says_that_the_journal_is_damaged_and_leaves_it(noted: Place) -> None:
    noted.write("journal/journal", "this is no database, " * 100)
    ran = noted.run("history")
    assert ran.code == 2
    assert "can't be read" in ran.err
    assert (noted.path / "journal/journal").exists()


def test_a_journal_of_a_newer_borgplan_is_left_alone(noted: Place) -> None:
    noted.run(*APPLY)
    change(noted, "PRAGMA user_version = 99")
    ran = noted.run(*APPLY)
    assert ran.code == 0
    assert "NO JOURNAL" in ran.err
    assert "version 99" in ran.err
    assert noted.run("history").code == 2


@pytest.mark.parametrize("directory", ["/proc/borgplan", "/dev/null/borgplan"])
def test_without_a_journal_the_backup_runs_and_says_so(noted: Place, directory: str) -> None:
    ran = noted.run(*APPLY, BORGPLAN_STATE_DIRECTORY=directory)
    assert ran.code == 0
    assert ran.err.count("NO JOURNAL") == 1
    assert noted.trace == ["borg create"]


def test_process_groups_that_cannot_be_noted_are_told(noted: Place) -> None:
    (noted.path / "journal").mkdir()
    (noted.path / "journal/journal.open").touch()
    ran = noted.run(*APPLY)
    assert (ran.code, noted.trace) == (0, ["borg create"])
    assert "INCOMPLETE" in ran.err
    assert "process groups can't be recorded: " in ran.err


@pytest.mark.parametrize("command", ["history", "recover"])
def test_a_folder_for_the_journal_that_is_none_is_no_empty_journal(
    noted: Place, command: str
) -> None:
    noted.write("file", "")
    ran = noted.run(command, BORGPLAN_STATE_DIRECTORY=str(noted.path / "file"))
    assert ran.code == 2
    assert f"{noted.path}/file/journal" in ran.err


def test_strict_wants_a_journal(noted: Place) -> None:
    ran = noted.run(*APPLY, "--strict", BORGPLAN_STATE_DIRECTORY="/proc/borgplan")
    nothing_ran(noted, ran)
    assert "--strict" in ran.err


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own, of 900 kB."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=900k", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode != 0:
        pytest.skip("only root can mount a small disk")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def change_size(folder: Path, size: str) -> None:
    subprocess.run(["mount", "-o", f"remount,size={size}", str(folder)], check=True)


def test_space_is_kept_for_the_end_of_a_run_that_fills_the_disk(
    noted: Place, small_disk: Path
) -> None:
    noted.write("c.yaml", FLAT + f"before_backup: ['head -c 1M /dev/zero > {small_disk}/x; :']\n")
    place = {"BORGPLAN_STATE_DIRECTORY": str(small_disk / "journal")}
    ran = noted.run(*APPLY, **place)
    assert (ran.code, "JOURNAL" in ran.err) == (0, False)
    (run,) = noted.run("history", "--format", "json", **place).data["runs"]
    assert (run["status"], run["exit_code"]) == ("done", 0)


def test_a_full_disk_ends_no_run_and_is_told_at_the_end(noted: Place, small_disk: Path) -> None:
    noted.write("c.yaml", FLAT + f"before_backup: ['head -c 1M /dev/zero > {small_disk}/x; :']\n")
    change_size(small_disk, "200k")
    ran = noted.run(*APPLY, BORGPLAN_STATE_DIRECTORY=str(small_disk / "journal"))
    assert ran.code == 0
    assert "THE JOURNAL IS INCOMPLETE" in ran.err
    assert noted.trace == ["borg create"]


def test_a_disk_that_is_full_already_is_told_at_once(noted: Place, small_disk: Path) -> None:
    subprocess.run(f"head -c 1M /dev/zero > {small_disk}/x", shell=True, stderr=subprocess.DEVNULL)
    ran = noted.run(*APPLY, BORGPLAN_STATE_DIRECTORY=str(small_disk / "journal"))
    assert ran.code == 0
    assert "NO JOURNAL" in ran.err


def test_a_busy_journal_is_waited_for(noted: Place) -> None:
    noted.run(*APPLY)
    with closing(journal(noted)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        process = subprocess.Popen(
            [sys.executable, "-m", "borgplan.runtime", *APPLY, "--lock-wait", "forever"],
            cwd=noted.path, env=noted.environment, stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        time.sleep(0.5)
        connection.rollback()
        _, err = process.communicate(timeout=30)
    assert (process.returncode, "JOURNAL" in err) == (0, False)


def test_a_relative_place_is_the_same_from_everywhere() -> None:
    relative = {"BORGPLAN_STATE_DIRECTORY": "here"}
    assert state_directory(relative, "/home/a", root=True) == "/home/a/here"


def test_where_it_is() -> None:
    home = "/home/anna"
    assert state_directory({}, home, root=False) == "/home/anna/.local/state/borgplan"
    assert state_directory({"XDG_STATE_HOME": "/x"}, home, root=False) == "/x/borgplan"
    assert state_directory({"XDG_STATE_HOME": "/x"}, "/root", root=True) == "/var/lib/borgplan"
    assert state_directory({"STATE_DIRECTORY": "/s:/t"}, home, root=True) == "/s"
    both = {"STATE_DIRECTORY": "/s", "BORGPLAN_STATE_DIRECTORY": "/b"}
    assert state_directory(both, home, root=True) == "/b"
