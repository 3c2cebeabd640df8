"""A command of a hook that takes a snapshot: of what, and where the snapshot is."""

from __future__ import annotations

from itertools import pairwise
from posixpath import normpath

from ..shell.lexer import Words, program
from ..support.record import NamedTuple

_SNAPSHOT = frozenset(("snapshot", "snap"))
_SUBVOLUME = frozenset(("subvolume", "subvol", "su", "sub"))
# Options with a value of their own.
_BTRFS = frozenset(("-i",))
_ZFS = frozenset(("-o",))
_LVCREATE = frozenset(
    ("-n", "--name", "-L", "--size", "-l", "--extents", "-p", "--permission", "-c", "--chunksize", "-K", "-k",
     "--setactivationskip", "-a", "--activate", "--config", "--addtag", "--monitor", "-y")
)  # fmt: skip


class HookSnapshot(NamedTuple):
    """`kind`: the option that can take it. `volume`: of what, as the command names it. `place`: where its files are, or its
    device; empty where that isn't said."""

    kind: str
    volume: str
    place: str


def hook_snapshot(words: Words) -> HookSnapshot | None:
    """None for all other commands, and for those whose words don't say of what a snapshot is taken."""
    for at, word in enumerate(words):
        read = _READERS.get(program(word))
        if read is not None:
            return read(words[at + 1 :])
    return None


def _btrfs(words: Words) -> HookSnapshot | None:
    names = _names(words, _BTRFS)
    if len(names) != 4 or names[0] not in _SUBVOLUME or names[1] not in _SNAPSHOT:
        return None
    return HookSnapshot("btrfs", normpath(names[2]), normpath(names[3]))


def _zfs(words: Words) -> HookSnapshot | None:
    names = _names(words, _ZFS)
    if len(names) != 2 or names[0] not in _SNAPSHOT:
        return None
    dataset, sign, name = names[1].partition("@")
    return HookSnapshot("zfs", dataset, f"/.zfs/snapshot/{name}") if sign else None


def _lvcreate(words: Words) -> HookSnapshot | None:
    if not {"-s", "--snapshot"}.intersection(words):
        return None
    names = _names(words, _LVCREATE)
    if len(names) != 1:
        return None
    own = [value for flag, value in pairwise(words) if flag in ("-n", "--name")]
    own += [word.partition("=")[2] for word in words if word.startswith("--name=")]
    group = names[0].removeprefix("/dev/").partition("/")[0]
    return HookSnapshot("lvm", names[0], f"/dev/{group}/{own[0]}" if own else "")


def _names(words: Words, valued: frozenset[str]) -> list[str]:
    """The words that are neither options nor their values."""
    found = []
    before = ""
    for word in words:
        if not word.startswith("-") and before not in valued:
            found.append(word)
        before = word
    return found


_READERS = {"btrfs": _btrfs, "zfs": _zfs, "lvcreate": _lvcreate}
