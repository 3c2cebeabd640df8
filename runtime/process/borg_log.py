"""Borg's log as JSON (`--log-json`), made readable. Source: Borg's documentation, "JSON output"."""

from __future__ import annotations

import json
import time
from collections import deque
from collections.abc import Callable

from ...compiler.plan.listing import Listing
from ...compiler.support.record import NamedTuple
from ...compiler.support.regex import lazily
from ..engine.progress import Progress, in_words
from ..engine.sizes import ArchiveSize
from ..engine.tally import Tally
from .borg_progress import progress_of
from .borg_tally import LISTED, Counting
from .reasons import Reasons

WARNING = "WARNING"
_LEVELS = {WARNING: 1, "ERROR": 2, "CRITICAL": 3}
_KEPT_MESSAGES = 50
_LONGEST_SAYING = 500
# What there is none of. Texts of Borg 1.2.4; 1.4 has an id for the first one.
_ABSENT_ID = "IncludePatternNeverMatchedWarning"
_ABSENT = lazily(r"(?s)Include pattern .* never matched\.|Archive .* not found(?: \(\d+/\d+\))?\.")
_NO_ARCHIVES = "does not match any archives"
# What Borg tells before it has a log: of words that it refuses, and of its own death.
_PLAIN_ERRORS = (b"borg: error: ", b"Traceback (most recent call last):")
_STATISTICS, _PROGRESS = "borg.output.stats", "borg.output.progress"
_ARCHIVE_NAME = "Archive name: "

_PROGRESS_EVERY = 1.0  # seconds; Borg tells more often than anybody reads
_MAX_LINE = 1 << 20
# Borg's documentation, "Message IDs": the errors of locks, with their exit codes.
_LOCK_PROBLEMS = frozenset({"LockError", "LockErrorT", "LockFailed", "LockTimeout"})
_LOCK_CODES = range(70, 74)


class Message(NamedTuple):
    """Something that Borg told, a warning or worse. `level`: WARNING, ERROR or CRITICAL. `id`: Borg's name for
    it, such as `Repository.DoesNotExist`; empty if it has none."""

    level: str
    text: str
    id: str


class BorgLog:
    """Takes what Borg writes, as it comes, and gives text lines; what isn't JSON stays as it is.

    `messages`: the last warnings and errors. `worst`: the worst level among all of them; empty if there was none.
    `problem`: Borg's name for the last error it told, such as `LockTimeout`; empty if none. `archive`: the name of
    the archive it made, `size`: of that, if known. `absent`: what it said isn't there, of what it was asked for by name. `no_archives`: a
    filter took none. `items`: whether it listed something that it
    extracts or deletes.
    `reasons`: what it told of why. `files`: the paths that it lists, where they are wanted, rather than shown.
    `watcher`: is told how far Borg is; without one the text tells, now and then. `listing`, `makes_archive`: of the
    command; what it lists only to be counted is no text. `counting`: counts.
    """

    def __init__(
        self,
        watcher: Callable[[Progress], None] | None = None,
        *,
        keeps_files: bool = False,
        listing: Listing = Listing.NONE,
        makes_archive: bool = False,
    ) -> None:
        self._watcher = watcher
        self._listing = listing
        self.counting = Counting(listing, makes_archive=makes_archive)
        self.files: list[str] | None = [] if keeps_files else None
        self.messages: deque[Message] = deque(maxlen=_KEPT_MESSAGES)
        self.worst = ""
        self.problem = ""
        self.archive = ""
        self.size: ArchiveSize | None = None
        self.absent = ""
        self.no_archives = False
        self.items = False
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
            if line.startswith(_PLAIN_ERRORS):
                self.worst = "ERROR"
            return line + b"\n"
        text = self._entry(kind, entry)
        return b"" if text is None else _bytes_of(f"{text}\n")

    def _entry(self, kind: str, entry: dict[str, object]) -> str | None:
        if kind == "log_message":
            return self._message(entry)
        if kind == "file_status" and self.files is not None:
            self.files.append(str(entry.get("path") or ""))
            return None
        if kind == "file_status":
            status, path = str(entry.get("status") or "?"), str(entry.get("path") or "")
            self.counting.status(status, speakable(path))
            return None if self._listing is Listing.COUNTED else f"{status} {path}"
        if kind == "archive_progress" or kind.startswith("progress_"):
            return self._progress(entry)
        if kind.startswith("question_"):
            return str(entry.get("message") or "")
        return json.dumps(entry)

    def _message(self, entry: dict[str, object]) -> str | None:
        """Note what a message says about Borg's work; its text, None if that is only how far it is."""
        text, name = str(entry.get("message") or ""), entry.get("name")
        if name == _PROGRESS:
            return self._progress(entry)
        said = speakable(text)
        found = Message(str(entry.get("levelname")), said, str(entry.get("msgid") or ""))
        self.reasons.message(found.level, found.id, text)
        if found.level in _LEVELS:
            self.messages.append(found)
            if _LEVELS[found.level] > _LEVELS.get(self.worst, 0):
                self.worst = found.level
            if found.level != WARNING:
                self.problem = found.id or self.problem
            if found.id == _ABSENT_ID or _ABSENT.fullmatch(text):
                self.absent = said.strip()[:_LONGEST_SAYING]
            self.no_archives |= text.endswith(_NO_ARCHIVES)
            if found.level == WARNING:
                self.counting.warning(said)
            return text
        if name == _STATISTICS:
            if text.startswith(_ARCHIVE_NAME):
                self.archive = said.removeprefix(_ARCHIVE_NAME).strip()
            self.counting.statistics(text)
        self.items |= name == LISTED
        self.counting.told(name, text)
        is_hidden = self._listing is (Listing.COUNTED if name == LISTED else Listing.QUIET)
        return None if is_hidden and name != _STATISTICS else text

    @property
    def tally(self) -> Tally:
        """What Borg did, in numbers, as far as it has told."""
        return self.counting.tally(self.archive_size)

    @property
    def archive_size(self) -> ArchiveSize | None:
        """Of the archive it made, by its report or else by its statistics."""
        return self.size or self.counting.size

    def _progress(self, entry: dict[str, object]) -> str | None:
        """Where somebody watches, nothing; else a text now and then."""
        progress = progress_of(entry)
        if progress is None:
            return None
        if self._watcher is not None:
            self._watcher(progress)
            return None
        now = time.monotonic()
        if now - self._told_at < _PROGRESS_EVERY:
            return None
        self._told_at = now
        return in_words(progress)


def _parsed(line: bytes) -> dict[str, object] | None:
    """A line of JSON that is an object; None for all others."""
    if not line.startswith(b'{"'):
        return None
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return entry if isinstance(entry, dict) else None


class Overheard:
    """A filter that changes nothing, and lets a log have all that passes."""

    def __init__(self, log: BorgLog) -> None:
        self._log = log

    def feed(self, data: bytes) -> bytes:
        self._log.feed(data)
        return data

    def end(self) -> bytes:
        self._log.end()
        return b""


def speakable(text: str) -> str:
    """A text without what no file and no terminal takes: names that are no text on disk are written out."""
    return text.encode("utf-8", "backslashreplace").decode()


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
