"""Snapshots of btrfs subvolumes: within the subvolume, for reading only, and mounted from there.

Source: btrfs-progs, measured: a snapshot holds an empty folder for each subvolume within; a destination that exists
becomes the folder of the new snapshot, so that the old one would be read. Snapshots that backups have made of a subvolume,
and that are there still, are no volumes of it: borgplan's, and borgmatic's.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..config.settings import Settings
from ..plan.words import Word, joined
from ..plan.work import Presence, Where
from ..source.volumes import Mounted, Volume
from .kind import PREFIX, SNAPSHOT, Argv, Command, Kind, Naming, mounting, words_of

_OF_BACKUPS = (f"/.{PREFIX}", "/.borgmatic-snapshot")


def questions(program: Argv, mounts: Sequence[Mounted]) -> list[Argv]:
    """All subvolumes of each file system by their paths below its top (`-a`), and those for reading only."""
    return [
        argv
        for point in _file_systems(mounts).values()
        for argv in (
            (*program, "subvolume", "list", "-a", point),
            (*program, "subvolume", "list", "-a", "-r", point),
        )
    ]


def _file_systems(mounts: Sequence[Mounted]) -> dict[str, str]:
    """The first mount point of each file system."""
    found: dict[str, str] = {}
    for mount in mounts:
        if mount.kind == "btrfs":
            found.setdefault(mount.source, mount.point)
    return found


def read(mounts: Sequence[Mounted], answers: Sequence[str]) -> list[Volume]:
    """Each subvolume at each place where it can be seen."""
    found: dict[str, Volume] = {}
    pairs = zip(_file_systems(mounts), answers[::2], answers[1::2], strict=True)
    for source, listed, still in pairs:
        paths = {"/": False} | {path: path in _paths(still) for path in _paths(listed)}
        for mount in mounts:
            if mount.source != source or mount.root not in paths:
                continue
            for path, is_still in paths.items():
                point = _seen_at(path, mount)
                if point:
                    found[point] = Volume("btrfs", point, point, point, still=is_still)
    return list(found.values())


def _paths(answer: str) -> dict[str, None]:
    """`ID 256 gen 9 top level 5 path @data` for each; the mark before some of them says that they are not below the
    path that was asked about. Without those that backups have made."""
    found: dict[str, None] = {}
    for line in answer.splitlines():
        _, sign, path = line.partition(" path ")
        if not sign:
            raise ValueError(f"`{line}` is not a line of `btrfs subvolume list`")
        path = f"/{path.removeprefix('<FS_TREE>/')}"
        if not any(sign in path for sign in _OF_BACKUPS):
            found[path] = None
    return found


def _seen_at(path: str, mount: Mounted) -> str:
    """Where a subvolume is seen below a mount; empty if it isn't."""
    if path == mount.root:
        return mount.point
    root = mount.root.rstrip("/")
    if not path.startswith(f"{root}/"):
        return ""
    return f"{mount.point.rstrip('/')}{path[len(root) :]}"


def _snapshot(volume: Volume, naming: Naming) -> Word:
    if volume.still:
        return volume.point
    return joined(f"{volume.point.rstrip('/')}/.", naming.word)


def take(volumes: Sequence[Volume], settings: Settings, naming: Naming) -> list[Command]:
    """One for each: subvolumes have no moment in common."""
    return [
        Command(
            f"snapshot of {volume.point}",
            (*words_of(settings, "btrfs.btrfs_command"), "subvolume", "snapshot", "-r", volume.point, snapshot),
            SNAPSHOT, (snapshot,), makes=(Presence(snapshot, Where.PATH),),
        )
        for volume in volumes
        if not volume.still
        for snapshot in (_snapshot(volume, naming),)
    ]  # fmt: skip


def mount(volume: Volume, _settings: Settings, naming: Naming, place: str) -> Command:
    """A mounted snapshot can be removed all the same (measured)."""
    argv: tuple[Word, ...] = ("mount", "--bind", _snapshot(volume, naming), place)
    return mounting(f"mount the snapshot of {volume.point}", argv, place)


def remove(volume: Volume, settings: Settings, naming: Naming) -> Command:
    snapshot = _snapshot(volume, naming)
    return Command(
        f"remove the snapshot of {volume.point}",
        (*words_of(settings, "btrfs.btrfs_command"), "subvolume", "delete", snapshot),
        SNAPSHOT, (snapshot,), removes=(Presence(snapshot, Where.PATH),),
    )  # fmt: skip


KIND = Kind("btrfs", "btrfs.btrfs_command", questions, read, take, mount, remove)
