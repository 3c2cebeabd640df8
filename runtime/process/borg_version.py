"""Which Borg is installed: asked once for each executable, remembered until that changes.

The memory is one line an executable in the user's cache: path, time of change, size, inode, version.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

from ...compiler.borg.versions import Version, version
from ...compiler.config.model import Configuration
from ...compiler.source.host import Host

_MAX_LINES = 50


def versions_of(
    executables: Iterable[str], environment: Mapping[str, str], *, ask: bool
) -> dict[str, Version]:
    """The versions that can be had, by executable as configured; without `ask` only remembered ones.

    Raises SystemExit with 128+n when signal n asks to stop.
    """
    memory = _memory_path(environment)
    remembered = _remembered(memory)
    found: dict[str, Version] = {}
    new: dict[str, str] = {}
    for executable in dict.fromkeys(executables):
        key = _key(_path_of(executable, environment))
        text = remembered.get(key, "")
        if not text and ask:
            text = new[key] = _asked(executable)
        known = version(text)
        if known is not None:
            found[executable] = known
    lines = {key: text for key, text in new.items() if key and version(text)}
    if lines:
        _remember(memory, {**remembered, **lines})
    return found


def borg_facts(
    configurations: Iterable[Configuration], host: Host, *, ask: bool
) -> dict[str, Version]:
    """The versions of the Borg that each repository of these files uses, as far as they can be had; as
    `versions_of`."""
    targets = (c.of(repository) for c in configurations for repository in c.repositories)
    found: dict[str, Version] = {}
    for executable in dict.fromkeys(t.settings.text("local_path") or "borg" for t in targets):

        def find(name: str = executable) -> Version | None:
            return versions_of([name], host.environment, ask=ask).get(name)

        known = host.fact("borg", executable, find)
        if known is not None:
            found[executable] = known
    return found


def _path_of(executable: str, environment: Mapping[str, str]) -> str:
    if "/" in executable:
        return executable
    for directory in environment.get("PATH", os.defpath).split(":"):
        path = f"{directory or '.'}/{executable}"
        if os.access(path, os.X_OK) and not os.path.isdir(path):
            return path
    return ""


def _key(path: str) -> str:
    try:
        real = os.path.realpath(path, strict=True)
        status = os.stat(real)
    except (OSError, ValueError):
        return ""
    return f"{real!r} {status.st_mtime_ns} {status.st_size} {status.st_ino}"


def _memory_path(environment: Mapping[str, str]) -> str:
    base = environment.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return f"{base}/borgplan/borg-versions"


def _remembered(path: str) -> dict[str, str]:
    try:
        with open(path, encoding="utf-8") as file:
            lines = file.read(65536).splitlines()
    except (OSError, UnicodeDecodeError):
        return {}
    return {key: text for line in lines for key, _, text in (line.rpartition(" "),) if key}


def _remember(path: str, lines: Mapping[str, str]) -> None:
    """Replace the memory; one that can't be written is no loss."""
    from contextlib import suppress

    from ..system.files import replace
    from ..system.trusted_way import made

    kept = [f"{key} {text}\n" for key, text in lines.items()][-_MAX_LINES:]
    with suppress(OSError):
        made(os.path.dirname(path))
        replace(path, "".join(kept).encode())


def _asked(executable: str) -> str:
    """What `borg --version` says after its name: `1.4.5`."""
    from .probe import output_of

    words = output_of((executable, "--version")).split()
    return words[1] if len(words) > 1 else ""
