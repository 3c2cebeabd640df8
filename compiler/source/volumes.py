"""File systems of a machine that can be read from a snapshot, as plain records: what was found out before planning."""

from __future__ import annotations

from ..support.record import NamedTuple


class Mounted(NamedTuple):
    """Something mounted: `point` where, `kind` the file system's type, `source` and `root` as the system tells them
    (`/proc/self/mountinfo`)."""

    point: str
    kind: str
    source: str = ""
    root: str = "/"


class Volume(NamedTuple):
    """A btrfs subvolume, a ZFS dataset or a logical volume, by its `kind`.

    `name`: of a dataset, or the device of a logical volume; of a subvolume its path. `point`: where its files are;
    empty if nowhere. `group`: volumes with the same one can be snapshotted at one moment. `file_system`: what is
    on a logical volume. `still`: nobody can write to it, so that it needs no snapshot. `wanted`: it says itself that
    it is to be backed up.
    """

    kind: str
    name: str
    point: str
    group: str = ""
    file_system: str = ""
    still: bool = False
    wanted: bool = False


class Mounts(NamedTuple):
    """What is mounted, in the order in which it was. `problem`: why that isn't known; empty if it is."""

    all: tuple[Mounted, ...] = ()
    problem: str = ""


class Volumes(NamedTuple):
    """What one program answered. `problem`: why there is no answer; empty if there is one."""

    volumes: tuple[Volume, ...] = ()
    problem: str = ""
