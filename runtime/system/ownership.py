"""Who can put something else in the place of a file: its owner, and whoever may write into a folder on the way.

Root can in any case, and this user may. Whoever owns the root of the file system counts as root does: in a container
without privileges that is another number.
"""

from __future__ import annotations

import grp
import os
import pwd
import stat
from functools import cache

from ...compiler.source.host import Exposure

_MOST_LINKS = 40
_ACCESS_LIST = "system.posix_acl_access"


@cache
def exposure(path: str) -> Exposure | None:
    """Who else can, and by what; None if nobody can or it can't be seen. What isn't there yet counts as far as the
    folders go. Remembered."""
    left = _parts(os.path.abspath(path))
    here, links = "/", 0
    try:
        around = os.lstat(here)
        found = _of_folder(here, around)
        while left and found is None:
            name = left.pop()
            if name == "..":
                here = os.path.dirname(here)
                around = os.lstat(here)
                continue
            entry = os.path.join(here, name)
            status = os.lstat(entry)
            if stat.S_ISLNK(status.st_mode):
                links += 1
                if links > _MOST_LINKS:
                    return None
                found = _of_link(entry, status, around)
                target = os.readlink(entry)
                left += _parts(target)
                here = "/" if target.startswith("/") else here
                around = os.lstat(here)
            elif stat.S_ISDIR(status.st_mode):
                here, around = entry, status
                found = _of_folder(entry, status)
            else:
                return _of_file(entry, status)
    except (OSError, ValueError):
        return None
    return found


def _parts(path: str) -> list[str]:
    """The names on the way, the first one last."""
    return [name for name in reversed(path.split("/")) if name not in ("", ".")]


def _of_folder(path: str, status: os.stat_result) -> Exposure | None:
    if _is_foreign(status.st_uid):
        return Exposure(path, f"{_user(status.st_uid)} owns the folder {path}", by_mode=False)
    who = "" if status.st_mode & stat.S_ISVTX else _writers(path, status)
    return Exposure(path, f"{who} can write into the folder {path}", by_mode=False) if who else None


def _of_link(path: str, status: os.stat_result, around: os.stat_result) -> Exposure | None:
    """In a folder in which everybody has entries of their own, a link is its owner's."""
    if around.st_mode & stat.S_ISVTX and _is_foreign(status.st_uid):
        return Exposure(path, f"{_user(status.st_uid)} owns the link {path}", by_mode=False)
    return None


def _of_file(path: str, status: os.stat_result) -> Exposure | None:
    if _is_foreign(status.st_uid):
        return Exposure(path, f"{_user(status.st_uid)} owns {path}", by_mode=False)
    who = _writers(path, status) if stat.S_ISREG(status.st_mode) else ""
    return Exposure(path, f"{who} can write {path}", by_mode=True) if who else None


def _is_foreign(user: int) -> bool:
    return user not in (0, os.geteuid(), os.lstat("/").st_uid)


def _writers(path: str, status: os.stat_result) -> str:
    """Others that may write, in words; empty if there are none."""
    if status.st_mode & stat.S_IWOTH:
        return "everybody"
    if not status.st_mode & stat.S_IWGRP:
        return ""
    if _has_access_list(path):
        return "whoever its access list names"
    return _others_in(status.st_gid)


def _has_access_list(path: str) -> bool:
    """One whose limits are what the mode shows for the group."""
    try:
        return bool(os.getxattr(path, _ACCESS_LIST))
    except OSError:
        return False


@cache
def _others_in(group: int) -> str:
    """The group, if anybody else is in it; a group of this user's own has no other members."""
    try:
        found = grp.getgrgid(group)
    except KeyError:
        return f"group {group}"
    members = {*found.gr_mem, *(each.pw_name for each in pwd.getpwall() if each.pw_gid == group)}
    others = [name for name in members if _is_foreign_name(name)]
    return f"group {found.gr_name}" if others else ""


def _is_foreign_name(name: str) -> bool:
    try:
        return _is_foreign(pwd.getpwnam(name).pw_uid)
    except KeyError:
        return True


def _user(number: int) -> str:
    try:
        return f"user {pwd.getpwuid(number).pw_name}"
    except KeyError:
        return f"user {number}"
