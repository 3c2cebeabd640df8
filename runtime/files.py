"""Files of borgplan's own: written whole or not at all, for nobody else to read."""

from __future__ import annotations

import os
import stat
from contextlib import suppress


def replace(path: str, text: str) -> None:
    """Put a file with this text at `path`, mode 0600. Raises OSError, and then nothing has changed."""
    directory, name = os.path.split(path)
    temporary = os.path.join(directory, f".{name[:200]}.{os.getpid()}")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW
    with suppress(FileNotFoundError):
        os.unlink(temporary)  # of a process that had this number, and died
    descriptor = os.open(temporary, flags, 0o600)
    try:
        with open(descriptor, "wb") as file:
            file.write(text.encode())
            file.flush()
            os.fsync(descriptor)
        os.replace(temporary, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise


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
