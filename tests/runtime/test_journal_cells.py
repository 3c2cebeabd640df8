"""What the journal forgets, keeps and believes: every cell of small tables."""

from __future__ import annotations

import json
import sqlite3
import time
from itertools import product
from pathlib import Path

import pytest

from borgplan.compiler.plan.exits import Outcome
from borgplan.runtime.engine.runner import Result
from borgplan.runtime.engine.tally import NO_TALLY, Tally, of_data
from borgplan.runtime.journal import recorder as recorders
from borgplan.runtime.journal.marks import mark_of
from borgplan.runtime.journal.recorder import Start, begin, is_proved, stored
from borgplan.runtime.journal.retention import DAYS, RUNS, retain
from borgplan.runtime.journal.store import open_for_writing, path_of
from tests.runtime.build import plan, run_scope, scope, step

PLAN = plan([run_scope(), scope("a")], [step("one", "a")])
TEXT = stored(PLAN)
LONG_AGO = time.time() - (DAYS + 1) * 86400


@pytest.fixture
def journal(tmp_path: Path) -> sqlite3.Connection:
    return open_for_writing(str(tmp_path / "journal.sqlite"))


def put(
    journal: sqlite3.Connection, number: int, closed: str, began: float, origin: int | None
) -> None:
    journal.execute(
        "INSERT INTO run (number, id, kind, origin, plan, words, directory, configurations, version, pid,"
        " started, boot, began, closed) VALUES (?, ?, 'apply', ?, 'p', '', '', '', '', 1, '', '', ?, ?)",
        (number, f"run{number}", origin, began, closed),
    )


def left(journal: sqlite3.Connection) -> set[int]:
    return {number for (number,) in journal.execute("SELECT number FROM run")}


@pytest.mark.parametrize("closed", ["", "ended", "noticed", "recovered", "forgotten"])
@pytest.mark.parametrize("is_old", [False, True])
def test_a_run_is_forgotten_only_if_it_is_closed_and_old(
    journal: sqlite3.Connection, closed: str, is_old: bool
) -> None:
    put(journal, 1, closed, LONG_AGO if is_old else time.time(), None)
    retain(journal)
    assert left(journal) == (set() if closed and is_old else {1})


@pytest.mark.parametrize(
    ("origin_closed", "later_closed"), list(product(["", "recovered"], ["", "ended"]))
)
def test_a_run_and_what_came_of_it_are_forgotten_together(
    journal: sqlite3.Connection, origin_closed: str, later_closed: str
) -> None:
    """Neither the origin of an open recovery nor a recovery of an open run."""
    put(journal, 1, origin_closed, LONG_AGO, None)
    put(journal, 2, later_closed, LONG_AGO, 1)
    put(journal, 3, "ended", LONG_AGO, None)
    retain(journal)
    assert left(journal) == (set() if origin_closed and later_closed else {1, 2})


def test_so_many_runs_are_kept(journal: sqlite3.Connection) -> None:
    for number in (1, 2, 2 + RUNS):
        put(journal, number, "ended", time.time(), None)
    retain(journal)
    assert left(journal) == {2 + RUNS}


@pytest.mark.parametrize(
    ("orderly", "lost"), list(product([True, False], ["", "the disk is full"]))
)
def test_the_mark_goes_only_after_an_orderly_end_with_all_noted(
    journal: sqlite3.Connection, orderly: bool, lost: str
) -> None:
    """It names the process groups of steps; without it nobody could wait for what outlived the run."""
    recorder = begin(journal, PLAN, TEXT, Start("apply", (), ()))
    path = journal.execute("PRAGMA database_list").fetchone()[2]
    there = Path(mark_of(path, recorder.id))
    assert there.exists()
    recorder.lost = lost
    recorder.finish(0, orderly=orderly)
    assert there.exists() is not (orderly and not lost)


def test_a_run_is_withdrawn_although_its_mark_was_removed(journal: sqlite3.Connection) -> None:
    """As by another process that has recovered the same run at the same time."""
    told: list[str] = []
    recorder = begin(journal, PLAN, TEXT, Start("recover", (), ()))
    recorder.tell = told.append
    Path(mark_of(path_of(journal), recorder.id)).unlink()
    recorder.withdraw()
    assert not left(journal)
    assert not told
    assert not recorder.lost


def test_a_run_whose_record_is_gone_is_not_gone_on_with(journal: sqlite3.Connection) -> None:
    told: list[str] = []
    recorder = begin(journal, PLAN, TEXT, Start("apply", (), ()))
    recorder.tell = told.append
    journal.execute("DELETE FROM run")
    Path(mark_of(path_of(journal), recorder.id)).unlink()
    recorder.look()
    assert "it has no record of this run" in recorder.lost
    assert "can't be continued" in told[0]


@pytest.mark.parametrize("by", ["this one", "another one"])
def test_only_what_this_version_has_verified_counts(
    journal: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch, by: str
) -> None:
    assert not is_proved(journal, TEXT)
    if by == "another one":
        monkeypatch.setattr(recorders, "VERSION", "0.0.1")
    begin(journal, PLAN, TEXT, Start("apply", (), ())).finish(0)
    monkeypatch.undo()
    assert is_proved(journal, TEXT) is (by == "this one")


def test_steps_are_numbered_from_one_in_the_order_in_which_they_began(
    journal: sqlite3.Connection,
) -> None:
    recorder = begin(journal, PLAN, TEXT, Start("apply", (), ()))
    for _ in range(2):
        recorder.started(PLAN.steps[0])
        recorder.ended(PLAN.steps[0], Result(Outcome.DONE, 0))
    kept = journal.execute("SELECT number, attempt FROM step ORDER BY number").fetchall()
    assert kept == [(1, 1), (2, 2)]


@pytest.mark.parametrize("tally", [NO_TALLY, NO_TALLY._replace(new=3)])
def test_a_step_s_work_in_numbers_is_kept_if_there_is_any(
    journal: sqlite3.Connection, tally: Tally
) -> None:
    recorder = begin(journal, PLAN, TEXT, Start("apply", (), ()))
    recorder.started(PLAN.steps[0])
    recorder.ended(PLAN.steps[0], Result(Outcome.DONE, 0, tally=tally))
    [(kept,)] = journal.execute("SELECT tally FROM step").fetchall()
    assert bool(kept) is (tally != NO_TALLY)
    assert not kept or of_data(json.loads(kept)) == tally
