"""Rules about snapshots: those that hooks take, and options that do nothing or too little."""

from __future__ import annotations

import pytest

from borgplan.compiler.shell.lexer import simple_commands
from borgplan.compiler.snapshots.hook_snapshots import HookSnapshot, hook_snapshot
from borgplan.compiler.snapshots.sizes import size_of
from tests.checks.finding import codes, found

_BTRFS = """\
source_directories: [/mnt/.snap/docs, /etc]
repositories: [{path: /backups/one}]
before_backup:
    - mkdir -p /mnt
    - btrfs subvolume snapshot -r /srv/data /mnt/.snap
after_backup: [btrfs subvolume delete /mnt/.snap]
on_error: [btrfs subvolume delete /mnt/.snap]
"""
_LVM = """\
source_directories: [/mnt/snap/docs]
repositories: [{path: /backups/one}]
commands:
    - {before: action, when: [create], run: [lvcreate -s -n snap -L 1G /dev/vg0/data, mount -o ro /dev/vg0/snap /mnt/snap]}
    - after: action
      when: [create]
      run:
          - umount /mnt/snap
          - lvremove -f vg0/snap
"""
_ZFS = """\
source_directories: [/tank/data/.zfs/snapshot/nightly/docs]
repositories: [{path: /backups/one}]
before_backup: [zfs snapshot tank/data@nightly]
after_backup: [zfs destroy tank/data@nightly]
"""


@pytest.mark.parametrize(
    ("command", "wanted"),
    [
        ("btrfs subvolume snapshot -r /a /b", HookSnapshot("btrfs", "/a", "/b")),
        ("sudo btrfs sub snap /a/ /b", HookSnapshot("btrfs", "/a", "/b")),
        ("zfs snapshot -r t/d@x", HookSnapshot("zfs", "t/d", "/.zfs/snapshot/x")),
        ("lvcreate -L 1G -s -n x /dev/vg/v", HookSnapshot("lvm", "/dev/vg/v", "/dev/vg/x")),
        ("lvcreate --snapshot --name=x vg/v", HookSnapshot("lvm", "vg/v", "/dev/vg/x")),
        ("lvcreate -n x -L 1G vg", None),
        ("btrfs subvolume list /", None),
        ("echo hello", None),
        ("zfs", None),
    ],
)
def test_commands_that_take_a_snapshot_are_known(command: str, wanted: HookSnapshot | None) -> None:
    (words,) = simple_commands(command)
    assert hook_snapshot(words) == wanted


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        (
            _BTRFS,
            (
                "write `btrfs:`, with /srv/data/docs as a source in place of /mnt/.snap/docs, and remove what lines 5, 6 and 7 do for "
                "the snapshot"
            ),
        ),
        (
            _LVM,
            (
                "write `lvm:`, with docs in the folder where /dev/vg0/data is mounted as a source in place of /mnt/snap/docs, and "
                "remove what lines 4, 8 and 9 do for the snapshot"
            ),
        ),
        (
            _ZFS,
            (
                "write `zfs:`, with /tank/data/docs as a source in place of /tank/data/.zfs/snapshot/nightly/docs, and remove what "
                "lines 3 and 4 do for the snapshot"
            ),
        ),
    ],
)
def test_the_option_that_could_take_a_snapshot_is_shown(text: str, hint: str) -> None:
    (finding,) = (one for one in found(text) if one.code == "BP474")
    assert finding.hint == hint


def test_a_snapshot_that_nothing_removes_is_not_for_the_backup() -> None:
    assert "BP474" not in codes(_BTRFS.replace("delete", "show"))


@pytest.mark.parametrize(
    ("size", "is_told"),
    [
        ("10%ORIGIN", False), ("1%ORIGIN", True), ("+20%free", False), ("5G", False), ("10M", True), ("10", True),
        ("500", False), ("1.5GB", False), ("10%", True), ("lots", True), ("0", True), ("2g", False),
    ],
)  # fmt: skip
def test_a_small_snapshot_is_told(size: str, is_told: bool) -> None:
    text = f"source_directories: [/etc]\nrepositories: [{{path: /one}}]\nlvm: {{snapshot_size: '{size}'}}\n"
    assert ("BP476" in codes(text)) is is_told
    assert (size_of(size) is None) is (size in ("10%", "lots", "0"))


def test_snapshots_without_create_have_no_effect() -> None:
    text = (
        "source_directories: [/etc]\nrepositories: [{path: /one}]\nzfs:\nskip_actions: [create]\n"
    )
    assert "BP475" in codes(text)
