"""The system's log, for runs that nobody watches."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Mapping
from contextlib import suppress

from ...compiler.lower.logs import NO_LOG
from ...compiler.shell.printable import printable

_SOCKETS = ("/dev/log", "/var/run/syslog", "/var/run/log")
_USER, _ERROR, _INFORMATIONAL = 1 << 3, 3, 6  # facility and severities (RFC 5424)


class Syslog:
    """Takes lines; a log that can't be reached loses them and nothing else."""

    def __init__(self, path: str, *, errors_only: bool = False) -> None:
        """Raises OSError if nobody listens there."""
        # The `logging` package brings more with it than all else that a run needs.
        from socket import AF_UNIX, SOCK_DGRAM, socket

        self._errors_only = errors_only
        with socket(AF_UNIX, SOCK_DGRAM) as connection:
            connection.connect(path)
            self._descriptor = connection.detach()  # open for as long as the run

    def line(self, text: str, *, error: bool, step: str = "") -> None:  # noqa: ARG002  # it has no place for it
        if self._errors_only and not error:
            return
        priority = _USER | (_ERROR if error else _INFORMATIONAL)
        record = f"<{priority}>borgplan[{os.getpid()}]: {printable(text)}\0"
        with suppress(OSError):
            os.write(self._descriptor, record.encode("utf-8", "backslashreplace"))


def syslog_for_run(environment: Mapping[str, str], verbosity: int = 1) -> Syslog | None:
    """The system's log if no terminal shows what is said, and systemd doesn't keep it already.

    `verbosity`: as `syslog_verbosity` has it, -2 for none, below 1 for errors.
    """
    if verbosity <= NO_LOG:
        return None
    if sys.stderr.isatty() or "JOURNAL_STREAM" in environment:
        return None
    for socket in _SOCKETS:
        if _is_socket(socket):
            try:
                return Syslog(socket, errors_only=verbosity < 1)
            except OSError:
                continue
    return None


def _is_socket(path: str) -> bool:
    """Some systems have a directory of one of these names, and trying it costs time for every line."""
    try:
        return stat.S_ISSOCK(os.stat(path).st_mode)
    except OSError:
        return False
