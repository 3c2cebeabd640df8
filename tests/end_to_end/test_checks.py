"""check with real Borg: when it is due, what it notes, and what it does about damage."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from tests.end_to_end.configured import applied, apply, configure, init, plan
from tests.end_to_end.home import Home

pytestmark = pytest.mark.borg

DAY = 24 * 3600


def noted(home: Home) -> list[Path]:
    """The files of times, below the given state directory."""
    return sorted(
        file for file in (home.path / "state/borgplan/checks").rglob("*") if file.is_file()
    )


def names(home: Home) -> list[str]:
    return [file.name.partition("-")[0] for file in noted(home)]


def age(home: Home, days: float) -> None:
    for file in noted(home):
        os.utime(file, (time.time() - days * DAY,) * 2)


@pytest.fixture
def checked(home: Home) -> Home:
    """A repository with an archive, in whose configuration times are noted in `~/state`."""
    init(home)
    home.borg("create", "backups/r::own-1", "documents")
    return home


COMMON = {
    "archive_name_format": "own-{now}",
    "match_archives": "sh:own-*",
    "on_error": ["touch ~/alert"],
}


def test_a_check_is_due_again_after_its_time(checked: Home) -> None:
    env = {"XDG_STATE_HOME": f"{checked.path}/state"}
    checks = [{"name": "repository", "frequency": "2 weeks"},
              {"name": "archives", "frequency": "always"}]  # fmt: skip
    configure(checked, checks=checks, **COMMON)
    ran = applied(checked, "check", "--dry-run", **env)
    assert names(checked) == []
    ran = applied(checked, "check", "-q", **env)
    assert names(checked) == ["archives", "repository"]
    for days, flag in ((13.9, True), (14.1, False)):
        age(checked, days)
        (line,) = plan_with(checked, env)
        assert ("--archives-only" in line) == flag
    before = [file.stat().st_mtime for file in noted(checked)]
    ran = applied(checked, "check", "--format", "json", **env)
    assert len(ran.ran) == 1
    assert all(a < file.stat().st_mtime for a, file in zip(before, noted(checked), strict=True))


def plan_with(home: Home, env: dict[str, str], *words: str) -> list[list[str]]:
    ran = home.borgplan("plan", "--format", "json", "-a", "check", "c.yaml", *words, **env)
    assert ran.exit_code == 0, ran.stderr
    found = [step["work"].get("argv") for step in ran.report["steps"]]
    return [argv for argv in found if argv]


def test_force_and_only_choose_among_checks(checked: Home) -> None:
    env = {"XDG_STATE_HOME": f"{checked.path}/state"}
    checks = [{"name": name, "frequency": "1 month"} for name in ("repository", "archives")]
    configure(checked, checks=checks, **COMMON)
    applied(checked, "check", "-q", **env)
    assert plan_with(checked, env) == []
    ran = applied(checked, "check", "--only", "repository", "--format", "json", **env)
    assert ran.ran == []
    (line,) = plan_with(checked, env, "--force")
    assert "--archives-only" not in line
    (line,) = plan_with(checked, env, "--force", "--only", "repository")
    assert "--repository-only" in line
    age(checked, 400)
    applied(checked, "check", "-q", "--force", "--only", "repository", **env)
    recent = [
        f.name.partition("-")[0] for f in noted(checked) if time.time() - f.stat().st_mtime < DAY
    ]
    assert recent == ["repository"]
    ran = applied(checked, "check", "--only", "extract", "--format", "json", **env)
    assert len(ran.ran) == 2
    assert "extract" in names(checked)


def test_checks_of_other_days_do_not_run(checked: Home) -> None:
    now = time.localtime().tm_wday
    days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
    configure(checked, checks=[
        {"name": "repository", "only_run_on": [days[now - 2], days[now - 3]]},
        {"name": "archives", "only_run_on": [days[now]]},
    ])  # fmt: skip
    (line,) = plan(checked, "check")
    assert "--archives-only" in line


def test_a_damaged_repository_fails_and_its_time_is_not_noted(checked: Home) -> None:
    env = {"XDG_STATE_HOME": f"{checked.path}/state"}
    checks = [{"name": "repository", "frequency": "1 week"}, {"name": "data"}]
    on_error = ["echo {error} {repository} > ~/alert; echo {output} > ~/told"]
    configure(
        checked,
        checks=checks,
        archive_name_format="own-{now}",
        match_archives="sh:own-*",
        on_error=on_error,
    )
    segments = (checked.path / "backups/r/data/0").iterdir()
    largest = max(segments, key=lambda file: file.stat().st_size)
    content = bytearray(largest.read_bytes())
    for place in range(len(content) // 2, len(content) // 2 + 8):
        content[place] ^= 0xFF
    largest.write_bytes(content)
    ran = apply(checked, "check", "--format", "json", **env)
    assert ran.exit_code == 1
    assert [step["fate"] for step in ran.report["steps"]] == ["failed", "done"]
    alert = (checked.path / "alert").read_text()
    assert alert.startswith("borg check ended with exit code 1, and Borg reported an error: ")
    assert alert.endswith(f" {checked.path}/backups/r\n")
    assert "ntegrity" in (checked.path / "told").read_text()
    assert '{"' not in ran.stderr
    assert noted(checked) == []
    (line,) = plan_with(checked, env)
    assert "--verify-data" in line


def test_what_runs_after_a_check_of_a_damaged_repository_is_what_the_plan_says(
    checked: Home,
) -> None:
    hooks = {"before_check": ["touch ~/before"]}
    configure(checked, checks=[{"name": "repository"}], **COMMON, **hooks)
    words = ("-a", "check", "--format", "json", "c.yaml")
    steps = checked.borgplan("plan", *words).report["steps"]
    number = next(n for n, s in enumerate(steps, 1) if "argv" in s["work"])
    supposed = checked.borgplan("plan", "--fail", str(number), *words).report
    (checked.path / "backups/r/data/0/0").write_bytes(b"no segment")
    ran = apply(checked, "check", "--format", "json")
    fates = [(step["id"], step["fate"]) for step in ran.report["steps"]]
    assert fates == [(step["id"], step["fate"]) for step in supposed["steps"]]
    assert ran.exit_code == supposed["exit_code"] == 1
    assert (checked.path / "before").exists()
    assert (checked.path / "alert").exists()


def test_a_state_directory_that_can_not_be_written_is_told(checked: Home) -> None:
    checked.write("state", "a file")
    configure(checked, checks=[{"name": "repository"}])
    ran = applied(checked, "check", XDG_STATE_HOME=f"{checked.path}/state")
    assert "could not be recorded" in ran.stderr
