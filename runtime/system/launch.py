"""A step's process: what it is started with, and why it could not be."""

from __future__ import annotations

import os
import signal
import subprocess
from contextlib import suppress

from ...compiler.plan.work import Process, Work, directory_of
from ...compiler.support.record import NamedTuple
from .host import reason

_LAST_PATIENCE = 1.0  # seconds for a process that can't be killed


class Launch(NamedTuple):
    """What a process is started with, in a session of its own and with nothing to read.

    `descriptors`: those it inherits. `environment`, `umask`, `directory`: None keeps this process's.
    `separate`: standard output apart from the errors. `reads`, `prints`: descriptors that are its standard input
    and output; they stay open here.
    """

    argv: tuple[str, ...]
    environment: dict[str, str] | None
    descriptors: tuple[int, ...]
    umask: int | None
    directory: str | None
    separate: bool
    reads: int | None = None
    prints: int | None = None

    def start(self) -> Child:
        """Raises OSError, and ValueError for text that no system call takes."""
        ends: list[int] = []
        try:
            ends += os.pipe()
            if self.separate and self.prints is None:
                ends += os.pipe()
            process = subprocess.Popen(
                self.argv,
                env=self.environment,
                cwd=self.directory,
                stdin=subprocess.DEVNULL if self.reads is None else self.reads,
                stdout=ends[1] if self.prints is None else self.prints,
                stderr=ends[-1],
                pass_fds=self.descriptors,
                umask=-1 if self.umask is None else self.umask,
                start_new_session=True,
            )
        except BaseException:
            close_all(ends)
            raise
        close_all(ends[1::2])
        return Child(process, ends[::2])


class Child(NamedTuple):
    """A process, and the descriptors of what it prints: all of it, or standard output and the errors.

    They are no files, which `subprocess` would make of them: that takes a tenth of a start.
    """

    process: subprocess.Popen[bytes]
    pipes: list[int]

    def close(self) -> None:
        close_all(self.pipes)


def end(process: subprocess.Popen[bytes], grace: float) -> None:
    """Stop all processes of a step, by force after `grace` seconds."""
    for number, patience in ((signal.SIGTERM, grace), (signal.SIGKILL, _LAST_PATIENCE)):
        with suppress(OSError):
            os.killpg(process.pid, number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(patience)


def why_not_started(work: Work, error: OSError) -> str:
    """The system names neither the directory nor the program."""
    directory = directory_of(work)
    if directory is not None and not os.path.isdir(directory):
        return f"there is no directory {directory}"
    if isinstance(work, Process) and isinstance(error, FileNotFoundError):
        program = error.filename if work.upstream else work.argv[0]  # which of them
        return f"program `{program}` not found"
    return reason(error)


def missing(work: Process) -> str:
    """The first path that a command needs and that isn't there; empty if all are."""
    base = work.directory or ""
    return next((path for path in work.needs if not os.path.lexists(os.path.join(base, path))), "")


def memory_file(name: str, data: bytes, opened: list[int]) -> int:
    """A descriptor of a file in memory, for what a child is to read and nobody else is to find.

    It is added to `opened`, which the caller closes.
    """
    descriptor = os.memfd_create(name)
    opened.append(descriptor)
    os.fchmod(descriptor, 0o600)  # MariaDB ignores option files that anybody may write
    with os.fdopen(os.dup(descriptor), "wb") as file:
        file.write(data)
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor


def close_all(descriptors: list[int]) -> None:
    for descriptor in descriptors:
        os.close(descriptor)
