"""The real machine, as the compiler sees it."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Mapping

from ...compiler.source.host import Exposure, FileStatus, UnreadableError
from ...compiler.support.record import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    _T = TypeVar("_T")


_PIECE = 64 * 1024  # bytes that are read at once of what has grown since


class RealHost:
    """Implements `compiler.host.Host` on this machine's files and this process's environment."""

    def __init__(self) -> None:
        self.environment: Mapping[str, str] = dict(os.environ)
        self.directory = os.getcwd()
        self.home = os.path.expanduser("~")

    def home_of(self, user: str) -> str | None:
        """See Host.home_of."""
        found = os.path.expanduser(f"~{user}")
        return None if found.startswith("~") else found

    def read(self, path: str, limit: int) -> bytes:
        """See Host.read."""
        return read_regular(path, limit)

    @property
    def now(self) -> float:
        return time.time()

    def modified(self, path: str) -> float | None:
        try:
            return os.stat(path).st_mtime
        except (OSError, ValueError):
            return None

    def exists(self, path: str) -> bool:
        return os.path.lexists(path)

    def is_there(self, path: str) -> bool | None:
        try:
            os.lstat(path)
        except (FileNotFoundError, NotADirectoryError, ValueError):
            return False
        except OSError:
            return None
        return True

    def status(self, path: str) -> FileStatus | None:
        try:
            found = os.stat(path)
        except (OSError, ValueError):
            return None
        is_regular = stat.S_ISREG(found.st_mode)
        return FileStatus(stat.S_IMODE(found.st_mode), found.st_uid, is_regular, found.st_gid)

    def exposure(self, path: str) -> Exposure | None:
        from .ownership import exposure

        return exposure(os.path.join(self.directory, path))

    def link(self, path: str) -> str | None:
        try:
            return os.readlink(path)
        except (OSError, ValueError):
            return None

    def is_directory(self, path: str) -> bool:
        return os.path.isdir(path)

    def entries(self, path: str) -> list[str]:
        try:
            return sorted(os.listdir(path))
        except OSError as error:
            raise UnreadableError(reason(error)) from error

    def glob(self, pattern: str) -> list[str]:
        from glob import glob

        return sorted(glob(pattern))

    def same_file(self, one: str, other: str) -> bool:
        return os.path.realpath(one) == os.path.realpath(other)

    def fact(self, kind: str, subject: str, find: Callable[[], _T | None]) -> _T | None:  # noqa: ARG002  # for who records
        return find()


def read_regular(path: str, limit: int) -> bytes:
    """See Host.read. Opened without blocking, so that a named pipe can't hang the program."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError) as error:
        raise UnreadableError(reason(error)) from error
    try:
        status = os.fstat(descriptor)
        if stat.S_ISDIR(status.st_mode):
            raise UnreadableError("is a directory")
        if not stat.S_ISREG(status.st_mode):
            raise UnreadableError("is not a regular file")
        if status.st_size > limit:
            raise UnreadableError(
                f"is {status.st_size} bytes long, more than the {limit} a file may have"
            )
        data = os.read(descriptor, status.st_size + 1)
        while len(data) <= limit and (more := os.read(descriptor, _PIECE)):
            data += more
    except OSError as error:
        raise UnreadableError(reason(error)) from error
    finally:
        os.close(descriptor)
    if len(data) > limit:
        raise UnreadableError(f"is longer than the {limit} bytes a file may have")
    return data


def beginning(path: str, length: int) -> bytes:
    """The first bytes of a regular file; none if there is no such file, or it can't be read."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError):
        return b""
    try:
        return os.read(descriptor, length) if stat.S_ISREG(os.fstat(descriptor).st_mode) else b""
    except OSError:
        return b""
    finally:
        os.close(descriptor)


def reason(error: OSError | ValueError) -> str:
    """Why, in the system's own words, without the path (the message that uses it names it). ValueError is
    for a text that no system call takes."""
    if isinstance(error, ValueError):
        return "is not a path"
    return (error.strerror or str(error)).lower()
