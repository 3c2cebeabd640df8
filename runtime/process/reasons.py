"""Why a command of Borg failed or warned, from what it said; long before anybody reads its log.

Source: Borg's documentation, "Message IDs", and what 1.2 and 1.4 were seen to write for full disks, wrong pass
phrases, repositories that aren't there, broken connections and defects of their own.
"""

from __future__ import annotations

import re
from collections import deque

from ...compiler.support.regex import lazily

_LONGEST = 300  # characters of a reason
_LINES = 60  # of what isn't Borg's log: room for the end of a traceback
_LINE = 16384  # bytes of one of them

_TRACEBACK = "Traceback (most recent call last)"
_GENERIC = ("Local Exception", "Remote Exception")
_SYSTEM = lazily(r"(?:Borg server: )?(?:Platform|Linux|Borg|PID|sys\.argv|SSH_ORIGINAL_COMMAND):")
_EXCEPTION = lazily(r"((?:\w+\.)*[A-Z]\w*)(?:: (.*))?")
_ERRNO = lazily(r"\[Errno \d+\] (.*)", re.DOTALL)
_CLOSED = "ConnectionClosed"  # how its message ids begin
_REMOTE = "Remote: "


class Reasons:
    """Is told what a command says, and keeps what tells why it went wrong.

    `is_plain`: Borg itself speaks in lines, and not in its log. Else a line counts that says who speaks, as those
    of other programs do (`sudo: a password is required`).
    """

    def __init__(self) -> None:
        self.is_plain = False
        self._error = ""
        self._cause = ""  # of the last traceback
        self._warning = ""
        self._remote = ""  # what the other side said last
        self._closed = False
        self._lines: deque[str] = deque(maxlen=_LINES)

    def message(self, level: str, name: str, text: str) -> None:
        """A message of Borg's log; `name`: its message id, if it has one."""
        if text.startswith(_REMOTE):
            self._remote = text.removeprefix(_REMOTE)
        if level == "WARNING":
            self._warning = text
        if level not in ("ERROR", "CRITICAL") or _SYSTEM.match(text):
            return
        is_crash = text.startswith(_GENERIC)
        if is_crash:
            self._error = ""  # errors told before it were not the end; its traceback may follow
        if _TRACEBACK in text:
            self._cause = cause(text)
        elif is_crash:
            self._cause = self._cause or _first_line(text)
        else:
            self._error, self._cause = text, ""
            self._closed = name.startswith(_CLOSED)

    def line(self, data: bytes) -> None:
        """A line that isn't of Borg's log: of its argument parser, its interpreter, or a program around it."""
        self._lines.append(data[:_LINE].decode("utf-8", "replace").replace("\0", "").rstrip())

    def failure(self, *, ended_itself: bool) -> str:
        """Why it failed; empty if that isn't known. `ended_itself`: not by a signal, when what it printed last
        tells nothing."""
        if self._error:
            there = self._closed and self._remote
            return f"{self._error} {self._remote}" if there else self._error
        return self._cause or (self._printed() if ended_itself else "") or self._warning

    def warning(self) -> str:
        """What it warned of last; empty if it didn't."""
        return self._warning or self._error or self._printed()

    def _printed(self) -> str:
        text = "\n".join(self._lines)
        if _TRACEBACK in text:
            return cause(text)
        said = (line for line in reversed(self._lines) if any(map(str.isalnum, line)))
        last = next(said, "")
        return last if self.is_plain or ": " in last else ""


def cause(text: str) -> str:
    """What a text with a Python traceback is about. Of several, one in another's handling: the first that the
    system gave, such as a full disk; else the last."""
    found = []
    inside = False
    for line in text.splitlines():
        if _TRACEBACK in line:
            inside = True
        elif inside and line[:1].strip():
            inside = False
            found.append(line)
    if not found:
        return _first_line(text)
    told = [_told(line) for line in found]
    return next((words for words, is_of_system in told if is_of_system), told[-1][0])


def _told(line: str) -> tuple[str, bool]:
    """The line that ends a traceback in words, and whether the system is the cause."""
    exception = _EXCEPTION.fullmatch(line)
    if exception is None:
        return line, False
    name, text = exception[1].rpartition(".")[2], exception[2] or ""
    errno = _ERRNO.match(text)
    if errno:
        return errno[1], True
    return (f"{name}: {text}" if text else name), False


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0]


def in_short(text: str) -> str:
    """A reason on one line, without its full stop, and not too long for a sentence around it."""
    words = " ".join(text.split()).rstrip(". ")
    return words if len(words) <= _LONGEST else f"{words[: _LONGEST - 3]}..."
