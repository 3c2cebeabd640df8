"""The machine for comparing two forms of a file: what the comparison isn't about is the same for both."""

from __future__ import annotations

from collections.abc import Mapping

from ..config.interpolate import ENVIRONMENT
from ..source.host import Exposure, FileStatus, Host
from ..support.record import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    _T = TypeVar("_T")


class ComparingHost:
    """`host` with other bytes for some files. Variables that the texts refer to stand for themselves,
    so that nothing depends on their being set; files of patterns are empty; no check has run yet."""

    def __init__(self, host: Host, files: Mapping[str, bytes], *, reads: bool = True) -> None:
        text = "\n".join(data.decode("utf-8", "replace") for data in files.values())
        names = {found[2] for found in ENVIRONMENT.finditer(text)}
        self.environment: Mapping[str, str] = {
            **host.environment,
            **{name: f"${{{name}}}" for name in names},
        }
        self.directory = host.directory
        self.home = host.home
        self.now = 0.0
        self._host = host
        self._files = files
        self._reads = reads

    def without_reading(self) -> ComparingHost:
        """For what comes after reading configuration files."""
        return ComparingHost(self._host, self._files, reads=False)

    def read(self, path: str, limit: int) -> bytes:
        """See Host.read."""
        if not self._reads:
            return b""
        found = self._files.get(path)
        return self._host.read(path, limit) if found is None else found

    def home_of(self, user: str) -> str | None:
        return self._host.home_of(user)

    def modified(self, path: str) -> float | None:  # noqa: ARG002  # no check has run yet
        return None

    def is_there(self, path: str) -> bool | None:
        return self._host.is_there(path)

    def exists(self, path: str) -> bool:
        return self._host.exists(path)

    def status(self, path: str) -> FileStatus | None:
        return self._host.status(path)

    def exposure(self, path: str) -> Exposure | None:
        return self._host.exposure(path)

    def link(self, path: str) -> str | None:
        return self._host.link(path)

    def is_directory(self, path: str) -> bool:
        return self._host.is_directory(path)

    def entries(self, path: str) -> list[str]:
        return self._host.entries(path)

    def glob(self, pattern: str) -> list[str]:
        return self._host.glob(pattern)

    def same_file(self, one: str, other: str) -> bool:
        return self._host.same_file(one, other)

    def fact(self, kind: str, subject: str, find: Callable[[], _T | None]) -> _T | None:  # noqa: ARG002  # found out by asking this host
        return find()
