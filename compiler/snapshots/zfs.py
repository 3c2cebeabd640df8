"""Snapshots of ZFS datasets: those of a pool at one moment, by one command.

Source: OpenZFS; forms of output measured with `zfs list`. A dataset with the property `org.torsion.borgmatic:backup`
set to `auto` is backed up without being named as a source (borgmatic).
"""

from __future__ import annotations

from collections.abc import Sequence

from ..config.settings import Settings
from ..plan.words import Word, joined
from ..plan.work import Presence, Where
from ..source.volumes import Mounted, Volume
from .kind import SNAPSHOT, Argv, Command, Kind, Naming, mounting, words_of

_COLUMNS = "name,mountpoint,canmount,org.torsion.borgmatic:backup"
_ALL = "auto"
_OFF = "off"


def questions(program: Argv, _mounts: Sequence[Mounted]) -> list[Argv]:
    """All datasets, with where they are mounted."""
    return [(*program, "list", "-H", "-t", "filesystem", "-o", _COLUMNS)]


def read(mounts: Sequence[Mounted], answers: Sequence[str]) -> list[Volume]:
    """Datasets whose files can be seen; where the system tells of mounted ones, those. Of two at one place, the
    first."""
    seen = {mount.source for mount in mounts if mount.kind == "zfs"}
    found: dict[str, Volume] = {}
    for line in answers[0].splitlines():
        columns = line.split("\t")
        if len(columns) != len(_COLUMNS.split(",")):
            raise ValueError(f"`{line}` does not have the columns that `zfs list` should print")
        name, point, may_mount, backup = columns
        has_point = point.startswith("/") and may_mount != _OFF and (not seen or name in seen)
        volume = Volume(
            "zfs", name, point if has_point else "", name.partition("/")[0], wanted=backup == _ALL
        )
        if has_point or (volume.wanted and may_mount != _OFF):
            found.setdefault(volume.point or name, volume)
    return list(found.values())


def _snapshot(volume: Volume, naming: Naming) -> Word:
    return joined(f"{volume.name}@", naming.word)


def _presence(volume: Volume, settings: Settings, naming: Naming) -> Presence:
    listing = (
        *words_of(settings, "zfs.zfs_command"),
        "list",
        "-H",
        "-d",
        "1",
        "-t",
        "snapshot",
        "-o",
        "name",
    )
    return Presence(_snapshot(volume, naming), Where.LISTED, (*listing, volume.name))


def take(volumes: Sequence[Volume], settings: Settings, naming: Naming) -> list[Command]:
    """One for each pool, which takes all of its snapshots or none."""
    pools: dict[str, list[Volume]] = {}
    for volume in volumes:
        pools.setdefault(volume.group, []).append(volume)
    return [
        Command(
            f"snapshot of {', '.join(v.name for v in members)}",
            (*words_of(settings, "zfs.zfs_command"), "snapshot", *(_snapshot(v, naming) for v in members)),
            SNAPSHOT, tuple(_snapshot(v, naming) for v in members),
            makes=tuple(_presence(v, settings, naming) for v in members),
        )
        for members in pools.values()
    ]  # fmt: skip


def mount(volume: Volume, settings: Settings, naming: Naming, place: str) -> Command:
    program, snapshot = words_of(settings, "zfs.mount_command"), _snapshot(volume, naming)
    argv = (*program, "-t", "zfs", "-o", "ro", snapshot, place)
    return mounting(f"mount the snapshot of {volume.name}", argv, place, snapshot)


def remove(volume: Volume, settings: Settings, naming: Naming) -> Command:
    snapshot = _snapshot(volume, naming)
    return Command(
        f"remove the snapshot of {volume.name}",
        (*words_of(settings, "zfs.zfs_command"), "destroy", snapshot),
        SNAPSHOT, (snapshot,), removes=(_presence(volume, settings, naming),),
    )  # fmt: skip


KIND = Kind("zfs", "zfs.zfs_command", questions, read, take, mount, remove)
