"""Which file systems the sources of a selection lie in, and what has to be mounted below the folder of a run so that the
very files of a live backup are found there.

Everything is told by paths: whatever is mounted innermost around a source is what it lies in. Below a source Borg
goes into other file systems, too, unless it is told not to: subvolumes and datasets there get snapshots of their own, what
else is mounted there is read as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from posixpath import normpath

from ..source.volumes import Mounted, Volume
from ..support.record import NamedTuple

# What systems keep no files in; Borg would read nothing of use there.
_VIRTUAL = frozenset(
    ("autofs", "binfmt_misc", "bpf", "cgroup", "cgroup2", "configfs", "debugfs", "devpts", "devtmpfs", "efivarfs",
     "fusectl", "hugetlbfs", "mqueue", "nsfs", "overlay", "proc", "pstore", "ramfs", "rpc_pipefs", "securityfs",
     "selinuxfs", "squashfs", "sysfs", "tmpfs", "tracefs")
)  # fmt: skip


class Layout(NamedTuple):
    """`volumes`: to be snapshotted, the outer ones first. `mounts`: points of what is read as it is, below sources
    that are read from snapshots. `ways`: points of what has to be there only to mount something in it. `virtual`:
    points of virtual file systems there; `excluded`: of volumes and file systems of which patterns leave nothing.
    `snapped`: sources that are read from snapshots, and from which; `live`: the others. All sources as absolute paths."""

    volumes: tuple[Volume, ...]
    mounts: tuple[str, ...]
    ways: tuple[str, ...]
    virtual: tuple[str, ...]
    excluded: tuple[str, ...]
    snapped: tuple[tuple[str, Volume], ...]
    live: tuple[str, ...]

    @property
    def points(self) -> tuple[str, ...]:
        """All places where something is to be mounted, the outer ones first."""
        return tuple(sorted({*(v.point for v in self.volumes), *self.mounts, *self.ways}))


def is_within(path: str, outer: str) -> bool:
    """Whether a path is another one or below it; by whole names."""
    return path == outer or path.startswith(f"{outer.rstrip('/')}/")


def layout(
    sources: Sequence[str],
    volumes: Iterable[Volume],
    mounts: Iterable[Mounted],
    *,
    one_file_system: bool,
    is_excluded: Callable[[str, str], bool] = lambda _path, _source: False,
) -> Layout:
    """`sources`: absolute paths. `one_file_system`: Borg stays on that of each source. `is_excluded`: whether nothing at a
    path, below a source, gets into an archive."""
    by_point = {volume.point: volume for volume in volumes if volume.point}
    kinds = {mount.point: mount.kind for mount in mounts}
    points = sorted({*by_point, *kinds}, key=len, reverse=True)
    snapped: list[tuple[str, Volume]] = []
    live: list[str] = []
    chosen: dict[str, Volume] = {}
    others: dict[str, None] = {}
    virtual: dict[str, None] = {}
    excluded: dict[str, None] = {}
    for written in sources:
        source = normpath(written)
        around = next((point for point in points if is_within(source, point)), "")
        if around not in by_point:
            live.append(written)
            continue
        snapped.append((written, by_point[around]))
        chosen[around] = by_point[around]
        for point in () if one_file_system else points:
            if point == source or not is_within(point, source):
                continue
            if is_excluded(point, source):
                excluded[point] = None
            elif point in by_point:
                chosen[point] = by_point[point]
            else:
                (virtual if kinds[point] in _VIRTUAL else others)[point] = None
    ordered = tuple(chosen[point] for point in sorted(chosen))
    return Layout(
        ordered,
        tuple(sorted(others)),
        _ways({*chosen, *others}, points),
        tuple(sorted(virtual)),
        tuple(sorted(excluded.keys() - chosen.keys() - others.keys())),
        tuple(snapped),
        tuple(live),
    )


def _ways(used: set[str], points: Iterable[str]) -> tuple[str, ...]:
    """Points between one that is used and another one in it: a snapshot of the outer one is empty there."""

    def leads_to_used(point: str) -> bool:
        inside = any(is_within(other, point) for other in used)
        return inside and any(is_within(point, other) for other in used)

    return tuple(sorted(point for point in points if point not in used and leads_to_used(point)))
