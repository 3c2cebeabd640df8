"""Borg's log as JSON (`--log-json`), made readable. Source: Borg's documentation, "JSON output"."""

from __future__ import annotations

import json
import time

from .reasons import Reasons

_PROGRESS_EVERY = 1.0  # seconds; Borg tells more often than anybody reads
_MAX_LINE = 1 << 20
# Borg's documentation, "Message IDs": the errors of locks, with their exit codes.
_LOCK_PROBLEMS = frozenset({"LockError", "LockErrorT", "LockFailed", "LockTimeout"})
_LOCK_CODES = range(70, 74)
_UNITS = ("B", "kB", "MB", "GB", "TB", "PB")


class BorgLog:
    """Takes what Borg writes, as it comes, and gives text lines; what isn't JSON stays as it is.

    `problem`: Borg's name for the last error it told, such as `LockTimeout`; empty if none. `reasons`: what
    it told of why.
    """

    def __init__(self) -> None:
        self.problem = ""
        self.reasons = Reasons()
        self._partial = b""
        self._told_at = 0.0
        self._too_long = False  # whether the rest of a line is passed on as it comes

    def feed(self, data: bytes) -> bytes:
        first, newline, rest = data.partition(b"\n")
        if self._too_long:
            self._too_long = not newline
            return first + newline + (self.feed(rest) if rest else b"")
        *lines, self._partial = (self._partial + data).split(b"\n")
        text = b"".join(self._text(line) for line in lines)
        if len(self._partial) > _MAX_LINE:
            text, self._partial, self._too_long = text + self._partial, b"", True
        return text

    def end(self) -> bytes:
        """What is left of a last line."""
        rest, self._partial = self._partial, b""
        if not rest:
            return b""
        text = self._text(rest)
        return rest if text == rest + b"\n" else text  # a line that isn't Borg's gets no end

    def _text(self, line: bytes) -> bytes:
        entry = _parsed(line)
        kind = entry.get("type") if entry is not None else None
        if entry is None or not isinstance(kind, str):
            self.reasons.line(line)
            return line + b"\n"
        text = self._entry(kind, entry)
        return b"" if text is None else _bytes_of(f"{text}\n")

    def _entry(self, kind: str, entry: dict[str, object]) -> str | None:
        if kind == "log_message":
            message, level = str(entry.get("message") or ""), str(entry.get("levelname"))
            name = str(entry.get("msgid") or "")
            if level in ("ERROR", "CRITICAL"):
                self.problem = name or self.problem
            self.reasons.message(level, name, message)
            return message
        if kind == "file_status":
            return f"{entry.get('status') or '?'} {entry.get('path') or ''}"
        if kind == "archive_progress":
            return None if entry.get("finished") else self._progress(_archive_progress(entry))
        if kind.startswith("progress_"):
            message = str(entry.get("message") or "")
            return None if entry.get("finished") or not message else self._progress(message)
        if kind.startswith("question_"):
            return str(entry.get("message") or "")
        return json.dumps(entry)

    def _progress(self, text: str) -> str | None:
        """Now and then."""
        now = time.monotonic()
        if now - self._told_at < _PROGRESS_EVERY:
            return None
        self._told_at = now
        return text


def _parsed(line: bytes) -> dict[str, object] | None:
    """A line of JSON that is an object; None for all others."""
    if not line.startswith(b'{"'):
        return None
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return entry if isinstance(entry, dict) else None


def lock_held(problem: str, code: int) -> bool:
    """Whether a command of Borg failed because somebody else has the repository or its cache.

    `code`: its exit code; with `BORG_EXIT_CODES=modern` that tells too.
    """
    return problem in _LOCK_PROBLEMS or code in _LOCK_CODES


def _bytes_of(text: str) -> bytes:
    """File names as they are on disk; what stands for no bytes at all is written out."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "backslashreplace")


def _archive_progress(entry: dict[str, object]) -> str:
    return (
        f"{entry.get('nfiles', 0)} files, {_size(entry.get('original_size'))}, "
        f"{_size(entry.get('deduplicated_size'))} new: {entry.get('path', '')}"
    )


def _size(number: object) -> str:
    """`12.3 MB`, in powers of 1000 as Borg has them."""
    try:
        size = float(number) if isinstance(number, int | float) else 0.0
    except OverflowError:
        return "?"
    for unit in _UNITS:
        if size < 1000 or unit == _UNITS[-1]:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.2f} {unit}"
        size /= 1000
    return ""
