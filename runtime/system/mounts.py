"""What is mounted, as the system tells it to this process."""

from __future__ import annotations

import re

from ...compiler.source.volumes import Mounted

_TABLE = "/proc/self/mountinfo"
_ESCAPED = re.compile(r"\\([0-7]{3})")


def mounts() -> tuple[Mounted, ...]:
    """In the order in which it was mounted; nothing where the system has no such table. Raises OSError."""
    with open(_TABLE, encoding="utf-8", errors="surrogateescape") as file:
        return tuple(_mounted(line) for line in file)


def is_mounted(path: str) -> bool:
    """Whether something is mounted at just this path. Raises OSError."""
    return any(mount.point == path for mount in mounts())


def _mounted(line: str) -> Mounted:
    """`36 35 98:0 /root /point options [fields] - type source options` (proc(5))."""
    before, _, after = line.partition(" - ")
    root, point = before.split(" ")[3:5]
    kind, source, *_ = after.split(" ")
    return Mounted(_text(point), kind, _text(source), _text(root))


def _text(field: str) -> str:
    return _ESCAPED.sub(lambda match: chr(int(match[1], 8)), field)
