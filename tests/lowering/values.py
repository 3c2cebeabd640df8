"""Values of Borg's options under one spelling, and what an option is if nobody sets it."""

from __future__ import annotations

import posixpath
import re

from tests.lowering.versions import is_borg_2

_ALIASES = {
    "numeric_owner": "numeric_ids",
    "nobsdflags": "noflags",
    "remote_ratelimit": "upload_ratelimit",
    "remote_buffer": "upload_buffer",
}
_NUMBERS = frozenset({
    "checkpoint_interval", "daily", "first", "hourly", "last", "lock_wait", "max_duration", "minutely",
    "monthly", "quarterly_13weekly", "quarterly_3monthly", "secondly", "strip_components", "threshold",
    "upload_buffer", "upload_ratelimit", "weekly", "yearly",
})  # fmt: skip
_LEVELS = {"zlib": 6, "lzma": 6, "zstd": 3}
# Documented defaults; a value that repeats one has no effect. No archives to keep is no rule.
_DEFAULTS: dict[str, object] = {
    "checkpoint_interval": 1800, "chunker_params": "buzhash,19,23,21,4095", "comment": "",
    "compression": "lz4", "files_cache_mode": "ctime,inode,size", "files_changed": "ctime",
    "first": 0, "last": 0, "max_duration": 0, "recompress": "never", "remote_path": "borg",
    "sort_by": "timestamp", "strip_components": 0, "threshold": 10, "umask": 0o077,
    "upload_buffer": 0, "upload_ratelimit": 0,
    **dict.fromkeys(
        ("secondly", "minutely", "hourly", "daily", "weekly", "monthly", "yearly",
         "quarterly_13weekly", "quarterly_3monthly"), 0,
    ),
}  # fmt: skip
_TRUE = frozenset({"y", "yes", "yep", "yeah", "true", "1", "on", "ok", "true!", "yes!"})
_GLOB = re.compile(r"[*?\[]")
_FILTER = re.compile(r"(?:name:)?(?:(sh|re|id|aid|user|host|tags):)?(.*)", re.DOTALL)
_SCP = re.compile(r"(?:(?P<user>[^@/]+)@)?(?P<host>[^:/]+):(?!//)(?P<path>.+)")
_URL = re.compile(r"(ssh|sftp|rclone|s3|b2|socket):")


def destination(name: str) -> str:
    """The option by its present name."""
    return _ALIASES.get(name, name)


def value(name: str, text: str) -> object:
    """What `text` means as the value of the option `name`."""
    if name in _NUMBERS:
        return int(text) if re.fullmatch(r"-?\d+", text) else text
    if name == "umask":
        return int(text, 8)
    if name == "compression":
        return _compression(text)
    if name == "chunker_params":
        if text == "default":
            return _DEFAULTS[name]
        return f"buzhash,{text}" if text[:1].isdigit() else text
    if name == "files_cache_mode":
        return ",".join(sorted(text.split(",")))
    return text


def is_default(name: str, found: object, version: str) -> bool:
    """Whether a value changes nothing. Borg 2 waits ten seconds for a lock, Borg 1 one."""
    if name == "lock_wait":
        return found == (10 if is_borg_2(version) else 1)
    return name in _DEFAULTS and _DEFAULTS[name] == found


def is_yes(text: str) -> bool:
    """Borg's reading of a boolean in the environment."""
    return text.strip().lower() in _TRUE


def repository(text: str, directory: str) -> str:
    """A repository's place: paths absolute and without detours, `host:path` as ssh://."""
    text = text.removeprefix("file://")
    if "://" in text or _URL.match(text):
        return text
    scp = _SCP.fullmatch(text)
    if scp:
        path = scp["path"]
        if not path.startswith("/"):
            path = f"/{path}" if path.startswith("~") else f"/./{path}"
        return f"ssh://{scp['user'] + '@' if scp['user'] else ''}{scp['host']}{path}"
    return posixpath.normpath(posixpath.join(directory, text))


# Where borgmatic has `*` for a time, borgplan has its digits, so that no other series fits: the difference
# `series` of docs/divergences.md. What the digits are is tested in tests/compiler/test_series.py.
_EXACT_TIME = re.compile(r"\[0-9\](?:[-T:._ ]?\[0-9\])*")


def archive_filter(name: str, text: str) -> str:
    """Which archives: `--prefix`, `--glob-archives` and `--match-archives` in words of the last, whose
    style is `id:`, a whole name, unless it says another (`borg help match-archives`)."""
    if name == "prefix":
        return f"prefix:{text}" if _GLOB.search(text) else f"sh:{text}*"
    style, pattern = "sh", text
    if name == "match_archives":
        named = _FILTER.fullmatch(text)
        assert named is not None
        style, pattern = named[1] or "id", named[2]
    if style == "sh":
        pattern = _EXACT_TIME.sub("*", pattern.replace("[0-9]*", "*"))
    if style == "sh" and not _GLOB.search(pattern):
        style = "id"
    return f"{style}:{pattern}"


def takes_all_archives(found: str) -> bool:
    return found in ("sh:*", "re:.*")


def _compression(text: str) -> str:
    name, comma, rest = text.partition(",")
    if name == "auto":
        return f"auto,{_compression(rest)}"
    if name == "obfuscate":
        level, second, inner = rest.partition(",")
        return f"obfuscate,{level},{_compression(inner)}" if second else text
    return text if comma or name not in _LEVELS else f"{name},{_LEVELS[name]}"
