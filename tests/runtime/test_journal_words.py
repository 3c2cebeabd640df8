"""What the journal keeps, for how long and for whom; and what it says of runs that were interrupted."""

from __future__ import annotations

import os
import sqlite3
import time
from pathlib import Path
from typing import Any

import pytest

from borgplan.compiler.analysis.recovery import PendingCleanup
from borgplan.compiler.plan.exits import Outcome
from borgplan.compiler.plan.feeds import Feed
from borgplan.compiler.plan.model import Phase, Role, ScopeKind, Trigger
from borgplan.runtime.engine.runner import Result
from borgplan.runtime.journal import interrupted
from borgplan.runtime.journal.interrupted import InterruptedRun, story
from borgplan.runtime.journal.marks import Group, groups, mark, note
from borgplan.runtime.journal.recorder import Start, begin, stored
from borgplan.runtime.journal.records import (
    Run,
    StepRecord,
    resumed_before,
    run_numbered,
    runs_named,
    steps,
)
from borgplan.runtime.journal.retention import retain
from borgplan.runtime.journal.store import open_for_reading, open_for_writing, release_reserve
from borgplan.runtime.system.process_identity import Process
from tests.runtime.build import command, plan, run_scope, scope, step
from tests.runtime.test_journal_cells import left, put

DAY = 24 * 60 * 60
PLAN = plan(
    [run_scope(), scope("/r", kind=ScopeKind.REPOSITORY)],
    [
        step("take", "/r", Phase.ENTER),
        step("create", "/r", work=command("borg", "create")),
        step("give", "/r", Phase.EXIT, Trigger.ALWAYS),
    ],
)
RUN = Run(
    7, "0123", "apply", None, "p", (), "/", ("/etc/a.yaml",), "1", Process(1, "", ""), 0.0, None, None, ""
)  # fmt: skip
RECORD = StepRecord(1, "take", 1, 0.0, None, None, None, "", "", False)
TAKE = PendingCleanup("take", "what is taken", ("give",))


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "journal.sqlite")


@pytest.fixture
def journal(path: str) -> sqlite3.Connection:
    return open_for_writing(path)


def test_runs_are_kept_as_the_manual_says(journal: sqlite3.Connection) -> None:
    """For 90 days, and 500 of them: docs/recovery.md."""
    now = time.time()
    for number, age in ((1, 0), (2, 0), (3, 90 * DAY + 45), (4, 90 * DAY - 45), (502, 0)):
        put(journal, number, "ended", now - age, None)
    retain(journal)
    assert left(journal) == {4, 502}
    put(journal, 3, "ended", now, None)
    retain(journal)
    assert left(journal) == {3, 4, 502}


def test_nothing_is_forgotten_of_an_empty_journal(journal: sqlite3.Connection) -> None:
    retain(journal)
    put(journal, 1, "ended", time.time(), None)
    retain(journal)
    assert left(journal) == {1}


def test_what_belongs_to_a_run_goes_with_it(journal: sqlite3.Connection) -> None:
    recorder = begin(journal, PLAN, stored(PLAN), Start("apply", (), ()))
    recorder.started(PLAN.steps[0])
    recorder.ended(PLAN.steps[0], Result(Outcome.DONE, 0))
    recorder.finish(0)
    journal.execute("UPDATE run SET began = 1")
    retain(journal)
    for table in ("run", "step", "plan", "take"):
        assert journal.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)


def test_nobody_else_can_read_a_file_of_it(tmp_path: Path) -> None:
    mask = os.umask(0)
    try:
        path = str(tmp_path / "journal.sqlite")
        journal = open_for_writing(path)
        os.close(mark(path, "one"))
        journal.execute("SELECT 1")
    finally:
        os.umask(mask)
    for name in (path, f"{path}.reserve", f"{path}.open/one"):
        assert os.stat(name).st_mode & 0o777 == 0o600, name


def test_a_quarter_of_a_megabyte_is_kept_free_and_given_back_once(path: str) -> None:
    open_for_writing(path)
    assert os.stat(f"{path}.reserve").st_size == 262_144
    assert release_reserve(path)
    assert not release_reserve(path)
    assert not os.path.exists(f"{path}.reserve")
    open_for_writing(path)
    assert os.path.exists(f"{path}.reserve")


def test_there_is_no_journal_before_the_first_run(path: str) -> None:
    assert open_for_reading(path) is None


def test_the_highest_number_of_a_process_is_one(path: str) -> None:
    """proc(5): pid_max is at most 4,194,304."""
    descriptor = mark(path, "one")
    for pid in (1, 2, 4_194_304, 4_194_305):
        note(descriptor, 1, Group(pid, 1.0))
    os.close(descriptor)
    assert [group.pid for group in groups(path, "one")[1]] == [2, 4_194_304]


def test_the_end_of_what_a_step_printed_is_kept(journal: sqlite3.Connection) -> None:
    recorder = begin(journal, PLAN, stored(PLAN), Start("apply", (), ()))
    for attempt in (1, 2):
        recorder.started(PLAN.steps[0])
        output = "x" * 10 + "y" + "z" * 4095 if attempt == 1 else ""
        recorder.ended(PLAN.steps[0], Result(Outcome.HARD, 1, output))
    recorder.finish(1)
    [run] = runs_named(journal, "last")
    assert run.seconds is not None
    assert 0 <= run.seconds < 600
    assert [record.output for record in steps(journal, run)] == ["y" + "z" * 4095, ""]
    assert [record.attempt for record in steps(journal, run)] == [1, 2]


def test_who_went_on_with_the_same_run_before(journal: sqlite3.Connection) -> None:
    put(journal, 1, "ended", 0.0, None)
    put(journal, 2, "ended", 0.0, None)
    for number, kind, origin in (
        (3, "resume", 1),
        (4, "recover", 2),
        (5, "resume", 2),
        (6, "resume", 1),
    ):
        put(journal, number, "ended", 0.0, origin)
        journal.execute("UPDATE run SET kind = ? WHERE number = ?", (kind, number))
    journal.execute("UPDATE run SET words = '[]', configurations = '[]'")
    found = {number: resumed_before(journal, number) for number in (1, 3, 5, 6)}
    assert {number: run and run.number for number, run in found.items()} == {
        1: None, 3: None, 5: None, 6: 3
    }  # fmt: skip
    assert run_numbered(journal, 7) is None
    numbered = run_numbered(journal, 5)
    assert numbered
    assert (numbered.number, numbered.origin) == (5, 2)


@pytest.mark.parametrize(
    ("closed", "cut"), [("", True), ("ended", False), ("noticed", True), ("recovered", True)]
)
def test_a_run_was_cut_unless_it_ended(closed: str, *, cut: bool) -> None:
    gone = RUN._replace(process=Process(1 << 22, "1", "none"), closed=closed)
    assert not gone.goes_on
    assert gone.was_cut is cut


@pytest.mark.parametrize(
    ("outcome", "code", "warned", "well"),
    [
        (Outcome.DONE, 0, False, True),
        (Outcome.DONE, None, False, True),
        (Outcome.DONE, 1, True, False),
        (Outcome.HARD, 1, False, False),
        (Outcome.HARD, None, False, False),
        (None, None, False, False),
    ],
)
def test_how_an_attempt_went(
    outcome: Outcome | None, code: int | None, *, warned: bool, well: bool
) -> None:
    record = RECORD._replace(outcome=outcome, code=code)
    assert (record.warned, record.went_well) == (warned, well)


def cut(**more: Any) -> InterruptedRun:
    return InterruptedRun(RUN, (), PLAN, (), (), None)._replace(**more)


def test_what_is_in_the_way() -> None:
    report = PLAN.steps[0]._replace(role=Role.NOTIFY, title="FAIL to it")
    for found, is_outstanding, is_in_the_way in (
        (cut(), False, False),
        (cut(takes=(TAKE,)), True, True),
        (cut(left=(17,)), True, True),
        (cut(reports=(report,)), True, False),
    ):
        assert (found.is_outstanding, found.is_in_the_way) == (is_outstanding, is_in_the_way)


def test_the_story_of_a_run() -> None:
    began = time.strftime("%Y-%m-%d %H:%M", time.localtime(0.0))
    nowhere = f"Run 0123 of /etc/a.yaml (started {began}) was interrupted between two steps."
    assert story(cut()) == [nowhere]
    assert story(cut(run=RUN._replace(configurations=()))) == [
        nowhere.replace(" of /etc/a.yaml", "")
    ]
    assert story(cut(left=(17,)))[1:] == ["  That step still runs: process group 17."]
    assert story(cut(left=(17, 18)))[1:] == ["  These steps still run: process groups 17 and 18."]
    assert story(cut(payer=19))[1:] == ["  Process 19 is running its cleanups now."]
    assert story(cut(cut=(RECORD,))) == [nowhere.replace("between two steps", "in step 1, `take`")]
    of_borg = story(cut(cut=(RECORD, RECORD._replace(step="create"))))
    assert of_borg[0].endswith("was interrupted in step 1, `take` and in step 2, borg create.")
    assert of_borg[1].startswith("  Borg was working on /r. ")
    assert story(cut(takes=(TAKE,)))[1:] == [
        "  outstanding cleanup: `give` (step 1, `take`, had started)"
    ]
    assert story(cut(takes=(TAKE,), plan=None))[1:] == [
        "  outstanding cleanup: what is taken, acquired by take"
    ]
    assert story(cut(cut=(RECORD,), plan=None))[0].endswith("was interrupted in take.")


def test_cleanups_are_counted() -> None:
    other = step("other", "/r", Phase.EXIT, Trigger.ALWAYS)
    two = PLAN._replace(steps=(*PLAN.steps, other))
    found = [
        cut(),
        cut(takes=(TAKE,)),
        cut(takes=(TAKE, TAKE._replace(step="create", gives=("other",))), plan=two),
        cut(takes=(TAKE, TAKE), plan=None),
    ]
    assert [interrupted._cleanups(each) for each in found] == [
        "no outstanding cleanups",
        "1 outstanding cleanup",
        "2 outstanding cleanups",
        "2 outstanding cleanups",
    ]


def test_only_a_process_is_fed() -> None:
    feed = Feed("dump", "path", ("cat",))
    fed = step("fed", "/r", work=command("borg")._replace(feeds=(feed,)))
    assert interrupted._is_fed(fed)
    assert not interrupted._is_fed(PLAN.steps[0])
    assert not interrupted._is_fed(PLAN.steps[1])
    assert not interrupted._is_fed(None)


def test_a_plan_that_reports_has_a_step_for_it() -> None:
    assert not interrupted.reports_in(PLAN)
    told = PLAN.steps[0]._replace(role=Role.NOTIFY)
    assert interrupted.reports_in(PLAN._replace(steps=(*PLAN.steps, told)))
    assert not interrupted.reports_in(PLAN._replace(steps=()))
