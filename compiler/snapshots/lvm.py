"""Snapshots of logical volumes: writable, as the file system's log is replayed when one is mounted; mounted for reading.

Source: lvm2, measured in an emulated machine: `lsblk` names a volume `GROUP-VOLUME` with each dash within doubled. XFS refuses to
mount a second file system of the same UUID without `nouuid`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from ..config.settings import Settings
from ..plan.words import Word, joined
from ..plan.work import Presence, Where
from ..source.volumes import Mounted, Volume
from .kind import SNAPSHOT, Argv, Command, Kind, Naming, mounting, words_of

DEFAULT_SIZE = "10%ORIGIN"
_SINGLE_DASH = re.compile(r"(?<!-)-(?!-)")


def questions(program: Argv, _mounts: Sequence[Mounted]) -> list[Argv]:
    """All block devices, with what is on them and where they are mounted."""
    return [(*program, "--output", "name,path,mountpoint,type,fstype", "--json", "--list")]


def read(_mounts: Sequence[Mounted], answers: Sequence[str]) -> list[Volume]:
    """Logical volumes that are mounted."""
    try:
        rows = json.loads(answers[0])["blockdevices"]
        return [
            Volume("lvm", row["path"], row["mountpoint"], row["name"], row.get("fstype") or "")
            for row in rows
            if row["type"] == "lvm" and (row["mountpoint"] or "").startswith("/")
        ]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"`lsblk` gave an answer that can't be read: {error!r}") from error


def _names(volume: Volume) -> tuple[str, str]:
    """Group and volume, of a name like `vg0-my--files`."""
    group, _, name = (part.replace("--", "-") for part in _partition(volume.group))
    return group, name


def _partition(name: str) -> tuple[str, str, str]:
    found = _SINGLE_DASH.search(name)
    return (name[: found.start()], "-", name[found.end() :]) if found else ("", "", name)


def _name(volume: Volume, naming: Naming) -> Word:
    return joined(f"{_names(volume)[1]}_", naming.word)


def _device(volume: Volume, naming: Naming) -> Word:
    return joined(f"/dev/{_names(volume)[0]}/", _name(volume, naming))


def _presence(volume: Volume, settings: Settings, naming: Naming) -> Presence:
    listing = (*words_of(settings, "lvm.lvs_command"), "--noheadings", "--options", "lv_path")
    return Presence(_device(volume, naming), Where.LISTED, listing)


def take(volumes: Sequence[Volume], settings: Settings, naming: Naming) -> list[Command]:
    """One for each: logical volumes have no moment in common."""
    size = settings.text("lvm.snapshot_size") or DEFAULT_SIZE
    flag = "--extents" if "%" in size else "--size"
    return [
        Command(
            f"snapshot of {volume.point}",
            (
                *words_of(settings, "lvm.lvcreate_command"), "--snapshot", flag, size, "--permission", "rw",
                "--name", _name(volume, naming), volume.name,
            ),
            SNAPSHOT, (_device(volume, naming),), makes=(_presence(volume, settings, naming),),
        )
        for volume in volumes
    ]  # fmt: skip


def mount(volume: Volume, settings: Settings, naming: Naming, place: str) -> Command:
    options = "ro,nouuid" if volume.file_system == "xfs" else "ro"
    device = _device(volume, naming)
    argv = (*words_of(settings, "lvm.mount_command"), "-o", options, device, place)
    return mounting(f"mount the snapshot of {volume.point}", argv, place, device)


def remove(volume: Volume, settings: Settings, naming: Naming) -> Command:
    device = _device(volume, naming)
    return Command(
        f"remove the snapshot of {volume.point}",
        (*words_of(settings, "lvm.lvremove_command"), "--force", device),
        SNAPSHOT, (device,), removes=(_presence(volume, settings, naming),),
    )  # fmt: skip


KIND = Kind("lvm", "lvm.lsblk_command", questions, read, take, mount, remove)
