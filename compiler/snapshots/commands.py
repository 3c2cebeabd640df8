"""The commands around a backup from snapshots, in their order: taken and mounted, unmounted and removed."""

from __future__ import annotations

from collections.abc import Sequence

from ..config.settings import Settings
from ..plan.claims import FOLDER
from ..plan.words import Word
from ..plan.work import Presence, Where
from ..source.volumes import Volume
from .kind import MOUNT, Command, Naming, mounting, words_of
from .kinds import KINDS
from .layout import Layout, is_within

_UMOUNT = {"zfs": "zfs.umount_command", "lvm": "lvm.umount_command"}


def below(root: str, path: str) -> str:
    return root if path == "/" else f"{root}{path}"


def commands(
    settings: Settings, found: Layout, root: str, directory: str, naming: Naming
) -> tuple[tuple[Command, ...], tuple[Command, ...]]:
    """What is taken, in its order, and what gives it back, the latest first."""
    by_kind = {
        name: tuple(v for v in found.volumes if v.kind == name)
        for name in KINDS
        if any(v.kind == name for v in found.volumes)
    }
    take = [
        command
        for name, own in by_kind.items()
        for command in KINDS[name].take(own, settings, naming)
    ]
    take.append(_make_folders(found, root, directory))
    removals = [
        KINDS[name].remove(volume, settings, naming)
        for name, own in by_kind.items()
        for volume in own
        if not volume.still
    ]
    give = [_remove_folders(root), *reversed(removals)]
    volumes = {volume.point: volume for volume in found.volumes}
    unmounts = []
    for point in found.points:
        place = below(root, point)
        volume = volumes.get(point)
        if volume is None:
            mount = _bind(point, place)
        else:
            mount = KINDS[volume.kind].mount(volume, settings, naming, place)
        take.append(mount._replace(uses=(*mount.uses, _around(point, root, found.points))))
        unmounts.append(_unmount(settings, volume, point, place))
    return tuple(take), (*reversed(unmounts), *give)


def _around(point: str, root: str, points: Sequence[str]) -> tuple[str, Word]:
    """What something is mounted in: the innermost mount around it, or the folder of all."""
    outer = [other for other in points if other != point and is_within(point, other)]
    return (MOUNT, below(root, outer[-1])) if outer else (FOLDER, root)


def _make_folders(found: Layout, root: str, directory: str) -> Command:
    """Folders to mount at; what is within another volume has its folder there."""
    outer = [p for p in found.points if not any(p != o and is_within(p, o) for o in found.points)]
    places = [below(root, point) for point in outer]
    if not any(
        is_within(directory, place) for place in (root, *places) if place != root or "/" in outer
    ):
        places.append(directory)
    folders = tuple(dict.fromkeys([root, *places]))
    return Command(
        "folders for the snapshots", ("mkdir", "-m", "700", "-p", *folders), FOLDER, (root,)
    )


def _remove_folders(root: str) -> Command:
    """Only empty ones, and none behind a mount that has stayed."""
    argv = ("find", root, "-xdev", "-depth", "-type", "d", "-empty", "-delete")
    return Command(
        "remove the folders for the snapshots",
        argv,
        FOLDER,
        (root,),
        removes=(Presence(root, Where.PATH),),
    )


def _bind(point: str, place: str) -> Command:
    argv = ("mount", "--bind", point, place)
    return mounting(f"mount {point} as it is", argv, place)


def _unmount(settings: Settings, volume: Volume | None, point: str, place: str) -> Command:
    option = _UMOUNT.get(volume.kind, "") if volume else ""
    program = words_of(settings, option) if option else ("umount",)
    what = f"the snapshot of {point}" if volume else point
    return Command(
        f"unmount {what}",
        (*program, place),
        MOUNT,
        (place,),
        removes=(Presence(place, Where.MOUNT),),
    )
