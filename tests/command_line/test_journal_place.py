"""A journal that is removed, renamed, replaced or hidden while a run goes on."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.command_line.place import FLAT, Place

APPLY = ("apply", "-a", "create", "--semantics", "2.1", "c.yaml")
TOLD = "WAS REMOVED OR REPLACED during this run"
STATE = "$HOME/journal"
OTHER_JOURNAL = f"mv {STATE} $HOME/away; mkdir -m 700 {STATE}; cp $HOME/other/* {STATE}/"
LOSSES = {
    "removed": f"rm -r {STATE}",
    "renamed": f"mv {STATE} {STATE}.old",
    "emptied": f"rm -r {STATE}/*",
    "the database alone": f"rm {STATE}/journal",
    "its log of writes alone": f"rm {STATE}/journal-wal",
    "its marks alone": f"rm -r {STATE}/journal.open",
    "an empty directory in its place": f"mv {STATE} $HOME/away; mkdir {STATE}",
    "an older copy in its place": OTHER_JOURNAL,
    "a link elsewhere": f"mv {STATE} $HOME/away; mkdir $HOME/new; ln -s $HOME/new {STATE}",
}
UNUSABLE = {
    "a file in its place": f"rm -r {STATE}; touch {STATE}",
    "a file that is no database": f"mv {STATE} $HOME/away; mkdir {STATE}; seq 9999 > {STATE}/journal",
    "a link that leads nowhere": f"mv {STATE} $HOME/away; ln -s /proc/nowhere/x {STATE}",
}


def configuration(place: Place, loss: str, then: str) -> None:
    """A service that is stopped, then the loss, then something else."""
    place.write("lose", f"sleep 0.2\n{loss}\n")  # not while its start is being noted
    place.write("then", f"{then}\n")
    place.write(
        "c.yaml",
        FLAT + "before_backup: [mkdir m, sh lose, sh then, 'true']\nafter_backup: [rmdir m]\n"
        "on_error: ['test ! -d m || rmdir m']\n",
    )
    place.write("earlier.yaml", FLAT + "before_backup: ['true']\n")


def earlier_run(place: Place) -> None:
    """One that the journal knows already, and a copy of that."""
    assert place.run("apply", "-a", "create", "earlier.yaml").code == 0
    other = place.path / "other"
    other.mkdir()
    with (
        closing(sqlite3.connect(place.path / "journal/journal")) as journal,
        closing(sqlite3.connect(other / "journal")) as copy,
    ):
        journal.backup(copy)


@pytest.mark.parametrize("loss", LOSSES)
def test_a_run_goes_on_with_the_journal_and_is_in_it(place: Place, loss: str) -> None:
    configuration(place, LOSSES[loss], "true")
    earlier_run(place)
    ran = place.run(*APPLY)
    assert ran.code == 0, ran.err
    assert ran.err.count(TOLD) == 1
    assert "INCOMPLETE" not in ran.err
    runs = place.run("history", "--format", "json").data["runs"]
    assert [run["status"] for run in runs] == ["done", "done"]
    shown = place.run("show", "last", "--format", "json").data
    assert [step["outcome"] for step in shown["steps"]] == ["done"] * 6
    place.write("lose", "")
    assert place.run(*APPLY).code == 0
    assert len(place.run("history", "--format", "json").data["runs"]) == 3


@pytest.mark.parametrize("loss", LOSSES)
def test_what_is_owed_is_not_forgotten(place: Place, loss: str) -> None:
    """The run is killed once the loss has been noticed, while its next step runs."""
    configuration(place, LOSSES[loss], "touch waiting; sleep 60")
    earlier_run(place)
    with (place.path / "err").open("wb") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "borgplan.runtime", *APPLY], cwd=place.path,
            env=place.environment, stdin=subprocess.DEVNULL, stdout=errors, stderr=errors,
        )  # fmt: skip
        wait_for(place.path / "waiting")
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        process.kill()
        process.wait()
    os.killpg(int(children[0]), signal.SIGKILL)
    refused = place.run(*APPLY)
    assert refused.code == 2
    assert "`rmdir m`" in refused.err
    assert place.run("recover").code == 0
    assert not (place.path / "m").exists()


def test_it_is_noticed_while_a_step_runs(place: Place) -> None:
    """Not the next step installs it up, but a look every second."""
    then = "touch waiting; while test ! -e gone; do sleep 0.1; done; sleep 3; kill -9 $PPID"
    configuration(place, "true", then)
    place.write("c.yaml", (place.path / "c.yaml").read_text().replace("sh then", "exec sh then"))
    process = subprocess.Popen(
        [sys.executable, "-m", "borgplan.runtime", *APPLY], cwd=place.path, env=place.environment,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    wait_for(place.path / "waiting")
    (place.path / "journal").rename(place.path / "renamed")
    place.write("gone", "")
    assert process.wait(30) == -signal.SIGKILL
    refused = place.run(*APPLY)
    assert refused.code == 2
    assert "`rmdir m`" in refused.err


@pytest.mark.parametrize("loss", UNUSABLE)
def test_a_journal_that_can_not_be_gone_on_with_is_told_of(place: Place, loss: str) -> None:
    configuration(place, UNUSABLE[loss], "true")
    ran = place.run(*APPLY)
    assert ran.code == 0, ran.err
    assert ran.err.count(TOLD) == 1
    assert "the outstanding cleanups would be unknown" in ran.err
    assert "THE JOURNAL IS INCOMPLETE" in ran.err
    assert "Traceback" not in ran.err


def wait_for(path: Path) -> None:
    until = time.monotonic() + 20
    while not path.exists():
        assert time.monotonic() < until, f"{path} never came"
        time.sleep(0.01)
