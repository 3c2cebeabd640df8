"""A step's process: what it is started with, and why it could not be."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Iterator

from ..compiler.plan import Command, Work
from ..compiler.record import NamedTuple
from .host import reason


class Launch(NamedTuple):
    """What a process is started with, in a session of its own and with nothing to read.

    `descriptors`: those it inherits. `umask`, `directory`: None keeps this process's. `separate`:
    standard output apart from the errors.
    """

    argv: tuple[str, ...]
    environment: dict[str, str]
    descriptors: tuple[int, ...]
    umask: int | None
    directory: str | None
    separate: bool

    def start(self) -> subprocess.Popen[bytes]:
        """Raises OSError, and ValueError for text that no system call takes."""
        return subprocess.Popen(
            self.argv,
            env=self.environment,
            cwd=self.directory,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE if self.separate else subprocess.STDOUT,
            pass_fds=self.descriptors,
            umask=-1 if self.umask is None else self.umask,
            start_new_session=True,
        )


def why_not_started(work: Work, error: OSError) -> str:
    """The system names neither the directory nor the program."""
    if work.directory is not None and not os.path.isdir(work.directory):
        return f"there is no directory {work.directory}"
    if isinstance(work, Command) and isinstance(error, FileNotFoundError):
        return f"there is no program `{work.argv[0]}`"
    return reason(error)


def missing(work: Command) -> str:
    """The first path that a command needs and that isn't there; empty if all are."""
    base = work.directory or ""
    return next((path for path in work.needs if not os.path.lexists(os.path.join(base, path))), "")


@contextlib.contextmanager
def memory_file(name: str, data: bytes) -> Iterator[int]:
    """A descriptor of a file in memory, for what a child is to read and nobody else is to find."""
    descriptor = os.memfd_create(name)
    try:
        with os.fdopen(os.dup(descriptor), "wb") as file:
            file.write(data)
        os.lseek(descriptor, 0, os.SEEK_SET)
        yield descriptor
    finally:
        os.close(descriptor)
