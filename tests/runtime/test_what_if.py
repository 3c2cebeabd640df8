"""`plan --fail`: what will fail too, as it undoes what was never done."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from borgplan.runtime.main import main

START = "source_directories: [/etc]\nkeep_daily: 1\nrepositories: [{path: /backups/one}]\n"


def supposed(
    capsys: pytest.CaptureFixture[str], place: Path, hooks: str, fail: str, semantics: str = "1.5"
) -> dict[str, tuple[str, str]]:
    """For each hook command its fate and the note, if the step of that number fails."""
    path = place / "c.yaml"
    path.write_text(START + hooks)
    words = [
        "plan",
        str(path),
        "--offline",
        "--semantics",
        semantics,
        "-a",
        "create",
        "--fail",
        fail,
    ]
    assert main([*words, "--format", "json"]) == 0
    steps = json.loads(capsys.readouterr().out)["steps"]
    assert main(words) == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if " `" in line]
    names = [line.split("`")[1] for line in lines]
    hooked = [step for step in steps if "#borg" not in step["id"]]
    assert len(names) == len(hooked)
    for line, step in zip(lines, hooked, strict=True):
        assert step["note"] in line
    return {f"{n}": (s["fate"], s["note"]) for n, s in zip(names, hooked, strict=True)}


HOOKS = """\
before_backup: [./ready, mount /mnt/x, ./dump]
after_backup: ['true']
on_error: [%s, ./alarm]
"""


@pytest.mark.parametrize("number", ["1", "2", "1=soft"])
def test_unmounting_what_was_never_mounted_fails_and_ends_the_list(
    number: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = supposed(capsys, tmp_path, HOOKS % "umount /mnt/x", number)
    if number.endswith("soft"):
        assert found["umount /mnt/x"][0] == "not needed" or found["umount /mnt/x"][1] == ""
        return
    assert found["umount /mnt/x"] == (
        "failed",
        "will also fail, because mount /mnt/x was never acquired",
    )
    assert found["./alarm"][0] == "not run"


@pytest.mark.parametrize(
    ("undo", "fail"),
    [
        ("umount /mnt/x", "3"),
        ("umount /mnt/x || true", "2"),
        ("umount /mnt/x; true", "2"),
        ("if mountpoint -q /mnt/x; then umount /mnt/x; fi", "2"),
        ("umount /mnt/other", "2"),
    ],
)
def test_what_can_go_well_does(
    undo: str, fail: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = supposed(capsys, tmp_path, HOOKS % f'"{undo}"', fail)
    assert found[undo] == ("done", "")
    assert found["./alarm"][0] == "done"


def test_what_fails_because_it_asks_first(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    undo = "mountpoint -q /mnt/x && umount /mnt/x"
    assert supposed(capsys, tmp_path, HOOKS % f"'{undo}'", "2")[undo][0] == "failed"


def test_a_step_of_several_commands_may_have_done_that_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hooks = (HOOKS % "umount /mnt/x").replace(
        "mount /mnt/x, ./dump", "mount /mnt/x && ./dump, ./more"
    )
    assert supposed(capsys, tmp_path, hooks, "2")["umount /mnt/x"] == ("done", "")


@pytest.mark.parametrize(
    ("take", "give", "fails"),
    [
        ("cryptsetup open /dev/x crypt", "cryptsetup close crypt", True),
        ("btrfs subvolume snapshot -r / /snap", "btrfs subvolume delete /snap", True),
        ("lvcreate -s -n snap vg/lv", "lvremove -f vg/snap", True),
        ("fsfreeze -f /srv", "fsfreeze -u /srv", True),
        ("sshfs nas:/x /mnt/x", "fusermount -u /mnt/x", True),
        ("systemctl stop app", "systemctl start app", False),
        ("docker stop app", "docker start app", False),
        ("pg_dump app > /x.sql", "rm /x.sql", False),
        ("/etc/hooks.sh setup", "/etc/hooks.sh cleanup", False),
    ],
)
def test_which_things_cannot_be_given_back_untaken(
    take: str, give: str, *, fails: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hooks = f"before_backup: ['{take}']\non_error: ['{give}']\n"
    assert (supposed(capsys, tmp_path, hooks, "1")[give][0] == "failed") is fails
    after = f"before_backup: ['{take}']\nafter_backup: ['{give}']\n"
    assert (supposed(capsys, tmp_path, after, "1", "2.1")[give][0] == "failed") is fails


def test_what_is_given_back_once_is_not_there_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hooks = "before_backup: [mount /mnt/x]\nafter_backup: [umount /mnt/x]\nafter_everything: [umount -l /mnt/x]\n"
    found = supposed(capsys, tmp_path, hooks, "2", "2.1")
    assert found["umount /mnt/x"] == ("done", "")
    assert found["umount -l /mnt/x"][0] == "failed"
