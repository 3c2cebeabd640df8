"""Where a repository is, as Borg 1 reads it: a path, `host:path`, `ssh://host/path` or `file://path`.

Measured with `borg info` of 1.2.4 and 1.4.5, which agree.
"""

from __future__ import annotations

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


def refused_location(text: str, version: Version | None) -> str:
    """Why Borg 1 refuses a location; empty if it takes it."""
    if problem := refusal(text, version):
        return problem
    filled = "".join("x" if piece.field else piece.text for piece in pieces(text))
    found = _SSH.fullmatch(filled) or _FILE.fullmatch(filled) or _PLAIN.fullmatch(filled)
    if found is None:
        return _what_is_wrong(filled)
    return (
        "`::` is followed by an archive; only the repository is allowed here"
        if found["archive"]
        else ""
    )


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
    match = _SCHEME.match(text)
    return (match[1] or match[2]) if match else ""


def is_remote(text: str) -> bool:
    """Whether Borg 1 goes to another machine for a location."""
    match = None if text.startswith(("ssh://", "file://")) else _PLAIN.fullmatch(text)
    return text.startswith("ssh://") or (match is not None and match["host"] is not None)
