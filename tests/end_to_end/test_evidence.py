"""Ends of real Borgs that look like success and are none: each has to be told, by exit code and summary.

Runs with the Borg on PATH and, where `scripts/ensure-borg-1.4` has built it, with 1.4 besides.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.end_to_end.configured import applied, apply, configure, init
from tests.end_to_end.home import Home, Ran

pytestmark = pytest.mark.borg

BUILT = Path(__file__).parents[2] / ".cache/borg-1.4/bin/borg"
BORGS = [path for path in (shutil.which("borg"), str(BUILT)) if path and os.path.exists(path)]
# All that is here takes its time, and `make evidence` all of it.
ALL = bool(os.environ.get("ALL_ENDS"))
GENERATIONS = ["1.3", "1.9", "2.1"] if ALL else ["2.1"]

# A Borg that is stopped, or ended, once it works: its own process, not what started it.
KILLED = """\
#!/bin/sh
BORG "$@" &
borg=$!
( sleep DELAY; kill -SIGNAL $borg ) &
wait $borg
code=$?
kill $! 2>/dev/null
exit $code
"""
# Programs around Borg, and Borgs that don't come to their work. MOMENT: before or after it.
AROUND = {
    "is not allowed": "echo 'sudo: a password is required' >&2; exit 1",
    "finds no Borg": 'nice /nonexistent/borg "$@"',
    "may not run Borg": "exit 126",
    "has no module": "echo \"ModuleNotFoundError: No module named 'borg'\" >&2; exit 1",
    "is killed for its memory": 'BORG "$@" >/dev/null 2>&1; exit 137',
    "ends by a signal": "kill -KILL $$",
    "does nothing, well": "exit 0",
    "swallows an error": 'BORG "$@" --no-such-option; exit 0',
    "swallows a death": 'BORG "$@" & kill -KILL $!; wait $!; exit 0',
    "hides all that is said": 'BORG "$@" >/dev/null 2>/dev/null; exit 1',
}
# Of commands that show nothing for their work, what says nothing and ends with 0 can't be told from a Borg.
SAYS_NOTHING = ("does nothing, well", "swallows a death")


class Case(NamedTuple):
    borg: str
    semantics: str

    def __str__(self) -> str:
        return f"{'1.4' if self.borg == str(BUILT) else 'here'}-{self.semantics}"


@pytest.fixture(params=[Case(borg, name) for borg in BORGS for name in GENERATIONS], ids=str)
def case(request: pytest.FixtureRequest) -> Case:
    found: Case = request.param
    return found


@pytest.fixture
def told(record_property: Callable[[str, object], None]) -> Callable[[Ran], None]:
    """Takes a run that must be told as a failure, and counts it."""

    def take(ran: Ran) -> None:
        is_told = ran.exit_code == 1 and "nothing failed" not in ran.stdout
        record_property("evidence", ("ends of a real Borg", 1, int(is_told)))
        assert is_told, ran
        assert "Traceback" not in ran.stdout

    return take


def around(home: Home, case: Case, script: str) -> str:
    """A program in the place of Borg; its path."""
    home.write("around", f"#!/bin/sh\n{script.replace('BORG', case.borg)}\n")
    (home.path / "around").chmod(0o700)
    return str(home.path / "around")


def run(home: Home, case: Case, actions: str, *words: str, **env: str) -> Ran:
    return apply(home, actions, "--semantics", case.semantics, *words, **env)


@pytest.mark.parametrize("name", AROUND)
@pytest.mark.parametrize("action", ["create", "prune", "check"] if ALL else ["create", "check"])
def test_what_is_around_borg_makes_no_success(
    home: Home, case: Case, name: str, action: str, told: Callable[[Ran], None]
) -> None:
    if action != "create" and name in SAYS_NOTHING:
        pytest.skip("it can't be told from a Borg that had nothing to do")
    init(home)
    configure(
        home, local_path=around(home, case, AROUND[name]), keep_daily=1, on_error=["touch ~/alert"]
    )
    ran = run(home, case, action)
    told(ran)
    if action == "create":
        assert f"No backup of c.yaml was made in {home.path}/backups/r." in ran.stdout
    assert (home.path / "alert").exists()
    assert not (home.path / ".local/state/borgplan/checks").exists()


SIGNALS = [
    ("create", "TERM"),
    ("create", "HUP"),
    ("prune", "KILL"),
    ("compact", "TERM"),
    ("check", "HUP"),
]


@pytest.mark.parametrize(
    ("action", "signal"),
    list(product(("create", "prune", "compact", "check"), ("TERM", "HUP", "KILL", "SEGV")))
    if ALL
    else SIGNALS,
)
def test_a_borg_that_a_signal_ends_has_failed(
    home: Home, case: Case, action: str, signal: str, told: Callable[[Ran], None]
) -> None:
    """While it waits for a lock, which each of them does for as long as this test wants."""
    init(home)
    script = KILLED.replace("SIGNAL", signal).replace("DELAY", "1.5")
    configure(home, local_path=around(home, case, script), keep_daily=1, lock_wait=60)
    held = home.path / "held"
    holder = subprocess.Popen(
        [case.borg, "with-lock", "backups/r", "sh", "-c", f"touch {held}; exec sleep 60"],
        cwd=home.path, env=home.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        while not held.exists():
            assert holder.poll() is None
            time.sleep(0.02)
        told(run(home, case, action))
    finally:
        holder.kill()
        holder.wait()
    assert not (home.path / ".local/state/borgplan/checks").exists()


def test_a_connection_that_breaks_is_a_failure(
    home: Home, case: Case, told: Callable[[Ran], None]
) -> None:
    """`ssh` ends before, and in the middle of, what the other side says."""
    init(home)
    for script in {
        "refused": "echo refused >&2; exit 255",
        "ended": f"head -c 20 | {case.borg} serve | head -c 10; exit 0",
        "killed": "kill -KILL $$",
    }.values():
        home.write("ssh", f"#!/bin/sh\n{script}\n")
        (home.path / "ssh").chmod(0o700)
        configure(
            home, [{"path": f"ssh://host{home.path}/backups/r"}],
            ssh_command=f"{home.path}/ssh", local_path=case.borg, keep_daily=1,
        )  # fmt: skip
        for action in ("create", "prune"):
            told(run(home, case, action))


NOTHING = {
    "extract": ["--archive", "one", "--path", "nosuch"],
    "extract of some": ["--archive", "one", "--path", "HOME/documents/letter.txt", "--path", "nosuch"],
    "extract of no archive": ["--archive", "nosuch"],
    "extract of nothing left": ["--archive", "one", "--strip-components", "90"],
    "export-tar": ["--archive", "one", "--path", "nosuch", "--destination", "out.tar"],
    "export-tar of no archive": ["--archive", "nosuch", "--destination", "out.tar"],
    "export-tar of nothing left": [
        "--archive", "one", "--strip-components", "90", "--destination", "out.tar"],
    "list": ["--archive", "nosuch"],
    "info": ["--archive", "nosuch"],
    "info as JSON": ["--archive", "nosuch", "--json"],
    "info of a name that is no pattern": ["--archive", "on?"],
    "delete": ["--archive", "nosuch"],
    "delete of a name that is no pattern": ["--archive", "o*"],
    "diff": ["--archive", "one", "--second-archive", "nosuch"],
}  # fmt: skip


@pytest.mark.parametrize("name", NOTHING)
def test_nothing_of_what_was_asked_for_is_a_failure(
    home: Home, case: Case, name: str, told: Callable[[Ran], None]
) -> None:
    init(home)
    configure(home, local_path=case.borg)
    home.borg("create", "backups/r::one", f"{home.path}/documents")
    (home.path / "there").mkdir()
    words = [word.replace("HOME/", f"{home.path}/"[1:]) for word in NOTHING[name]]
    action = name.partition(" ")[0]
    if action == "extract":
        words += ["--destination", str(home.path / "there")]
    told(run(home, case, action, *words))
    assert home.archives("r") == ["one"]


def test_what_is_there_is_found(home: Home, case: Case) -> None:
    """The same commands, and nothing is missing."""
    init(home)
    configure(home, local_path=case.borg)
    home.borg("create", "backups/r::one", f"{home.path}/documents")
    (home.path / "there").mkdir()
    letter = f"{home.path}/documents/letter.txt"[1:]
    for action, words in {
        "extract": ["--path", letter, "--destination", "there", "--strip-components", "all"],
        "export-tar": ["--path", letter, "--destination", "out.tar", "--strip-components", "1"],
        "list": [], "info": ["--json"], "diff": ["--second-archive", "one"], "delete": [],
    }.items():  # fmt: skip
        ran = run(home, case, action, "--archive", "one", *words)
        assert ran.exit_code == 0, (action, ran)
    assert (home.path / "there/letter.txt").exists()
    for words in (["--destination", "key"], []):
        ran = run(home, case, "key-export", *words)
        assert ran.exit_code == 1, "a repository without encryption has no key to export"


@pytest.mark.parametrize("words", ["--dry-run", "-n"])
def test_a_create_that_makes_no_archive_is_no_backup(
    home: Home, case: Case, words: str, told: Callable[[Ran], None]
) -> None:
    init(home)
    configure(home, local_path=case.borg, extra_borg_options={"create": words})
    ran = run(home, case, "create")
    told(ran)
    assert "Borg did not report a created archive" in ran.stderr


@pytest.mark.parametrize(
    "options",
    [
        {}, {"statistics": "standard"}, {"list_details": True, "progress": True}, {"verbosity": 2},
        {"extra_borg_options": {"create": "--stats"}}, {"extra_borg_options": {"create": "--json"}},
        {"archive_name_format": "odd name's {now:%s}"},
    ],
    ids=str,
)  # fmt: skip
def test_the_archive_is_named(home: Home, case: Case, options: dict[str, Any]) -> None:
    init(home)
    configure(home, local_path=case.borg, **options)
    ran = run(home, case, "create")
    assert ran.exit_code == 0, ran
    (name,) = home.archives("r")
    _, made, *size = ran.stdout.splitlines()
    assert made == f"Backup of c.yaml in {home.path}/backups/r: archive {name}"
    # Also where Borg prints its own words in place of the report that has it.
    assert [line.split()[0] for line in size] == ["Files:", "Size:", "Added:", "Time:"]
    listed = ", all new" if "list_details" in options else ""
    assert re.fullmatch(rf"  Files: +\d+{listed}", size[0])
    assert '"command_line"' not in ran.stderr
    assert ("Archive name" in ran.stderr) == ("stat" in str(options))
    assert f"archive {name}" in home.borgplan("history").stdout
    data = home.borgplan("history", "--format", "json").report
    assert data["runs"][0]["archives"] == [name]


@pytest.mark.parametrize("script", ['exec BORG "$@"', 'exec BORG "$@" 2>&1', 'echo "{"; BORG "$@"'])
def test_a_warning_with_borgs_word_is_one(home: Home, case: Case, script: str) -> None:
    """Whatever streams a program around Borg makes of its two."""
    init(home)
    missing = ["~/documents", "~/missing"]
    configure(
        home,
        local_path=around(home, case, script),
        source_directories=missing,
        source_directories_must_exist=False,
    )
    ran = applied(home, "create", "--semantics", case.semantics)
    assert "nothing failed, 1 warning." in ran.stdout
    assert len(home.archives("r")) == 1
    assert "Backup of c.yaml" in ran.stdout


def test_a_dry_run_has_nothing_to_show(home: Home, case: Case) -> None:
    init(home)
    configure(home, local_path=case.borg, keep_daily=1)
    ran = run(home, case, "create,prune,check", "--dry-run")
    assert ran.exit_code == 0, ran
    assert "No backup" not in ran.stdout
    assert home.archives("r") == []


def test_a_check_of_no_archive_is_not_noted(home: Home, case: Case) -> None:
    init(home)
    checks = [{"name": "archives", "frequency": "1 month"}]
    configure(home, local_path=case.borg, checks=checks, archive_name_format="a-{now}")
    home.borg("create", "backups/r::b-2024-01-02T03:04:05", "documents")
    ran = run(home, case, "check")
    assert ran.exit_code == 0, ran
    assert "nothing was checked" in ran.stderr
    assert not (home.path / ".local/state/borgplan/checks").exists()
    home.borg("create", "backups/r::a-2024-01-02T03:04:05", "documents")
    run(home, case, "check")
    assert (home.path / ".local/state/borgplan/checks").exists()


def test_another_filter_makes_the_check_of_archives_due_again(home: Home) -> None:
    init(home)
    checks = [
        {"name": "repository", "frequency": "1 month"},
        {"name": "archives", "frequency": "1 month"},
    ]
    home.borg("create", "backups/r::a-2024-01-02T03:04:05", "documents")
    home.borg("create", "backups/r::b-2024-01-02T03:04:05", "documents")

    def ran(**more: Any) -> str:
        configure(home, checks=checks, **more)
        report = applied(home, "check", "--format", "json").report
        return "ran" if report["steps"] else "not due"

    first = {"archive_name_format": "a-{now}"}
    assert ran(**first) == "ran"
    assert ran(**first) == "not due"
    assert ran(archive_name_format="b-{now}") == "ran"
    assert ran(archive_name_format="b-{now}") == "not due"
    assert ran(**first, check_last=1) == "ran"
    assert ran(**first, extra_borg_options={"check": "--first 1"}) == "ran"
    assert ran(**first) == "not due"
