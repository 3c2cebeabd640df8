"""The size of a snapshot of a logical volume, as `lvcreate` reads it."""

from __future__ import annotations

import re

from ..support.record import NamedTuple

SIZES = "10%ORIGIN (also %FREE, %VG, %PVS), 5G, 500M"
_PART = re.compile(r"\+?(\d+)%(?:ORIGIN|FREE|VG|PVS)\Z", re.IGNORECASE)
_SIZE = re.compile(r"\+?(\d+(?:\.\d+)?)([bskmgtpe]?)(?:i?b)?\Z", re.IGNORECASE)
_UNITS = {"b": 1, "s": 512} | {unit: 1024**power for power, unit in enumerate("kmgtpe", 1)}


class Size(NamedTuple):
    """Of a snapshot: a `part` of something, in percent, or `bytes`."""

    part: int
    bytes: int


def size_of(text: str) -> Size | None:
    """What `lvm.snapshot_size` says; None where lvcreate takes no such text. Without a unit: MiB."""
    if part := _PART.match(text):
        return Size(int(part[1]), 0) if int(part[1]) else None
    size = _SIZE.match(text)
    if size is None or float(size[1]) == 0:
        return None
    return Size(0, int(float(size[1]) * _UNITS[size[2].lower() or "m"]))
