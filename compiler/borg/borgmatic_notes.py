"""When borgmatic last ran a check, by the files that it keeps: for the time until borgplan has a note of its own.

borgmatic (1.6 to 2.1.10, measured) changes the time of `checks/REPOSITORY-ID/CHECK`, since 1.8.6 of
`checks/REPOSITORY-ID/CHECK/ARCHIVES` for what is about archives, below its state directory, formerly `~/.borgmatic`.
Which repository an id belongs to is told by the repository itself, or by what Borg keeps of those elsewhere.
"""

from __future__ import annotations

import re

from ..source.host import Host, UnreadableError
from .target import Target, expand_home

_ID = re.compile(r"[0-9a-f]{64}")
_IN_CONFIG = re.compile(r"^id\s*=\s*([0-9a-f]{64})\s*$", re.MULTILINE)
_MOST_BYTES = 64 * 1024
_MOST_REPOSITORIES = 1000


def last_time(target: Target, check: str) -> float | None:
    """When a check of this repository last went well under borgmatic, in seconds since 1970; None if no file
    tells. Of archives that were checked by different selections: the earliest, as the check covers all."""
    host = target.host
    folders = [folder for folder in _state_folders(target) if host.is_directory(folder)]
    if not folders:
        return None
    name = _repository_id(target, folders)
    times = [_time(host, f"{folder}/{name}/{check}") for folder in folders] if name else []
    return max((time for time in times if time is not None), default=None)


def _state_folders(target: Target) -> list[str]:
    settings, host = target.settings, target.host
    state = settings.text("user_state_directory") or host.environment.get("XDG_STATE_HOME")
    former = settings.text("borgmatic_source_directory") or "~/.borgmatic"
    bases = (f"{state or '~/.local/state'}/borgmatic", former)
    return [f"{expand_home(base, host)}/checks" for base in bases]


def _time(host: Host, path: str) -> float | None:
    if not host.is_directory(path):
        return host.modified(path)
    try:
        names = host.entries(path)
    except UnreadableError:
        return None
    times = [host.modified(f"{path}/{name}") for name in names]
    return min((time for time in times if time is not None), default=None)


def _repository_id(target: Target, folders: list[str]) -> str:
    """The id of the repository; empty if nothing here tells."""
    host = target.host
    if target.location.startswith("/"):
        found = _IN_CONFIG.search(_text(host, f"{target.location}/config"))
        return found[1] if found else ""
    for name in _candidates(host, folders):
        if _text(host, f"{_security(target)}/{name}/location").strip() == target.location:
            return name
    return ""


def _candidates(host: Host, folders: list[str]) -> list[str]:
    """The ids that borgmatic has notes of."""
    found: list[str] = []
    for folder in folders:
        try:
            found += [name for name in host.entries(folder) if _ID.fullmatch(name)]
        except UnreadableError:
            continue
    return found[:_MOST_REPOSITORIES]


def _security(target: Target) -> str:
    """Where Borg notes which repository is at which address."""
    settings, environment = target.settings, target.host.environment

    def said(option: str, variable: str) -> str:
        return settings.text(option) or environment.get(variable, "")

    own = said("borg_security_directory", "BORG_SECURITY_DIR")
    configuration = said("borg_config_directory", "BORG_CONFIG_DIR")
    base = said("borg_base_directory", "BORG_BASE_DIR")
    inner = configuration or f"{base or '~'}/.config/borg"
    return expand_home(own or f"{inner}/security", target.host)


def _text(host: Host, path: str) -> str:
    try:
        return host.read(path, _MOST_BYTES).decode("utf-8", "replace")
    except UnreadableError:
        return ""
