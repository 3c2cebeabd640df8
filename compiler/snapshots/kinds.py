"""Every kind of snapshot by the name of its option, in the order in which they are asked."""

from __future__ import annotations

from ..config.settings import Settings
from . import btrfs, lvm, zfs
from .kind import Kind

KINDS: dict[str, Kind] = {kind.name: kind for kind in (btrfs.KIND, zfs.KIND, lvm.KIND)}


def kinds_of(settings: Settings) -> tuple[Kind, ...]:
    """Those that a configuration turns on."""
    return tuple(kind for name, kind in KINDS.items() if name in settings.by_key)
