"""Files written whole or not at all: whoever reads one sees the old or the new, never a part."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from errno import ENOTDIR

PRIVATE, SHARED = 0o600, 0o666  # modes of new files, of which the umask takes away


class ChangedError(OSError):
    """The file is not what it was when it was read."""


def create(path: str, data: bytes, mode: int = PRIVATE) -> None:
    """A new file. Raises OSError, FileExistsError if something is there; nothing is left behind then."""
    _write(path, data, mode)


def make_folder_of(path: str, mode: int) -> str:
    """The folder that `path` is to stand in, made with this mode unless it is there, and those around it as
    the umask has them; its name if it was made, else nothing. Raises OSError."""
    folder = os.path.dirname(path)
    if not folder or os.path.isdir(folder):
        return ""
    try:
        os.makedirs(folder, mode)
    except FileExistsError as error:  # something else, such as a link to nowhere
        raise NotADirectoryError(ENOTDIR, os.strerror(ENOTDIR), folder) from error
    return folder


def replace(path: str, data: bytes, mode: int = PRIVATE) -> None:
    """Put a new file at `path`, in place of what is there, be it a link. Raises OSError or ValueError, and
    then nothing has changed."""
    scratch = _scratch(path)
    _write(scratch, data, mode)
    _move(scratch, path)


def rewrite(path: str, data: bytes, before: bytes | None = None) -> None:
    """Write `data` in place of what `path` leads to; links stay, as do mode, owner and attributes.

    `before`: what the file has to hold still. Raises ChangedError if it doesn't, and OSError where
    it can't be written or its owner can't be kept; the file is then as it was.
    """
    target = os.path.realpath(path)
    if not stat.S_ISREG(os.stat(target).st_mode):
        raise OSError(0, "is not a regular file", path)
    if before is not None:
        with open(target, "rb") as file:
            if file.read(len(before) + 1) != before:
                raise ChangedError(0, "was changed in the meantime", path)
    scratch = _scratch(target)
    _write(scratch, data, like=target)
    _move(scratch, target)


def keep_copy(path: str) -> str:
    """Copy a file beside itself, with its mode and owner, as NAME.bak, or NAME.bak2 and so on; the copy's
    path. Raises OSError."""
    target = os.path.realpath(path)
    with open(target, "rb") as file:
        data = file.read()
    number = 1
    while True:
        copy = f"{path}.bak{number if number > 1 else ''}"
        try:
            _write(copy, data, like=target)
        except FileExistsError:
            number += 1
        else:
            return copy


def _scratch(path: str) -> str:
    """A name beside `path`, as a file can be renamed within a file system only."""
    return os.path.join(os.path.dirname(path), f".borgplan-{os.urandom(8).hex()}")


def _write(path: str, data: bytes, mode: int = PRIVATE, like: str = "") -> None:
    """A new file, with the mode and the owner of the file `like`; until then nobody else can read it."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    try:
        with open(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            if like:
                _resemble(descriptor, like)
            os.fsync(descriptor)
    except BaseException:
        os.unlink(path)
        raise


def _resemble(descriptor: int, like: str) -> None:
    status, own = os.stat(like), os.fstat(descriptor)
    if (own.st_uid, own.st_gid) != (status.st_uid, status.st_gid):
        os.fchown(descriptor, status.st_uid, status.st_gid)
    os.fchmod(descriptor, stat.S_IMODE(status.st_mode))
    with suppress(OSError):  # not every file system has them
        for name in os.listxattr(like):
            os.setxattr(descriptor, name, os.getxattr(like, name))


def _move(scratch: str, path: str) -> None:
    try:
        os.rename(scratch, path)
    except BaseException:
        os.unlink(scratch)
        raise
    _sync(os.path.dirname(path))


def _sync(directory: str) -> None:
    """Make the new name last; where a directory can't be synchronised, it lasts soon enough."""
    with suppress(OSError):
        descriptor = os.open(directory or ".", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
