"""Which paths a shell text unmounts, by the path or by the device that a plan's hooks mount there."""

from __future__ import annotations

from posixpath import normpath

from ..plan.model import Plan
from ..plan.work import Shell
from ..shell.behind import behind
from ..shell.lexer import Words, program, simple_commands
from .claims import claims

_SUBCOMMANDS = {
    "udisksctl": ("unmount", "power-off"),
    "gio": ("mount",),
    "zpool": ("export",),
    "zfs": ("unmount", "umount"),
}
_BY_DEVICE = frozenset(("eject", "pumount", "udisksctl", "gio", "veracrypt"))


def unmounted(text: str, plan: Plan) -> tuple[str, ...]:
    """Absolute paths; what is mounted again by the same text is left out, as is what only running can tell."""
    names = [c.what for c in claims(text) if c.pair.name == "mount" and not c.taking]
    names += [_path_of_unit(c.what) for c in claims(text) if c.pair.name == "service" and c.taking]
    for words in simple_commands(text):
        if program(words[0]) == "ssh":
            gone_there = {word for inner in simple_commands(" ".join(words[1:])) for word in inner}
            names = [name for name in names if name not in gone_there]
        else:
            names += _named_otherwise(behind(words))
    paths = [
        path
        for name in names
        for path in ([name] if not name.startswith("/dev/") else _mounted_at(name, plan))
    ]
    return tuple(dict.fromkeys(normpath(path) for path in paths if path.startswith("/")))


def _path_of_unit(unit: str) -> str:
    """`mnt-backup.mount` is `/mnt/backup`; empty for another unit."""
    name, dot, kind = unit.rpartition(".")
    if not dot or kind not in ("mount", "automount"):
        return ""
    return "/" + name.replace("-", "/").replace("\\x2d", "-")


def _named_otherwise(words: Words) -> list[str]:
    """What programs without a form in `pairs.py` unmount."""
    if not words:
        return []
    name, rest = program(words[0]), words[1:]
    if name in _SUBCOMMANDS and not any(word in _SUBCOMMANDS[name] for word in rest):
        return []
    arguments = [word for word in rest if not word.startswith("-")]
    if name in _BY_DEVICE:
        return [word for word in arguments if word.startswith("/")]
    if name == "zpool" or name == "zfs":
        return [word if word.startswith("/") else f"/{word}" for word in arguments[1:]]
    return []


def _mounted_at(device: str, plan: Plan) -> list[str]:
    """The paths at which hooks of the plan mount a device."""
    texts = [
        s.work.script for s in plan.steps if isinstance(s.work, Shell) and device in s.work.script
    ]
    return [
        words[-1]
        for text in texts
        for words in simple_commands(text)
        if device in words and any(program(word).startswith("mount") for word in words)
    ]
