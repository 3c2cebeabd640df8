"""Which volumes are snapshotted, and where they are mounted."""

from __future__ import annotations

from borgplan.compiler.borg.matching import is_wholly_left_out
from borgplan.compiler.borg.pattern_lines import parsed
from borgplan.compiler.snapshots import btrfs, lvm, zfs
from borgplan.compiler.snapshots.layout import is_within, layout
from borgplan.compiler.source.volumes import Mounted, Volume


def _volumes(*points: str) -> list[Volume]:
    return [Volume("zfs", point, point) for point in points]


def _mounts(*points: str, kind: str = "ext4") -> list[Mounted]:
    return [Mounted(point, kind) for point in points]


def _points(*sources: str, volumes: list[Volume], mounts: list[Mounted] | None = None) -> list[str]:
    found = layout(sources, volumes, mounts or [], one_file_system=False)
    return list(found.points)


def test_paths_compare_by_whole_names() -> None:
    assert is_within("/srv/data/x", "/srv/data")
    assert not is_within("/srv/data-other", "/srv/data")
    assert is_within("/etc", "/")


def test_a_source_lies_in_the_innermost_volume() -> None:
    volumes = _volumes("/", "/srv", "/srv/data")
    assert _points("/srv/data/docs", volumes=volumes) == ["/srv/data"]


def test_volumes_below_a_source_are_snapshotted_too() -> None:
    volumes = _volumes("/srv/data", "/srv/data/child", "/srv/data/docs/deep")
    assert _points("/srv/data/docs", volumes=volumes) == ["/srv/data", "/srv/data/docs/deep"]


def test_other_file_systems_below_a_source_are_read_as_they_are_and_virtual_ones_not() -> None:
    mounts = [*_mounts("/srv/data/usb"), *_mounts("/srv/data/tmp", kind="tmpfs")]
    found = layout(["/srv/data"], _volumes("/srv/data"), mounts, one_file_system=False)
    assert (found.mounts, found.virtual) == (("/srv/data/usb",), ("/srv/data/tmp",))


def test_with_one_file_system_nothing_below_a_source_is_looked_at() -> None:
    volumes = _volumes("/srv/data", "/srv/data/child")
    found = layout(["/srv/data"], volumes, _mounts("/srv/data/usb"), one_file_system=True)
    assert found.points == ("/srv/data",)


def test_a_source_on_another_file_system_within_a_volume_is_live() -> None:
    found = layout(
        ["/srv/data/usb/x"], _volumes("/srv/data"), _mounts("/srv/data/usb"), one_file_system=False
    )
    assert (found.volumes, found.live) == ((), ("/srv/data/usb/x",))


def test_what_lies_between_two_volumes_is_mounted_to_reach_the_inner_one() -> None:
    found = layout(
        ["/etc", "/srv/data"], _volumes("/", "/srv/data"), _mounts("/srv"), one_file_system=False
    )
    assert found.ways == ("/srv",)
    assert found.points == ("/", "/srv", "/srv/data")


def test_subvolumes_are_seen_below_each_mount_of_their_file_system() -> None:
    mounts = [
        Mounted("/", "btrfs", "/dev/a", "/@"),
        Mounted("/srv/data", "btrfs", "/dev/a", "/@data"),
        Mounted("/mnt", "ext4", "/dev/b"),
    ]
    listed = (
        "ID 256 gen 7 top level 5 path <FS_TREE>/@\nID 257 gen 7 top level 5 path @data\n"
        "ID 258 gen 7 top level 257 path @data/my [o] x\n"
    )
    found = btrfs.read(mounts, [listed, "ID 258 gen 7 top level 257 path @data/my [o] x\n"])
    assert {(v.point, v.still) for v in found} == {
        ("/", False), ("/srv/data", False), ("/srv/data/my [o] x", True),
    }  # fmt: skip


def test_datasets_that_are_mounted_nowhere_are_none() -> None:
    rows = "tank\t/tank\ton\t-\ntank/off\t/off\toff\tauto\ntank/none\tnone\ton\tauto\n"
    found = zfs.read([], [rows])
    assert [(v.name, v.point, v.wanted) for v in found] == [
        ("tank", "/tank", False), ("tank/none", "", True),
    ]  # fmt: skip


def test_a_logical_volume_is_known_by_its_group_and_name() -> None:
    answer = (
        '{"blockdevices": [{"name": "vg0-my--files", "path": "/dev/mapper/vg0-my--files", "mountpoint": "/srv", '
        '"type": "lvm", "fstype": "xfs"}, {"name": "vg0-swap", "path": "/dev/mapper/vg0-swap", '
        '"mountpoint": "[SWAP]", "type": "lvm"}]}'
    )
    (volume,) = lvm.read([], [answer])
    assert lvm._names(volume) == ("vg0", "my-files")
    assert volume.file_system == "xfs"


def test_snapshots_that_backups_have_left_are_no_volumes() -> None:
    mounts = [Mounted("/srv", "btrfs", "/dev/a", "/@")]
    listed = "".join(
        f"ID 256 gen 7 top level 5 path @{path}\n"
        for path in (
            "",
            "/.borgplan-20260102-1",
            "/.borgmatic-snapshot/srv",
            "/.snapshots/1/snapshot",
        )
    )
    found = btrfs.read(mounts, [listed, ""])
    assert {volume.point for volume in found} == {"/srv", "/srv/.snapshots/1/snapshot"}


def _excluded(*lines: str) -> list[str]:
    rules = [parsed(line) for line in lines]
    return [
        name
        for name in ("v", "v/in", "w")
        if is_wholly_left_out(f"/srv/data/{name}", "/srv/data", rules)
    ]


def test_a_volume_of_which_patterns_leave_nothing_needs_no_snapshot() -> None:
    assert _excluded("! fm:/srv/data/v") == ["v", "v/in"]
    assert _excluded("- pp:srv/data/v") == ["v", "v/in"]
    assert _excluded("- sh:/srv/*/v") == ["v", "v/in"]
    assert _excluded("- pf:/srv/data/v") == []  # what is in it is backed up
    assert _excluded("+ pp:/srv/data/v/in", "- pp:/srv/data/v") == []
    assert _excluded("+ pp:/srv/data/v/in", "! pp:/srv/data/v") == ["v", "v/in"]
    assert _excluded("+ pp:/srv/data/v", "! pp:/srv/data/v") == []
    assert _excluded("+ pp:/srv/data/w", "- pp:/srv/data/v") == ["v", "v/in"]
    assert _excluded("- fm:/srv/data/v/*") == ["v/in"]
    assert _excluded("! re:/v$") == ["v", "v/in"]
