"""Files as they are in a revision of a git repository, everything else as it is on this machine."""

from __future__ import annotations

import os
import stat
import subprocess

from ..compiler.host import FileStatus, UnreadableError
from ..compiler.record import NamedTuple
from .host import RealHost


class GitError(Exception):
    """What git says, or why it can't be asked."""


class _Entry(NamedTuple):
    mode: int
    blob: str
    size: int


class RevisionHost(RealHost):
    """Inside the work tree that `path` is in there is what `revision` has, and nothing else.

    Raises GitError: no git, no repository, no such revision.
    """

    def __init__(self, revision: str, path: str) -> None:
        super().__init__()
        if not revision or revision.startswith("-"):
            raise GitError(f"`{revision}` is no revision")
        self._directory = os.path.realpath(self.directory)
        place = self._full(path)
        while not os.path.isdir(place):
            place = os.path.dirname(place)
        self._git = ("git", "-C", place)
        self._top = _output((*self._git, "rev-parse", "--show-toplevel"))[:-1].decode(
            errors="surrogateescape"
        )
        tree = f"{revision}^{{tree}}"
        listing = _output((*self._git, "ls-tree", "-r", "-l", "-z", "--full-tree", tree))
        self._entries = dict(_entry(line) for line in listing.split(b"\0") if line)
        self._directories = {""}
        for name in self._entries:
            parts = name.split("/")[:-1]
            self._directories.update("/".join(parts[: n + 1]) for n in range(len(parts)))

    def read(self, path: str, limit: int) -> bytes:
        name = self._name(path)
        if name is None:
            return super().read(path, limit)
        entry = self._entries.get(name)
        if entry is None:
            is_there = name in self._directories
            raise UnreadableError("is a directory" if is_there else "no such file in this revision")
        if not stat.S_ISREG(entry.mode):
            raise UnreadableError("is no regular file in this revision")
        if entry.size > limit:
            raise UnreadableError(
                f"is {entry.size} bytes long, more than the {limit} a file may have"
            )
        try:
            return _output((*self._git, "cat-file", "blob", entry.blob))
        except GitError as error:
            raise UnreadableError(str(error)) from error

    def exists(self, path: str) -> bool:
        name = self._name(path)
        if name is None:
            return super().exists(path)
        return name in self._entries or name in self._directories

    def status(self, path: str) -> FileStatus | None:
        name = self._name(path)
        if name is None:
            return super().status(path)
        entry = self._entries.get(name)
        return FileStatus(entry.mode & 0o777, 0, stat.S_ISREG(entry.mode)) if entry else None

    def link(self, path: str) -> str | None:
        return super().link(path) if self._name(path) is None else None

    def is_directory(self, path: str) -> bool:
        name = self._name(path)
        return super().is_directory(path) if name is None else name in self._directories

    def entries(self, path: str) -> list[str]:
        name = self._name(path)
        if name is None:
            return super().entries(path)
        start = f"{name}/" if name else ""
        inside = [each for each in (*self._entries, *self._directories) if each.startswith(start)]
        return sorted({each[len(start) :].split("/")[0] for each in inside} - {""})

    def same_file(self, one: str, other: str) -> bool:
        return self._full(one) == self._full(other)

    def _full(self, path: str) -> str:
        return os.path.normpath(os.path.join(self._directory, path))

    def _name(self, path: str) -> str | None:
        """The path below the top of the work tree; None outside of it."""
        full = self._full(path)
        if full == self._top:
            return ""
        return full.removeprefix(f"{self._top}/") if full.startswith(f"{self._top}/") else None


def _entry(line: bytes) -> tuple[str, _Entry]:
    """A line of `git ls-tree -l -z`."""
    words, _, name = line.partition(b"\t")
    mode, _, blob, size = words.split()
    entry = _Entry(int(mode, 8), blob.decode(), int(size) if size.isdigit() else 0)
    return name.decode(errors="surrogateescape"), entry


def _output(argv: tuple[str, ...]) -> bytes:
    try:
        done = subprocess.run(
            argv, stdin=subprocess.DEVNULL, capture_output=True, check=False,
            env={**os.environ, "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0"},
        )  # fmt: skip
    except (OSError, ValueError) as error:
        raise GitError(f"git can't be run: {error}") from error
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().partition("\n")[0]
        raise GitError(said.removeprefix("fatal: ") or f"git exited with {done.returncode}")
    return done.stdout
