"""The system's log, for runs that nobody watches."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Mapping

from ..compiler.lower import NO_LOG
from .render.diagnostics import printable

_SOCKETS = ("/dev/log", "/var/run/syslog", "/var/run/log")


class Syslog:
    """Takes lines; a log that can't be reached loses them and nothing else."""

    def __init__(self, socket: str, *, errors_only: bool = False) -> None:
        import logging
        from logging.handlers import SysLogHandler

        logging.raiseExceptions = False  # a log that is gone must not fill the output with reports
        self._logger = logging.getLogger("borgplan")
        self._logger.setLevel(logging.ERROR if errors_only else logging.INFO)
        self._logger.propagate = False
        handler = SysLogHandler(address=socket)
        handler.ident = f"borgplan[{os.getpid()}]: "
        self._logger.addHandler(handler)

    def line(self, text: str, *, error: bool, step: str = "") -> None:  # noqa: ARG002  # it has no place for it
        (self._logger.error if error else self._logger.info)("%s", printable(text))


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
