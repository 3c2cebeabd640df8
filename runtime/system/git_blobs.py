"""Contents of a git repository's files, all from one `git cat-file --batch`."""

from __future__ import annotations

import os
import select
import subprocess
from weakref import finalize

from .git import SECONDS, GitError, Repository


class TooLargeError(Exception):
    """A file has more bytes than are read; `size`: how many."""

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.size = size


class Blobs:
    """Reads one file after the other. The process starts with the first one, and ends with this object."""

    def __init__(self, git: Repository) -> None:
        self._git = git
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0

    def read(self, blob: str, limit: int) -> bytes:
        """The bytes of the object with this id. Raises GitError and TooLargeError."""
        process = self._running()
        try:
            return _read(process, blob, limit)
        except OSError as error:
            self._end()
            raise GitError(f"git ended while it was asked: {error.strerror or error}") from error
        except (GitError, TooLargeError):
            self._end()  # what it would still say is of nobody's concern
            raise

    def _running(self) -> subprocess.Popen[bytes]:
        # A process that was forked meanwhile would share the answers.
        if self._process is None or self._owner != os.getpid():
            self._process, self._owner = self._git.started("cat-file", "--batch"), os.getpid()
            self._finish = finalize(self, _stop, self._process, self._owner)
        return self._process

    def _end(self) -> None:
        self._finish()
        self._process = None


def _read(process: subprocess.Popen[bytes], blob: str, limit: int) -> bytes:
    asked, answers = process.stdin, process.stdout
    if asked is None or answers is None:
        raise GitError("git has no pipes")
    asked.write(f"{blob}\n".encode())
    asked.flush()
    if not select.select([answers], [], [], SECONDS)[0]:
        raise GitError(f"git took longer than {SECONDS} s")
    words = answers.readline().split()
    if len(words) != 3 or words[1] != b"blob":
        raise GitError("git has no such file" if words else "git ended while it was asked")
    size = int(words[2])
    if size > limit:
        raise TooLargeError(size)
    content = answers.read(size + 1)
    if len(content) <= size:
        raise GitError("git ended while it was asked")
    return content[:size]


def _stop(process: subprocess.Popen[bytes], owner: int) -> None:
    if owner != os.getpid():
        return
    process.kill()
    process.communicate()
