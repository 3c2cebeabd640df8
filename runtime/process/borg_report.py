"""What Borg says on its standard output. Source: Borg's documentation, "JSON output"."""

from __future__ import annotations

import json

from ...compiler.support.regex import lazily
from ..engine.sizes import ArchiveSize
from .borg_log import BorgLog, speakable

_MAX_REPORT = 8 << 20  # the command line is part of it, with all its paths
_TOO_LARGE = 1 << 63


_BEGINNING = 4096  # bytes, in which it shows whether there are archives: keys are sorted
_NO_ARCHIVES = lazily(r'\s*\{\s*"archives":\s*\[\s*\]')


class Answer:
    """Takes an answer, and knows whether there was anything in it."""

    def __init__(self) -> None:
        self._beginning = b""

    def add(self, data: bytes) -> None:
        if len(self._beginning) < _BEGINNING:
            self._beginning += data.lstrip()[:_BEGINNING] if not self._beginning else data

    @property
    def came(self) -> bool:
        text = self._beginning.decode("utf-8", "replace")
        return bool(text) and not _NO_ARCHIVES.match(text)


class ArchiveReport:
    """A filter that takes the report of `borg create --json` out of what is shown, and tells `log` the archive's
    name. Output and log come on one stream, as they do from a container with a terminal whatever is asked for.

    What else comes on standard output, of a program around Borg for instance, is passed on.
    """

    def __init__(self, log: BorgLog) -> None:
        self._log = log
        self._partial = b""
        self._report = b""  # what may be the beginning of one

    def feed(self, data: bytes) -> bytes:
        *lines, self._partial = (self._partial + data).split(b"\n")
        shown = b"".join(self._line(line + b"\n") for line in lines)
        if len(self._report) + len(self._partial) > _MAX_REPORT:
            return shown + self._give_up()
        return shown

    def add(self, data: bytes) -> None:
        """Where the report is the answer that was asked for: read, and left where it is."""
        self.feed(data)

    def end(self) -> bytes:
        rest, self._partial = self._partial, b""
        return (self._line(rest) if rest else b"") + self._give_up()

    def _line(self, line: bytes) -> bytes:
        """What is to be shown now. A report is one line, or begins with a brace alone and ends with one."""
        if line.rstrip() == b"{":
            shown, self._report = self._report, line
            return shown
        if not self._report:
            is_report = line.startswith(b"{") and b'"archive"' in line and self._is_read(line)
            return b"" if is_report else line
        self._report += line
        if line.startswith(b"}") and self._is_read(self._report):
            self._report = b""
        return b""

    def _is_read(self, text: bytes) -> bool:
        """Whether a text is a whole report; notes the archive's name and size."""
        try:
            report = json.loads(text)
        except (ValueError, RecursionError):
            return False
        archive = report.get("archive") if isinstance(report, dict) else None
        name = archive.get("name") if isinstance(archive, dict) else None
        if not isinstance(name, str) or not name:
            return False
        self._log.archive = speakable(name)
        self._log.size = _size_of(archive)
        self._log.counting.stored = _stored(report)
        return True

    def _give_up(self) -> bytes:
        found, self._report, self._partial = self._report + self._partial, b"", b""
        return found


def _size_of(archive: object) -> ArchiveSize | None:
    """What a report says of an archive's size, if it is what Borg says."""
    statistics = archive.get("stats") if isinstance(archive, dict) else None
    if not isinstance(statistics, dict):
        return None
    files, original, compressed, added = (
        _whole(statistics.get(name))
        for name in ("nfiles", "original_size", "compressed_size", "deduplicated_size")
    )
    if files is None or original is None:
        return None
    return ArchiveSize(files, original, compressed, added)


def _stored(report: object) -> int | None:
    """The bytes that the whole repository holds, which Borg 1 says of its cache."""
    for name in ("cache", "stats", "unique_csize"):
        report = report.get(name) if isinstance(report, dict) else None
    return _whole(report)


def _whole(number: object) -> int | None:
    """A number as the journal can keep it."""
    if isinstance(number, bool) or not isinstance(number, int) or abs(number) >= _TOO_LARGE:
        return None
    return number
