"""`borgplan plan --failures` as people and programs read it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from borgplan.runtime.main import main

TEXT = """\
repositories: [{path: /backups/one, label: near}]
source_directories: [/etc]
keep_daily: 1
before_backup: [systemctl stop app, ./dump]
after_backup: [systemctl start app]
on_error: ["./alarm {error}"]
"""


@pytest.fixture
def config(tmp_path: Path) -> str:
    path = tmp_path / "c.yaml"
    path.write_text(TEXT)
    return str(path)


def shown(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(["plan", "--failures", "--offline", "-a", "create", *words]) == 0
    return capsys.readouterr().out


def test_every_case_says_who_fails_and_what_comes_of_it(
    config: str, capsys: pytest.CaptureFixture[str]
) -> None:
    text = shown(capsys, "--semantics", "1.3", config)
    assert (
        """\
What leaves something behind: 2 cases

If one of steps 1 `systemctl stop app` or 2 `./dump` fails (exit code 1) or is interrupted (exit code 128+n):
    skipped:     the remaining steps up to 3 "borg create of near", and 4 `systemctl start app`
    then runs:   5 `./alarm {error}`
    reported by: step 5
    left behind: service app (by step 1 `systemctl stop app`), if the failure is in 2
"""
        in text
    )
    assert text.endswith(
        "3 cases; steps whose failure nobody is notified of: none; resources left stopped or mounted after a failure: 1.\n"
    )


def test_a_soft_end_has_its_own_exit_code(config: str, capsys: pytest.CaptureFixture[str]) -> None:
    text = shown(capsys, "--semantics", "1.5", config)
    assert "exits 75 (exit code 0):\n" in text
    unheard = text.partition("What nobody is notified of: ")[2].partition("\n\nWhat ")[0]
    assert "reported by: nothing, not even the exit code" in unheard


def test_what_is_the_same_for_many_files_is_said_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("one", "two", "three", "four"):
        (tmp_path / f"{name}.yaml").write_text(
            TEXT.replace("/backups/one", f"/backups/{name}").replace("app", name)
        )
    folded = shown(capsys, "--semantics", "1.3", str(tmp_path))
    assert "systemctl stop four" in folded
    assert "If one of steps 6 `systemctl stop two`" not in folded
    note = "(folded: |, the same, with their own names in place of `four`: one.yaml (6 to 10), three.yaml (11 to 15)"
    assert all(part in folded for part in note.split("(folded: |"))
    whole = shown(capsys, "--semantics", "1.3", "-v", str(tmp_path))
    assert "If one of steps 16 `systemctl stop two`" in whole
    assert "folded" not in whole


def test_as_json(config: str, capsys: pytest.CaptureFixture[str]) -> None:
    data = json.loads(shown(capsys, "--semantics", "1.3", "--format", "json", config))
    assert (data["format"], len(data["steps"])) == ("borgplan-failures", 5)
    hard = next(f for f in data["failures"] if f["steps"] == [3] and f["outcome"] == "hard")
    assert (hard["not_run"], hard["called"], hard["told"]) == ([[4, 4]], [5], [5])
    assert [leak["what"] for leak in hard["stays"]] == ["app"]
    assert hard["exit_code"] == 1


def test_two_questions_at_once_are_refused(config: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", "--failures", "--fail", "1", config]) == 2
    assert "can be given" in capsys.readouterr().err


def test_an_interrupt_is_shown_step_by_step_too(
    config: str, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["plan", "--offline", "-a", "create", "--semantics", "1.3", "--fail", "2=interrupt"]
    assert main([*words, config]) == 0
    text = capsys.readouterr().out
    assert "  interrupted      2  `./dump`\n" in text
    assert "  runs             5  `./alarm {error}`\n" in text
    assert "{error}: `./dump` was interrupted\n" in text
    assert text.endswith("\nExit code 143.\n")


@pytest.mark.parametrize(
    ("hooks", "heard"),
    [
        (["umount /mnt", "rmdir /mnt", "./alarm"], "step 7, if 5 and 6 succeed"),
        (["./alarm", "umount /mnt"], "step 5"),
        (["echo failed", "./alarm"], "step 6"),
        (["echo failed >> /var/log/failures", "./alarm"], "steps 5 and 6"),
        (["umount /mnt || echo not mounted", "./alarm"], "step 6"),
        (["umount /mnt || true", "./alarm"], "step 6"),
    ],
)
def test_a_cleanup_before_the_alarm_has_to_go_well(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], hooks: list[str], heard: str
) -> None:
    """Where nothing was mounted yet, `umount` fails, and the list ends there."""
    path = tmp_path / "c.yaml"
    path.write_text(TEXT.replace('["./alarm {error}"]', json.dumps(hooks)))
    path.chmod(0o600)
    assert f"    reported by: {heard}\n" in shown(capsys, "--semantics", "1.3", str(path))
