"""A file's content replaced as a whole: whoever reads it sees the old or the new, never a part."""

from __future__ import annotations

import os
import stat
from contextlib import suppress


class ChangedError(OSError):
    """The file is not what it was when it was read."""


def replace(path: str, data: bytes, before: bytes | None = None) -> None:
    """Write `data` in place of what `path` leads to; links stay, as do mode, owner and attributes.

    `before`: what the file has to hold still. Raises ChangedError if it doesn't, and OSError where
    it can't be written or its owner can't be kept; the file is then as it was.
    """
    target = os.path.realpath(path)
    status = os.stat(target)
    if not stat.S_ISREG(status.st_mode):
        raise OSError(0, "is not a regular file", path)
    if before is not None:
        with open(target, "rb") as file:
            if file.read(len(before) + 1) != before:
                raise ChangedError(0, "was changed in the meantime", path)
    directory, name = os.path.split(target)
    scratch = os.path.join(directory, f".{name[:200]}.{os.urandom(4).hex()}.new")
    _write(scratch, data, status, target)
    try:
        os.rename(scratch, target)
    except OSError:
        os.unlink(scratch)
        raise
    _sync(directory)


def keep_copy(path: str) -> str:
    """Copy a file beside itself, with its mode and owner, as NAME.bak, or NAME.bak2 and so on; the copy's
    path. Raises OSError."""
    target = os.path.realpath(path)
    with open(target, "rb") as file:
        data, status = file.read(), os.fstat(file.fileno())
    number = 1
    while True:
        copy = f"{path}.bak{number if number > 1 else ''}"
        try:
            _write(copy, data, status, target)
        except FileExistsError:
            number += 1
        else:
            return copy


def _write(path: str, data: bytes, status: os.stat_result, like: str) -> None:
    """A new file that nobody else can read until it has the mode and the owner of `like`."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with open(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            own = os.fstat(descriptor)
            if (own.st_uid, own.st_gid) != (status.st_uid, status.st_gid):
                os.fchown(descriptor, status.st_uid, status.st_gid)
            os.fchmod(descriptor, stat.S_IMODE(status.st_mode))
            with suppress(OSError):  # not every file system has them
                for name in os.listxattr(like):
                    os.setxattr(descriptor, name, os.getxattr(like, name))
            os.fsync(descriptor)
    except OSError:
        os.unlink(path)
        raise


def _sync(directory: str) -> None:
    """Make the new name last; where a directory can't be synchronised, it lasts soon enough."""
    with suppress(OSError):
        descriptor = os.open(directory or ".", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
