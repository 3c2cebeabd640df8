"""Recorded runs that borgplan deliberately doesn't reproduce: a rule says what exactly becomes of what was recorded.

Nothing else of such a run may differ, and a rule that changes nothing is none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple


class Seen(NamedTuple):
    """What a run came to, recorded or repeated. `order`: hooks, snapshots taken, backups and snapshots removed."""

    code: object
    hooks: tuple[str, ...]
    order: tuple[str, ...]
    volumes: tuple[str, ...]
    files: tuple[str, ...]
    left: tuple[str, ...]


Vector = Mapping[str, Any]
Rule = Callable[[Vector, Seen], Seen]

_ERROR = "after-error"
_WHOLE = ("hook", "take", "borg", "remove", "hook")
_IN_A_VOLUME = ("cache/c", "docs/a", "docs/b.tmp")  # what the recorder puts into each


def _exactly(**fields: object) -> Rule:
    return lambda _, seen: seen._replace(**fields)  # type: ignore[arg-type]


def _both(first: Rule, second: Rule) -> Rule:
    return lambda vector, seen: second(vector, first(vector, seen))


def _is_told(_: Vector, seen: Seen) -> Seen:
    """Exit code 1 and the error hook; the archive was made, so the action has finished."""
    finished = [hook.replace("after-create fail", "after-create finish") for hook in seen.hooks]
    hooks = (*(hook for hook in finished if hook != _ERROR), _ERROR)
    return seen._replace(code=1, hooks=hooks)


def _others_are_removed(vector: Vector, seen: Seen) -> Seen:
    return _is_told(vector, seen)._replace(order=_WHOLE)


def _is_removed(_: Vector, seen: Seen) -> Seen:
    return seen._replace(order=_WHOLE, left=())


def _earlier_stay(_: Vector, seen: Seen) -> Seen:
    """What others left is there still; nothing is removed before the own snapshots are taken."""
    taken = seen.order.index("take")
    before = tuple(sort for sort in seen.order[:taken] if sort != "remove")
    return seen._replace(order=(*before, *seen.order[taken:]), left=("something",))


def _hooks_run(_: Vector, seen: Seen) -> Seen:
    """After a signal: the hooks that the interrupted run still owes."""
    last = ("after-everything",) if "before-everything" in seen.hooks else ()
    return seen._replace(hooks=(*seen.hooks, _ERROR, *last))


def _goes_well(_: Vector, seen: Seen) -> Seen:
    """Nothing fails; where no files were recorded, they are those of both sources."""
    files = seen.files or ("/srv/data/docs: a b.tmp", "/srv/other: cache/c docs/a docs/b.tmp")
    return seen._replace(
        code=0, hooks=("before-create", "after-create finish"), order=_WHOLE, files=files
    )


def _is_no_dump(_: Vector, seen: Seen) -> Seen:
    """Borg isn't started, and what was taken is removed."""
    hooks = [hook.replace(" finish", " fail") for hook in seen.hooks]
    last = [hook for hook in hooks if hook.startswith("after-everything")]
    first = [hook for hook in hooks if hook not in last]
    order = tuple(sort for sort in seen.order if sort != "borg")
    return seen._replace(code=1, hooks=(*first, _ERROR, *last), order=order, files=())


def _whole_trees(vector: Vector, seen: Seen) -> Seen:
    """In place of an empty folder, what is in the volume that is mounted there; it has a snapshot of its own."""
    files, volumes = [], dict.fromkeys(seen.volumes)
    for line in seen.files:
        root, _, names = line.partition(": ")
        found: list[str] = []
        for name in names.split():
            volume = _volume_at(vector, f"{root}/{name[:-1]}") if name.endswith("/") else ""
            found += [f"{name}{inner}" for inner in _IN_A_VOLUME] if volume else [name]
            volumes.update({volume: None} if volume else {})
        files.append(f"{root}: {' '.join(sorted(found))}")
    return seen._replace(files=tuple(sorted(files)), volumes=tuple(sorted(volumes)))


def _volume_at(vector: Vector, point: str) -> str:
    """What a volume is called in commands; empty where there is none."""
    known = {row["mountpoint"]: row["name"] for row in vector.get("zfs", {}).get("datasets", ())}
    rows = vector.get("lvm", {}).get("devices", ())
    known |= {row["mountpoint"]: row["path"] for row in rows if row["type"] == "lvm"}
    if vector.get("btrfs") and f"/.pool/@{point.removeprefix('/srv/')}" in vector["setup_ns"]:
        known[point] = point
    return str(known.get(point, ""))


_nothing_runs = _exactly(code=2, hooks=(), order=(), volumes=(), files=(), left=())
_nothing_is_left = _exactly(left=(), order=("hook", "take", "remove", "hook"))

_BY_DIFFERENCE: dict[str, dict[str, Rule]] = {
    "nested volumes and file systems are in the backup": dict.fromkeys(
        (
            "btrfs-nested-both-named", "btrfs-nested-parent-named", "btrfs-exclude-patterns",
            "lvm-exclude-patterns", "lvm-nested-both-named", "zfs-exclude-patterns", "zfs-nested-both-named",
            "zfs-nested-parent-named", "zfs-property-inherited",
        ),
        _whole_trees,
    ),
    "nested volumes are in the backup, what borgmatic itself left there is not": {
        "btrfs-runs-twice": lambda vector, seen: _whole_trees(
            vector,
            seen._replace(
                files=tuple(line.replace(" run/borgmatic-RANDOM/borgmatic/", "") for line in seen.files)
            ),
        ),
    },
    "a failed removal is a failed step, others are tried, and the backup counts": dict.fromkeys(
        ("btrfs-fail-remove", "lvm-fail-remove", "zfs-fail-remove"), _others_are_removed
    )
    | dict.fromkeys(
        (
            "all-three-lvremove-fails", "btrfs-fail-remove-all", "lvm-umount-busy", "lvm-umount-missing",
            "zfs-umount-busy", "zfs-umount-missing",
        ),
        _is_told,
    )
    | {
        "zfs-umount-busy-two-repositories": _both(
            _is_told,
            _exactly(left=("something",), order=(*_WHOLE[:3], *_WHOLE)),
        )
    },
    "what earlier runs or others left is not touched": dict.fromkeys(
        (
            "btrfs-leftover", "lvm-leftover-mount", "lvm-leftover-snapshots", "lvm-leftover-writable-mount",
            "zfs-leftover-directory", "zfs-leftover-mount", "zfs-leftover-snapshots",
        ),
        _earlier_stay,
    ),
    "a new snapshot never gets into an old one": {
        "btrfs-leftover-not-removable": _both(
            _is_told, _exactly(files=("/srv/data/docs: a b.tmp newer",))
        ),
        "btrfs-brackets-leftover": _exactly(
            order=_WHOLE, files=("/srv/data/my [old] files: cache/c docs/a docs/b.tmp docs/newer",)
        ),
    },
    "what is removed is known from the plan, and not listed again": dict.fromkeys(
        ("btrfs-spaces", "lvm-lsblk-fails-for-removal", "zfs-fail-list-for-removal"), _is_removed
    )
    | {
        "lvm-lvs-fails-for-removal": _both(_is_told, _is_removed),
        "zfs-same-mount-point": _both(
            _is_removed, _exactly(code=0, hooks=("before-create", "after-create finish"))
        ),
    },
    "volumes are asked for before anything runs: without an answer nothing does": dict.fromkeys(
        ("lvm-lsblk-fails", "lvm-lsblk-no-type", "zfs-fail-list", "zfs-list-odd"), _nothing_runs
    ),
    "nothing is asked of Borg before": dict.fromkeys(
        ("btrfs-fail-probe", "lvm-fail-probe", "zfs-fail-probe"), _goes_well
    ),
    "after SIGINT, error hooks run, and the exit code names the signal": dict.fromkeys(
        ("btrfs-signal-INT-in-create", "lvm-signal-INT-in-create", "zfs-signal-INT-in-create"),
        _both(_hooks_run, _exactly(code=130)),
    ),
    "after a signal, error hooks run, and removals go on to their end": dict.fromkeys(
        ("btrfs-signal-TERM-in-create", "zfs-signal-TERM-in-create", "zfs-signal-TERM-in-snapshot"),
        _hooks_run,
    )
    | dict.fromkeys(
        ("btrfs-signal-TERM-in-remove", "lvm-signal-TERM-in-remove", "zfs-signal-TERM-in-remove"),
        _both(_hooks_run, _exactly(left=())),
    ),
    "a snapshot's place is looked at before and after": {
        "lvm-lvs-fails": _exactly(order=("hook",), volumes=(), left=()),
        "lvm-lvs-odd": _both(_nothing_is_left, _exactly(volumes=("/dev/mapper/vg0-data",))),
        "lvm-snapshot-not-listed": _nothing_is_left,
    },
    "the snapshots of a pool are taken at one moment": {
        "zfs-fail-first-mount": _exactly(volumes=("tank/data", "tank/other")),
        "zfs-fail-second-snapshot": _goes_well,
    },
    "all snapshots are taken before the first is mounted": {
        "lvm-fail-first-mount": _exactly(volumes=("/dev/mapper/vg0-data", "/dev/mapper/vg0-other")),
    },
    "exit code 75 of a program that takes snapshots is a failure": {
        "lvm-fail-snapshot-75": _exactly(
            code=1, hooks=("before-create", "after-create fail", _ERROR), volumes=("/dev/mapper/vg0-data",)
        ),
        "zfs-fail-snapshot-75": _exactly(
            code=1, hooks=("before-create", "after-create fail", _ERROR), volumes=("tank/data", "tank/other")
        ),
    },
    "outer volumes first, and ZFS before LVM": {
        "all-three-zfs-fails": _exactly(volumes=("/srv/data", "tank/z")),
        "lvm-fail-snapshot": _exactly(volumes=("/dev/mapper/vg0-data",)),
    },
    "which subvolumes are read-only is asked once for all": {
        "btrfs-property-fails": _exactly(order=_WHOLE, volumes=("/srv/data",)),
    },
    "an odd answer to whether a subvolume is read-only is no reason to back up nothing": {
        "btrfs-property-odd": _both(
            _exactly(volumes=("/srv/data",), files=("/srv/data/docs: a b.tmp",)), _goes_well
        ),
    },
    "a source that is a link stays a link": {
        "btrfs-symlink": _both(
            _exactly(order=("hook", "borg", "hook"), volumes=()),
            lambda _, seen: seen._replace(
                files=tuple(
                    line.replace("child/", "child/cache/c child/docs/a child/docs/b.tmp") for line in seen.files
                )
            ),
        ),
    },
    "relative sources are read from all volumes that they lie in": {
        "btrfs-working-directory": _exactly(volumes=("/srv/data", "/srv/other")),
        "lvm-working-directory": _exactly(
            volumes=("/dev/mapper/vg0-data", "/dev/mapper/vg0-other")
        ),
        "zfs-working-directory": _exactly(volumes=("tank/data", "tank/other")),
    },
    "a dump that is a folder and holds nothing is a failure": dict.fromkeys(
        ("all-three", "zfs-with-postgresql"), _is_no_dump
    ),
    "without sources there is nothing to back up": {"lvm-no-sources": _nothing_runs},
    "a file with an error is refused with exit code 2": {"lvm-size-number": _exactly(code=2)},
    "a dataset that is mounted nowhere is not in the backup, with a warning": {
        "zfs-property-auto-unmounted": _exactly(
            code=0, hooks=("before-create", "after-create finish"), order=("hook", "borg", "hook"), volumes=(),
            files=("/srv/plain/docs: p",), left=(),
        ),
    },
}  # fmt: skip
DIFFERENCES = {name: why for why, rules in _BY_DIFFERENCE.items() for name in rules}
RULES = {name: rule for rules in _BY_DIFFERENCE.values() for name, rule in rules.items()}
