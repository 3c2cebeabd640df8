"""Files as they are in a revision of a git repository, everything else as it is on this machine."""

from __future__ import annotations

import os
import stat

from ...compiler.source.host import Exposure, FileStatus, UnreadableError
from ...compiler.support.record import NamedTuple
from .git import GitError, Repository, is_below, top_of
from .git_blobs import Blobs, TooLargeError
from .host import RealHost


class _Entry(NamedTuple):
    mode: int
    blob: str


class RevisionHost(RealHost):
    """Inside the work tree that `path` is in there is what `revision` has, and nothing else.

    Raises GitError: no git, no repository, no such revision.
    """

    def __init__(self, revision: str, path: str) -> None:
        super().__init__()
        if not revision or revision.startswith("-"):
            raise GitError(f"`{revision}` is not a revision")
        self._directory = os.path.realpath(self.directory)
        self._top = top_of(self._full(path), self._directory)
        git = Repository(self._top)
        self._blobs = Blobs(git)
        tree = f"{revision}^{{tree}}"
        listing = git.output("ls-tree", "-r", "-z", "--full-tree", tree)
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
            raise UnreadableError("is not a regular file in this revision")
        try:
            return self._blobs.read(entry.blob, limit)
        except TooLargeError as error:
            raise UnreadableError(
                f"is {error.size} bytes long, more than the {limit} a file may have"
            ) from error
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

    def exposure(self, path: str) -> Exposure | None:
        return super().exposure(path) if self._name(path) is None else None

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

    def glob(self, pattern: str) -> list[str]:
        if self._name(pattern) is None:
            return super().glob(pattern)
        from .globbing import matching

        return matching(pattern, self)

    def same_file(self, one: str, other: str) -> bool:
        return self._full(one) == self._full(other)

    def _full(self, path: str) -> str:
        return os.path.normpath(os.path.join(self._directory, path))

    def is_inside(self, path: str) -> bool:
        """Whether it is the revision that says what is at `path`."""
        return self._name(path) is not None

    def _name(self, path: str) -> str | None:
        """The path below the top of the work tree; None outside of it."""
        full = self._full(path)
        return full[len(self._top) :].strip("/") if is_below(full, self._top) else None


def _entry(line: bytes) -> tuple[str, _Entry]:
    """A line of `git ls-tree -z`."""
    words, _, name = line.partition(b"\t")
    mode, _, blob = words.split()
    return name.decode(errors="surrogateescape"), _Entry(int(mode, 8), blob.decode())
