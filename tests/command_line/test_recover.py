"""After a run that was interrupted: what is said, what is refused, and what gives back what was taken."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.command_line.place import FLAT, Place, Ran

START = "location: {source_directories: [/etc/hostname], repositories: [repo]}\n"
HOOKS = """\
hooks:
    before_backup: [mkdir m, "test -e go-on || { touch waiting; exec sleep 60; }"]
    after_backup: [rmdir m]
    on_error: ["test ! -d m || rmdir m"]
"""
APPLY = ("apply", "-a", "create", "c.yaml")


def start(place: Place, *words: str) -> tuple[subprocess.Popen[bytes], int]:
    """A run that has come to its second hook, and the process of that."""
    process = subprocess.Popen(
        [sys.executable, "-m", "borgplan.runtime", *words],
        cwd=place.path, env=place.environment, stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    until = time.monotonic() + 20
    while not (place.path / "waiting").exists():
        assert time.monotonic() < until, "it never came that far"
        time.sleep(0.01)
    with open(f"/proc/{process.pid}/task/{process.pid}/children", encoding="ascii") as file:
        hook = int(file.read().split()[0])
    time.sleep(0.2)  # for the journal to know that process
    return process, hook


@pytest.fixture
def cut(place: Place) -> Place:
    """A place in which a run was interrupted by the power, with `m` taken."""
    place.write("c.yaml", START + HOOKS)
    process, hook = start(place, *APPLY)
    process.kill()
    process.wait()
    os.killpg(hook, signal.SIGKILL)
    place.write("go-on", "")
    return place


def ran_nothing(place: Place, ran: Ran, code: int = 2) -> None:
    assert ran.code == code, ran
    assert (place.path / "m").exists()
    assert not place.trace


def test_the_next_run_says_what_is_owed_and_refuses(cut: Place) -> None:
    ran = cut.run(*APPLY)
    ran_nothing(cut, ran)
    assert "was interrupted in step 2, `test -e go-on" in ran.err
    assert "(step 1, `mkdir m`, had started)" in ran.err
    assert "borgplan recover 20" in ran.err


def test_who_only_looks_on_is_told_that_the_next_run_would_refuse(cut: Place) -> None:
    """Not of other files, and not once it is recovered."""
    cut.write("other.yaml", FLAT)
    words = APPLY[1:]
    told = "/c.yaml was interrupted and has 1 outstanding cleanup: apply refuses to run until `borgplan recover 20"
    ran = cut.run("plan", *words)
    assert (ran.code, told in ran.out) == (1, True)
    ran = cut.run("apply", "--dry-run", *words)
    assert (ran.code, told in ran.err) == (0, True)
    assert (cut.path / "m").exists()
    other = cut.run("plan", "-a", "create", "other.yaml")
    assert (other.code, "interrupted" in other.out) == (0, False)
    assert cut.run("recover").code == 0
    assert not list(cut.path.glob("journal/journal.open/*"))
    again = cut.run("plan", *words)
    assert (again.code, "interrupted" in again.out) == (0, False)


def test_a_run_is_marked_as_long_as_it_goes_on(place: Place) -> None:
    waits = "touch waiting; until test -e go-on; do sleep 0.05; done"
    place.write("c.yaml", START + f"hooks: {{before_backup: ['{waits}']}}\n")
    process, _ = start(place, *APPLY)
    (mark,) = place.path.glob("journal/journal.open/*")
    assert "interrupted" not in place.run("plan", *APPLY[1:]).out
    assert mark.exists()
    place.write("go-on", "")
    assert process.wait() == 0
    assert not mark.exists()


def test_a_journal_that_cannot_be_read_keeps_nobody_from_looking_on(cut: Place) -> None:
    (journal,) = cut.path.glob("journal/**/journal")
    journal.write_bytes(b"no database" * 1000)
    looked = cut.run("plan", *APPLY[1:])
    assert (looked.code, looked.out[:6]) == (1, "Plan: ")  # what is owed is in the write-ahead log
    assert cut.run("apply", "--dry-run", *APPLY[1:]).code == 0


def test_history_and_show_say_it_too(cut: Place) -> None:
    out = cut.run("history").out
    assert "INTERRUPTED" in out
    assert "interrupted in 2 `test -e go-on" in out
    assert "outstanding cleanup of 1 `mkdir m`" in out
    assert "interrupted" in cut.run("show", "last").out
    (run,) = cut.run("history", "--format", "json").data["runs"]
    assert (run["status"], run["exit_code"], len(run["outstanding_cleanups"])) == (
        "interrupted",
        None,
        1,
    )


def test_recover_runs_what_gives_it_back_and_nothing_else(cut: Place) -> None:
    ran = cut.run("recover")
    assert ran.code == 0, ran
    assert not (cut.path / "m").exists()
    assert not cut.trace
    again = cut.run("recover")
    assert (again.code, "No cleanup is outstanding" in again.err) == (0, True)
    assert cut.run(*APPLY).code == 0
    newest, recovery, first = cut.run("history", "--format", "json").data["runs"]
    assert (newest["kind"], recovery["kind"]) == ("apply", "recover")
    assert (recovery["origin"], first["status"], first["handled"]) == (
        first["id"], "interrupted", "recovered",
    )  # fmt: skip


def test_recover_shows_what_it_would_run(cut: Place) -> None:
    ran = cut.run("recover", "--dry-run")
    ran_nothing(cut, ran, 0)
    assert "would run: `test ! -d m || rmdir m`" in ran.err
    assert cut.run(*APPLY).code == 2


def test_what_was_repaired_by_hand_is_forgotten(cut: Place) -> None:
    (cut.path / "m").rmdir()
    assert cut.run("recover", "--forget").code == 0
    assert cut.run(*APPLY).code == 0
    assert "INTERRUPTED, forgotten" in cut.run("history").out


def test_apply_recovers_if_asked_and_goes_on(cut: Place) -> None:
    ran = cut.run(*APPLY, "--recover")
    assert ran.code == 0, ran
    assert cut.trace == ["borg create"]
    assert not (cut.path / "m").exists()


def test_a_cleanup_that_fails_stays_owed(cut: Place) -> None:
    cut.write("m/file", "")
    failed = cut.run("recover")
    assert failed.code == 1
    assert "still has 1 of 1" in failed.err
    ran_nothing(cut, cut.run(*APPLY, "--recover"))
    (cut.path / "m/file").unlink()
    assert cut.run("recover", "last").code == 0
    assert not (cut.path / "m").exists()


def test_other_configurations_run_and_are_not_told(cut: Place) -> None:
    cut.write("other.yaml", FLAT)
    ran = cut.run("apply", "-a", "create", "other.yaml")
    assert ran.code == 0
    assert "interrupted" not in ran.err
    assert "outstanding" not in ran.err
    assert cut.trace == ["borg create"]


def test_hooks_are_told_that_the_run_was_cut_short(place: Place) -> None:
    told = HOOKS.replace("test ! -d m || rmdir m", "rmdir m && echo {error} > told")
    place.write("c.yaml", START + told)
    process, hook = start(place, *APPLY)
    process.kill()
    process.wait()
    os.killpg(hook, signal.SIGKILL)
    assert place.run("recover").code == 0
    assert "was interrupted in `test -e go-on" in place.read("told")


def test_nothing_is_given_back_while_the_old_step_runs(place: Place) -> None:
    place.write("c.yaml", START + HOOKS)
    process, hook = start(place, *APPLY)
    process.kill()
    process.wait()
    try:
        refused = place.run("recover", "--wait", "0")
        ran_nothing(place, refused)
        assert f"process group {hook}" in refused.err.lower()
        assert f"kill -- -{hook}" in refused.err
    finally:
        os.killpg(hook, signal.SIGKILL)
    assert place.run("recover").code == 0


def test_a_run_that_goes_on_owes_nothing_yet(place: Place) -> None:
    place.write("c.yaml", START + HOOKS)
    process, _ = start(place, *APPLY)
    try:
        assert "running" in place.run("history").out
        assert "No cleanup is outstanding" in place.run("recover").err
        assert place.run("recover", "last").code == 2
        assert place.run("resume", "last").code == 2
        assert (place.path / "m").exists()
    finally:
        process.terminate()
        assert process.wait() == 143
    assert "interrupted (SIGTERM)" in place.run("history").out
    assert not (place.path / "m").exists()


def test_a_second_signal_leaves_cleanups_owed(place: Place) -> None:
    place.write("c.yaml", START + HOOKS.replace("exec sleep", "trap '' TERM; sleep"))
    process, _ = start(place, *APPLY)
    process.terminate()
    time.sleep(0.3)
    process.terminate()
    assert process.wait() == 143
    assert "has 1 outstanding cleanup: apply refuses" in place.run("plan", *APPLY[1:]).out
    ran_nothing(place, place.run(*APPLY))
    place.write("go-on", "")
    assert place.run(*APPLY, "--recover").code == 0


def test_a_step_that_its_time_limit_ended_may_have_taken_something(place: Place) -> None:
    """Although it says by its exit code that it has failed."""
    slow = "\"trap 'exit 1' TERM; mkdir m; sleep 50\""
    hooks = HOOKS.replace("mkdir m, ", f"{slow}, ").replace(
        "test ! -d m ||", "touch waiting; sleep 9;"
    )
    place.write("c.yaml", START + hooks)
    place.write("borgplan.yaml", 'steps: [{select: command "trap *", timeout: 1s}]\n')
    process, hook = start(place, *APPLY)
    process.kill()
    process.wait()
    os.killpg(hook, signal.SIGKILL)
    assert "outstanding cleanup" in place.run("history").out


def test_a_run_cut_short_that_owes_nothing_is_told_once(place: Place) -> None:
    place.write("c.yaml", START + HOOKS.replace("mkdir m, ", "").replace("[rmdir m]", "[echo]"))
    process, hook = start(place, *APPLY)
    process.kill()
    process.wait()
    os.killpg(hook, signal.SIGKILL)
    place.write("go-on", "")
    first, second = place.run(*APPLY), place.run(*APPLY)
    assert (first.code, second.code) == (0, 0)
    assert "No cleanup is outstanding" in first.err
    assert "interrupted" not in second.err


def test_without_the_plan_of_then_recover_says_what_to_do(cut: Place) -> None:
    with closing(sqlite3.connect(cut.path / "journal/journal")) as connection, connection:
        connection.execute("UPDATE plan SET data = x'00'")
    ran = cut.run("recover")
    ran_nothing(cut, ran)
    assert "--forget" in ran.err


@pytest.fixture
def read_only(cut: Place) -> Iterator[Place]:
    """The same, and its journal can't be written any more."""
    folder = str(cut.path / "journal")
    bind = [["mount", "--bind", folder, folder], ["mount", "-o", "remount,ro,bind", folder]]
    if os.geteuid() != 0 or any(subprocess.run(c, capture_output=True).returncode for c in bind):
        pytest.skip("only root can mount a folder read-only")
    yield cut
    subprocess.run(["umount", "-l", folder], check=True)


@pytest.mark.parametrize("wish", [(), ("--recover",)])
def test_what_is_owed_counts_although_nothing_can_be_noted(
    read_only: Place, wish: tuple[str, ...]
) -> None:
    ran = read_only.run(*APPLY, *wish)
    ran_nothing(read_only, ran)
    assert "NO JOURNAL" in ran.err
    assert "has 1 outstanding cleanup: apply refuses to run until `borgplan recover" in ran.err


@pytest.mark.parametrize("words", [("recover",), ("recover", "--dry-run"), ("resume", "last")])
def test_with_a_damaged_journal_nobody_says_that_nothing_is_owed(
    cut: Place, words: tuple[str, ...]
) -> None:
    (mark,) = cut.path.glob("journal/journal.open/*")
    (cut.path / "journal/journal").write_bytes(b"no database" * 1000)
    for name in ("-wal", "-shm"):
        (cut.path / f"journal/journal{name}").unlink()
    ran = cut.run(*words)
    ran_nothing(cut, ran)
    assert "Outstanding cleanups of earlier runs are not known" in ran.err
    assert not list(cut.path.glob("journal/*corrupt*"))
    ran = cut.run(*APPLY)
    assert f"Runs that had not ended: {mark.name}." in ran.err
    assert list(cut.path.glob("journal/*corrupt*"))


def test_resume_says_at_once_that_it_would_not_go_on(cut: Place) -> None:
    ran_nothing(cut, refused := cut.run("resume", "last"))
    ran_nothing(cut, shown := cut.run("resume", "last", "--dry-run"), 0)
    for ran in (refused, shown):
        assert "outstanding cleanup" in ran.err
        assert "or add --recover" in ran.err
    assert "runs " in shown.out


def test_where_the_run_was_started_has_to_be_there(cut: Place) -> None:
    journal = cut.path / "journal/journal"
    with closing(sqlite3.connect(journal)) as connection, connection:
        connection.execute("UPDATE run SET directory = '/nonexistent/place'")
    for command in ("recover", "resume"):
        ran = cut.run(command, "last", *(["--recover"] if command == "resume" else []))
        ran_nothing(cut, ran)
        assert "/nonexistent/place" in ran.err
        assert "create it again" in ran.err


def test_there_is_nothing_to_recover_in_a_new_place(place: Place) -> None:
    assert place.run("recover").code == 0
    assert place.run("recover", "nosuch").code == 2
