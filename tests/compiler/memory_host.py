"""A machine that holds the given files and nothing else, for tests of the compiler's front end."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TypeVar

from borgplan.compiler.source.host import Exposure, FileStatus, UnreadableError

_T = TypeVar("_T")


@dataclass(frozen=True)
class MemoryHost:
    """`files` by absolute path; relative paths are looked up from `directory`."""

    files: Mapping[str, str | bytes]
    directory: str = "/srv"
    home: str = "/home/user"
    environment: Mapping[str, str] = field(default_factory=dict)
    now: float = 0.0
    times: Mapping[str, float] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)

    def home_of(self, user: str) -> str | None:
        return "/home/anna" if user == "anna" else None

    def modified(self, path: str) -> float | None:
        return self.times.get(self._full(path))

    def _full(self, path: str) -> str:
        return posixpath.normpath(posixpath.join(self.directory, path))

    def read(self, path: str, limit: int) -> bytes:
        full = self._full(path)
        if full not in self.files:
            raise UnreadableError("no such file or directory")
        content = self.files[full]
        data = content.encode() if isinstance(content, str) else content
        if len(data) > limit:
            raise UnreadableError("is too long")
        return data

    def exists(self, path: str) -> bool:
        return self._full(path) in self.files or self.is_directory(path)

    def is_there(self, path: str) -> bool | None:
        return self.exists(path)

    def status(self, path: str) -> FileStatus | None:
        if not self.exists(path):
            return None
        return FileStatus(0o600, 0, regular=not self.is_directory(path))

    def exposure(self, path: str) -> Exposure | None:  # nobody else is here
        return None

    def link(self, path: str) -> str | None:
        return self.links.get(self._full(path))

    def is_directory(self, path: str) -> bool:
        return any(file.startswith(self._full(path) + "/") for file in self.files)

    def entries(self, path: str) -> list[str]:
        start = self._full(path) + "/"
        inside = (file for file in self.files if file.startswith(start))
        return sorted({file.removeprefix(start).split("/")[0] for file in inside})

    def glob(self, pattern: str) -> list[str]:
        return sorted(file for file in self.files if fnmatchcase(file, self._full(pattern)))

    def same_file(self, one: str, other: str) -> bool:
        return self._full(one) == self._full(other)

    def fact(self, kind: str, subject: str, find: Callable[[], _T | None]) -> _T | None:
        return find()
