"""Where a repository is, in one spelling: what locks and claims are about."""

from __future__ import annotations

import re
from collections.abc import Callable
from posixpath import join, normpath

from ..support.regex import lazily

_URL = lazily(r"([a-z][a-z0-9+]*)://(?:([^@/]*)@)?([^/]*)(/.*)?", re.DOTALL)
_SCP = lazily(r"(?:([^@/:]+)@)?([^@/:]+):(.*)", re.DOTALL)
_PORTS = {"ssh": ":22", "sftp": ":22"}
_SPELLED_AS_PATHS = ("rclone:", "s3:", "b2:")  # other stores of Borg 2, no hosts


def normal_location(location: str, directory: str, real: Callable[[str], str] = normpath) -> str:
    """One text for the spellings of one place. `directory`: what relative paths start from.

    `real` gives the one path of a local file; by default links are not followed.
    """
    if location.startswith("/"):
        return real(location)
    if location.startswith(_SPELLED_AS_PATHS):
        return location
    if url := _URL.fullmatch(location):
        scheme, user, host, path = url.groups(default="")
        if scheme == "file":
            return real(join(directory, path))
        return _remote(scheme, user, host, path)
    if scp := _SCP.fullmatch(location):
        user, host, path = scp.groups(default="")
        return _remote("ssh", user, host, path if path.startswith("/") else f"/./{path}")
    return real(join(directory, location))


def _remote(scheme: str, user: str, host: str, path: str) -> str:
    """A path below the login's home is written `/./…`, `/~/…` or, behind a host and a colon, `~/…`."""
    home = ""
    for mark in ("/./~/", "/./", "/~/"):
        if path.startswith(mark):
            home, path = "/~", path[len(mark) - 1 :]
            break
    at = f"{user}@" if user else ""
    return f"{scheme}://{at}{host.lower().removesuffix(_PORTS.get(scheme, ':'))}{home}{normpath('/' + path.lstrip('/'))}"
