"""How Borg's endings count, and what is seen of its log: exit codes, output, retries, locks."""

from __future__ import annotations

import shutil
import subprocess
import time

import pytest

from tests.end_to_end.configured import applied, apply, configure, init
from tests.end_to_end.home import Home

pytestmark = pytest.mark.borg

MISSING = {
    "source_directories": ["~/documents", "~/missing"],
    "source_directories_must_exist": False,
}


# Borg 1.4 has a code for each ending, where 1.2 has 1 for every warning and 2 for every error.
MODERN = shutil.which("borg") is not None and b" 1.2." not in subprocess.check_output(
    ["borg", "--version"]
)
NO_SOURCE, NO_REPOSITORY = (107, 13) if MODERN else (1, 2)


def test_warnings_become_errors_and_are_seen(home: Home) -> None:
    init(home)
    configure(home, ("r",), **MISSING)
    ran = applied(home, "create", "--format", "json")
    assert [(s["fate"], s["code"]) for s in ran.report["steps"]] == [("warning", NO_SOURCE)]
    ran = applied(home, "create")
    assert "nothing failed, 1 warning." in ran.stdout
    assert "warning" in ran.stdout.splitlines()[1]
    rule = {"code": NO_SOURCE, "treat_as": "error"}
    configure(home, ("r",), **MISSING, borg_exit_codes=[rule], on_error=["touch ~/alert"])
    ran = apply(home, "create")
    assert ran.exit_code == 1
    assert f"FAILED: borg create ended with exit code {NO_SOURCE}" in ran.stderr
    assert (home.path / "alert").exists()


def test_errors_become_warnings_but_no_archive_is_no_backup(home: Home) -> None:
    configure(home, borg_exit_codes=[{"code": NO_REPOSITORY, "treat_as": "warning"}])
    ran = applied(home, "compact", "--format", "json")
    assert [(s["fate"], s["code"]) for s in ran.report["steps"]] == [("warning", NO_REPOSITORY)]
    assert "does not exist" in ran.stderr
    ran = apply(home, "create")
    assert ran.exit_code == 1
    assert "Borg did not report a created archive" in ran.stderr
    assert f"No backup of c.yaml was made in {home.path}/backups/r." in ran.stdout


def test_of_two_rules_for_a_code_the_last_counts(home: Home) -> None:
    init(home)
    rules = [{"code": NO_SOURCE, "treat_as": word} for word in ("error", "warning")]
    configure(home, ("r",), **MISSING, borg_exit_codes=rules)
    applied(home, "create")


def test_what_borg_tells_is_readable(home: Home) -> None:
    init(home)
    configure(home, progress=True, list_details=True, statistics="standard", verbosity=1,
              exclude_patterns=["*.tmp"])  # fmt: skip
    ran = applied(home, "create")
    assert '{"' not in ran.stderr
    assert f"A {home.path}/documents/letter.txt" in ran.stderr
    assert "Deduplicated size" in ran.stderr
    assert "Archive name: " in ran.stderr
    ran = applied(home, "create", "--set", "verbosity=2", "--dry-run")
    assert '{"' not in ran.stderr
    ran = applied(home, "create,check,compact", "--set", "verbosity=2", "--set", "statistics=none")
    assert '{"' not in ran.stderr
    assert "Checking segments" in ran.stderr
    assert "terminating with success status, rc 0" in ran.stderr
    assert "Deduplicated size" not in ran.stderr


def test_a_failed_repository_is_tried_again_after_the_others(home: Home) -> None:
    """What is missing is made by a hook of the repository that comes between."""
    init(home, "two")
    path = home.path
    configure(
        home, ["one", "two"], retries=2, retry_wait=0,
        commands=[{"before": "repository", "run": [
            "echo {repository} >> ~/order",
            f"test -e ~/again && borg init -e none {path}/backups/one; touch ~/again"]}],
    )  # fmt: skip
    ran = applied(home, "create")
    order = [line.rpartition("/")[2] for line in (path / "order").read_text().splitlines()]
    assert order == ["one", "two", "one"]
    assert "Trying" in ran.stderr
    assert (len(home.archives("one")), len(home.archives("two"))) == (1, 1)


def hold(home: Home, seconds: float) -> subprocess.Popen[bytes]:
    """Lock the repository, as another Borg does."""
    mark = home.path / "held"
    holder = subprocess.Popen(
        ["borg", "with-lock", "backups/r", "sh", "-c", f"touch {mark}; exec sleep {seconds}"],
        cwd=home.path, env=home.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    while not mark.exists():
        assert holder.poll() is None
        time.sleep(0.02)
    return holder


def test_a_locked_repository_is_waited_for_or_fails(home: Home) -> None:
    init(home)
    configure(home, lock_wait=1, on_error=["echo {output} > ~/told"])
    with hold(home, 3) as holder:
        ran = apply(home, "create")
        assert ran.exit_code == 1
        assert "lock" in ran.stderr.lower()
        assert "timeout" in ran.stderr
        assert "lock" in (home.path / "told").read_text().lower()
        assert '{"' not in ran.stderr
        applied(home, "create", "--set", "lock_wait=20")
        assert holder.wait() == 0
    assert len(home.archives("r")) == 1
