"""Shell patterns for hosts that aren't the machine's files: as `glob` of the standard library has them."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from ...compiler.source.host import Host, UnreadableError


def matching(pattern: str, host: Host) -> list[str]:
    """The paths on `host` that fit a pattern, sorted; relative ones for a relative pattern."""
    found = ["/" if pattern.startswith("/") else ""]
    for part in filter(None, pattern.split("/")):
        has_wildcard = any(letter in part for letter in "*?[")
        step = _fitting if has_wildcard else _joined
        found = [path for base in found for path in step(base, part, host)]
    return sorted(path for path in found if path and host.exists(path))


def _fitting(base: str, part: str, host: Host) -> Iterator[str]:
    try:
        names = host.entries(base or ".") if host.is_directory(base or ".") else []
    except UnreadableError:
        return
    for name in names:
        if fnmatchcase(name, part) and (part.startswith(".") or not name.startswith(".")):
            yield f"{base}{name}" if base in ("", "/") else f"{base}/{name}"


def _joined(base: str, part: str, _host: Host) -> Iterator[str]:
    yield f"{base}{part}" if base in ("", "/") else f"{base}/{part}"
