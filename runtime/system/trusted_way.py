"""Files that borgplan keeps for itself, reached by a way that nobody else has laid.

Whoever may write into a folder on the way can put a link there, and have a run with more rights than theirs make
or change a file somewhere else. So each folder is opened from the one before; a link counts only if it is root's
or this user's own, and the last step is never one.
"""

from __future__ import annotations

import errno
import os
import stat
from contextlib import suppress

_MOST_LINKS = 40  # as the kernel has it
_OPEN = (
    os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
)  # one may pass where one may not look


class ForeignLinkError(OSError):
    """A link that somebody else has put in the way, or that is where no link has to be."""


def folder(path: str, mode: int | None = 0o700) -> int:
    """A descriptor of the folder at `path`, made with all that is missing on the way. Raises OSError.

    `mode`: of what is made; None to make nothing."""
    left = _parts(os.path.abspath(path))
    here = os.open("/", _OPEN)
    followed = 0
    try:
        while left:
            name = left.pop()
            try:
                below = _entered(here, name, mode)
            except OSError as error:
                if error.errno not in (errno.ELOOP, errno.ENOTDIR):
                    raise
                target = _own_link(here, name, error)
                followed += 1
                if followed > _MOST_LINKS:
                    raise OSError(errno.ELOOP, "too many links on the way", path) from None
                left += _parts(target)
                below = os.open("/", _OPEN) if target.startswith("/") else os.dup(here)
            os.close(here)
            here = below
    except BaseException:
        os.close(here)
        raise
    return here


def own_folder(path: str) -> int:
    """The same, where the last two names are of folders that borgplan makes itself, and never links."""
    above, last = os.path.split(os.path.abspath(path))
    above, first = os.path.split(above)
    here = folder(above)
    for name in (first, last):
        try:
            below = _entered(here, name, 0o700)
        except OSError as error:
            if error.errno not in (errno.ELOOP, errno.ENOTDIR):
                raise
            why = f"a link, or a file, is in the place of the folder {name}"
            raise ForeignLinkError(errno.ELOOP, why, path) from error
        finally:
            os.close(here)
        here = below
    return here


def _parts(path: str) -> list[str]:
    """The names on the way, the first one last."""
    return [name for name in reversed(path.split("/")) if name not in ("", ".")]


def _entered(here: int, name: str, mode: int | None) -> int:
    try:
        return os.open(name, _OPEN, dir_fd=here)
    except FileNotFoundError:
        if mode is None:
            raise
        with suppress(FileExistsError):  # another run has just made it
            os.mkdir(name, mode, dir_fd=here)
        return os.open(name, _OPEN, dir_fd=here)


def _own_link(here: int, name: str, error: OSError) -> str:
    """Where a link leads; `error` again if it is none."""
    found = os.stat(name, dir_fd=here, follow_symlinks=False)
    if not stat.S_ISLNK(found.st_mode):
        raise error
    if found.st_uid not in (0, os.geteuid()):
        raise ForeignLinkError(errno.ELOOP, "a link on the way belongs to another user", name)
    return os.readlink(name, dir_fd=here)


def touch(path: str) -> None:
    """An empty file at `path`, changed now, in two folders of borgplan's own; in place of what is there, be it a
    link. Raises OSError."""
    name = os.path.basename(path)
    here = own_folder(os.path.dirname(path))
    try:
        scratch = f".borgplan-{os.urandom(8).hex()}"
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        os.close(os.open(scratch, flags, 0o600, dir_fd=here))
        try:
            os.rename(scratch, name, src_dir_fd=here, dst_dir_fd=here)
        except OSError:
            os.unlink(scratch, dir_fd=here)
            raise
    finally:
        os.close(here)


def made(path: str) -> None:
    """See to it that there is a folder at `path`, and that the way there is nobody else's. Raises OSError."""
    os.close(folder(path))


def opened(path: str, flags: int, mode: int) -> int:
    """A descriptor of the file at `path`, which may be a link of root's or this user's own. Raises OSError."""
    here = folder(os.path.dirname(os.path.abspath(path)), None)
    name = os.path.basename(path)
    try:
        return os.open(name, flags | os.O_NOFOLLOW | os.O_CLOEXEC, mode, dir_fd=here)
    except OSError as error:
        if error.errno != errno.ELOOP:
            raise
        _own_link(here, name, error)
        return os.open(name, flags | os.O_CLOEXEC, mode, dir_fd=here)
    finally:
        os.close(here)
