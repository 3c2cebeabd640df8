"""Recorded runs that borgplan deliberately doesn't reproduce, each with the name of the difference."""

from __future__ import annotations

_NESTED = "nested volumes and file systems are in the backup"
_REMOVAL = "a failed removal is a failed step, others are tried, and the backup counts"
_LEFTOVERS = "what earlier runs or others left is not touched"
_PLANNED = "what is removed is known from the plan, and not listed again"
_ASKED = "volumes are asked for before anything runs: without an answer nothing does"
_SIGNALS = "after a signal, error hooks run, and removals go on to their end"
_CHECKED = "a snapshot's place is looked at before and after"
_POOL = "the snapshots of a pool are taken at one moment"

_BY_DIFFERENCE = {
    _NESTED: (
        "btrfs-exclude-patterns", "btrfs-nested-both-named", "btrfs-nested-parent-named", "btrfs-root-patterns",
        "lvm-exclude-patterns", "lvm-nested-both-named", "lvm-root-patterns",
        "zfs-exclude-patterns", "zfs-nested-both-named", "zfs-nested-parent-named", "zfs-property-inherited",
        "zfs-root-patterns",
    ),
    _REMOVAL: (
        "all-three-lvremove-fails", "btrfs-fail-remove", "btrfs-fail-remove-all", "lvm-fail-remove",
        "lvm-umount-busy", "lvm-umount-missing", "zfs-fail-remove", "zfs-umount-busy",
        "zfs-umount-busy-two-repositories", "zfs-umount-missing",
    ),
    _LEFTOVERS: (
        "btrfs-brackets-leftover", "btrfs-leftover", "btrfs-leftover-not-removable", "lvm-leftover-mount",
        "lvm-leftover-snapshots", "lvm-leftover-writable-mount", "zfs-leftover-directory", "zfs-leftover-mount",
        "zfs-leftover-snapshots",
    ),
    _PLANNED: (
        "btrfs-spaces", "lvm-lsblk-fails-for-removal", "lvm-lvs-fails-for-removal", "zfs-fail-list-for-removal",
        "zfs-same-mount-point",
    ),
    _ASKED: ("lvm-lsblk-fails", "lvm-lsblk-no-type", "zfs-fail-list", "zfs-list-odd"),
    _SIGNALS: (
        "btrfs-signal-TERM-in-create", "btrfs-signal-TERM-in-remove", "lvm-signal-TERM-in-remove",
        "zfs-signal-TERM-in-create", "zfs-signal-TERM-in-remove", "zfs-signal-TERM-in-snapshot",
    ),
    _CHECKED: ("lvm-lvs-fails", "lvm-lvs-odd", "lvm-snapshot-not-listed"),
    _POOL: ("zfs-fail-first-mount",),
    "exit code 75 of a program that takes snapshots is a failure": ("zfs-fail-snapshot-75",),
    "outer volumes first, and ZFS before LVM": ("all-three-zfs-fails", "lvm-fail-snapshot"),
    "which subvolumes are read-only is asked once for all": ("btrfs-property-fails",),
    "a source that is a link stays a link": ("btrfs-symlink",),
    "relative sources are read from all volumes that they lie in": (
        "btrfs-working-directory", "zfs-working-directory",
    ),
    "without sources there is nothing to back up": ("lvm-no-sources",),
    "a file with an error is refused with exit code 2": ("lvm-size-number",),
    "a dataset that is mounted nowhere is not in the backup, with a warning": ("zfs-property-auto-unmounted",),
    "the stand-in's root file system has no folder to mount in": ("lvm-root",),
}  # fmt: skip
DIFFERENCES = {name: why for why, names in _BY_DIFFERENCE.items() for name in names}
