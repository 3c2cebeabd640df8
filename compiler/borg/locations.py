"""Where a repository is, as Borg 1 reads it: a path, `host:path`, `ssh://host/path` or `file://path`; and one
spelling of each place, which locks and claims are about.

Measured with `borg info` of 1.2.4 and 1.4.5, which agree.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from posixpath import join, normpath

from ..support.regex import lazily
from .formats import pieces, refusal
from .versions import Version

_HOST = r"(?:[^@:/]+@)?(?:(?!\[)[^:/]+(?<!\])|\[[0-9a-fA-F:.]+\])"
_PATH = r"(?:[^:]|:(?!:))+"
_ARCHIVE = r"(?P<archive>::[^/]+)?"
_SSH = lazily(rf"ssh://{_HOST}(?::\d+)?/{_PATH}{_ARCHIVE}")
_FILE = lazily(rf"file://[^/]*/{_PATH}{_ARCHIVE}")
_PLAIN = lazily(rf"(?P<host>{_HOST}:)?(?!:|//|ssh://){_PATH}{_ARCHIVE}")
_SCHEME = lazily(r"(?!ssh:|file:)([a-z0-9]+)://|(rclone|s3|b2):")
# What `normal_location` reads, whichever release is meant.
_URL = lazily(r"([a-z][a-z0-9+]*)://(?:([^@/]*)@)?([^/]*)(/.*)?", re.DOTALL)
_SCP = lazily(r"(?:([^@/:]+)@)?([^@/:]+):(.*)", re.DOTALL)
_PORTS = {"ssh": ":22", "sftp": ":22"}
_SPELLED_AS_PATHS = ("rclone:", "s3:", "b2:")  # other stores of Borg 2, no hosts


def refused_location(text: str, version: Version | None) -> str:
    """Why Borg 1 refuses a location; empty if it takes it."""
    if problem := refusal(text, version):
        return problem
    filled = "".join("x" if piece.field else piece.text for piece in pieces(text))
    if _is_plain_path(filled):
        return ""
    found = _SSH.fullmatch(filled) or _FILE.fullmatch(filled) or _PLAIN.fullmatch(filled)
    if found is None:
        return _what_is_wrong(filled)
    return (
        "`::` is followed by an archive; only the repository is allowed here"
        if found["archive"]
        else ""
    )


def _is_plain_path(text: str) -> bool:
    """Whether none of the expressions is needed to know that this is a path; most repositories have such a one."""
    return text[:1] == "/" and text[:2] != "//" and "::" not in text


def _what_is_wrong(text: str) -> str:
    if not text.startswith("ssh://"):
        return "it is neither a path, nor `host:path`, nor `ssh://host/path`"
    host, slash, _ = text.removeprefix("ssh://").partition("/")
    if ":" in host.partition("@")[0] and "@" in host:
        return "it must not contain a password: ssh uses keys"
    if ":" in host and not host.startswith("["):
        return "`ssh://host:` is followed by a port; the path starts with the slash after it"
    return (
        "a path is missing after the host"
        if slash == "" or text.endswith("/")
        else "it is not a location"
    )


def taken_for_a_path(text: str) -> str:
    """The scheme of a location that only Borg 2 knows, and that Borg 1 takes for a path or host; else empty."""
    match = _SCHEME.match(text) if ":" in text else None
    return (match[1] or match[2]) if match else ""


def is_remote(text: str) -> bool:
    """Whether Borg 1 goes to another machine for a location."""
    match = None if text.startswith(("/", "ssh://", "file://")) else _PLAIN.fullmatch(text)
    return text.startswith("ssh://") or (match is not None and match["host"] is not None)


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
