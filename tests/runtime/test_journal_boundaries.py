"""A run killed before and after every single record: what the journal says then is enough to give back all."""

from __future__ import annotations

import os
import signal
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

import pytest

from borgplan.compiler.analysis.obligations import pending_cleanups
from borgplan.compiler.analysis.recovery import recovery
from borgplan.compiler.plan.exits import Outcome
from borgplan.compiler.plan.model import Plan, Step
from borgplan.compiler.plan.words import Value
from borgplan.compiler.plan.work import Shell
from borgplan.runtime.engine.reporters import Reporter, Reporters, Silent
from borgplan.runtime.engine.runner import Result, ScriptedRunner
from borgplan.runtime.engine.walk import interpret
from borgplan.runtime.engine.wording import subject
from borgplan.runtime.journal.recorder import Start, begin, stored
from borgplan.runtime.journal.records import open_runs, outstanding_of, steps
from borgplan.runtime.journal.store import open_for_writing
from tests.end_to_end.crashing import GIVES, NESTED, TAKES
from tests.runtime.build import compiled

FULL = 2  # SQLite's documentation, PRAGMA synchronous
EVENTS = 2 * 16  # each step begins and ends


class Killer(Silent):
    """Kills its process at the `at`-th thing it is told."""

    def __init__(self, at: int) -> None:
        self._left = at

    def started(self, step: Step) -> None:
        self._told()

    def ended(self, step: Step, result: Result) -> None:
        self._told()

    def _told(self) -> None:
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


class Effects(ScriptedRunner):
    """Steps do their work in a folder: a file for what is taken. `ran`: what ran, in its order."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        self.ran: list[str] = []

    def run(self, step: Step, values: Mapping[Value, str]) -> Result:
        if isinstance(step.work, Shell):
            self.ran.append(step.work.written)
            _, verb, name = step.work.written.split()
            if verb in TAKES:
                (self._folder / name).touch()
            if verb in GIVES:
                (self._folder / name).unlink(missing_ok=True)
        return super().run(step, values)


@pytest.fixture(scope="module")
def tested(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    folder = tmp_path_factory.mktemp("plan")
    (folder / "c.yaml").write_text(NESTED)
    return compiled("--offline", "-a", "create,prune", f"{folder}/c.yaml")


def killed(tested: Plan, folder: Path, around: Callable[[Reporter], Reporter]) -> None:
    """A process of its own runs the plan and is killed."""
    child = os.fork()
    if child == 0:
        try:
            journal = open_for_writing(f"{folder}/journal")
            recorder = begin(
                journal, tested, stored(tested), Start("apply", (), ()), pending_cleanups
            )
            interpret(tested, Effects(folder / "held"), around(recorder))
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


@pytest.mark.parametrize("recorded", [True, False], ids=["after the record", "before it"])
@pytest.mark.parametrize("event", range(1, EVENTS + 1))
def test_everything_owed_is_known(
    tested: Plan, tmp_path: Path, event: int, *, recorded: bool
) -> None:
    (tmp_path / "held").mkdir()
    killer = Killer(event)
    killed(
        tested,
        tmp_path,
        lambda recorder: Reporters(*((recorder, killer) if recorded else (killer, recorder))),
    )
    with closing(open_for_writing(f"{tmp_path}/journal")) as journal:
        (run,) = open_runs(journal)
        assert not run.goes_on
        due = outstanding_of(journal, run)
        done = {s.step for s in steps(journal, run) if s.outcome is Outcome.DONE}
    effects = Effects(tmp_path / "held")
    interpret(recovery(tested, due), effects)
    assert not list((tmp_path / "held").iterdir())
    assert len(effects.ran) == len(due)
    given = {s.work.written for s in tested.steps if s.id in done and isinstance(s.work, Shell)}
    once = {"svc start app", "svc close vault"}  # the others are taken for each repository again
    assert not set(effects.ran) & given & once


class Durability(Silent):
    """Notes which steps' records waited for the disk, both of them or none."""

    def __init__(self, journal: sqlite3.Connection) -> None:
        self._journal = journal
        self.waited: dict[str, tuple[bool, ...]] = {}

    def started(self, step: Step) -> None:
        self._note(step)

    def ended(self, step: Step, result: Result) -> None:
        self._note(step)

    def _note(self, step: Step) -> None:
        (level,) = self._journal.execute("PRAGMA synchronous").fetchone()
        self.waited[subject(step)] = (*self.waited.get(subject(step), ()), level == FULL)


def test_what_matters_after_the_machine_died_waits_for_the_disk(tmp_path: Path) -> None:
    (tmp_path / "c.yaml").write_text(
        f"""\
source_directories: [{tmp_path}]
repositories: [{{path: {tmp_path}/r.borg}}]
keep_daily: 7
checks: [{{name: archives, frequency: always}}]
commands:
    - {{before: configuration, run: [echo hello, systemctl stop app]}}
    - {{after: configuration, run: [systemctl start app]}}
"""
    )
    plan = compiled("--offline", "-a", "create,prune,check", f"{tmp_path}/c.yaml")
    with closing(open_for_writing(f"{tmp_path}/journal")) as journal:
        recorder = begin(journal, plan, stored(plan), Start("apply", (), ()), pending_cleanups)
        durability = Durability(journal)
        interpret(plan, ScriptedRunner(), Reporters(recorder, durability))
    assert durability.waited == {
        "`echo hello`": (False, False),
        "`systemctl stop app`": (True, True),
        "borg create": (True, True),
        "borg prune": (True, True),
        "borg check": (False, False),
        "`systemctl start app`": (True, True),
    }
