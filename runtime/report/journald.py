"""The journal of systemd, by its own protocol: each line with the run and the step it belongs to.

Source: systemd.io, "Native Journal Protocol".
"""

from __future__ import annotations

import errno
import fcntl
import os
import socket
import struct
from collections.abc import Mapping
from contextlib import suppress

from ...compiler.shell.passwords import hidden
from ...compiler.shell.printable import printable

SOCKET = "/run/systemd/journal/socket"
_ERROR, _INFO = 3, 6  # as syslog(3) has them
_SEALS = fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE | fcntl.F_SEAL_SEAL


class JournalLog:
    """Takes lines; a journal that can't be reached loses them and nothing else."""

    def __init__(self, run: str, path: str = SOCKET, *, errors_only: bool = False) -> None:
        """Raises OSError if there is no journal."""
        self._run = run
        self._errors_only = errors_only
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
        try:
            self._socket.connect(path)
        except OSError:
            self._socket.close()
            raise

    def close(self) -> None:
        self._socket.close()

    def line(self, text: str, *, error: bool, step: str = "") -> None:
        if self._errors_only and not error:
            return
        fields = {
            "MESSAGE": printable(text),
            "PRIORITY": str(_ERROR if error else _INFO),
            "SYSLOG_IDENTIFIER": "borgplan",
            "BORGPLAN_RUN": self._run,
        }
        if step:
            fields["BORGPLAN_STEP"] = hidden(step)
        with suppress(OSError):
            self._send(b"".join(_field(name, value) for name, value in fields.items()))

    def _send(self, data: bytes) -> None:
        try:
            self._socket.send(data)
        except OSError as error:
            if error.errno not in (errno.EMSGSIZE, errno.ENOBUFS):
                raise
            # What is too long for a message goes as a file in memory that nobody can change any more.
            descriptor = os.memfd_create("journal", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
            try:
                with os.fdopen(os.dup(descriptor), "wb") as file:
                    file.write(data)
                fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, _SEALS)
                socket.send_fds(self._socket, [b""], [descriptor])
            finally:
                os.close(descriptor)


def stderr_is_the_journal(environment: Mapping[str, str]) -> bool:
    """$JOURNAL_STREAM names the file that systemd has given the service as its standard error."""
    try:
        found = os.fstat(2)
    except OSError:
        return False
    return environment.get("JOURNAL_STREAM") == f"{found.st_dev}:{found.st_ino}"


def _field(name: str, value: str) -> bytes:
    data = value.encode("utf-8", "backslashreplace")
    if b"\n" in data:
        return name.encode() + b"\n" + struct.pack("<Q", len(data)) + data + b"\n"
    return name.encode() + b"=" + data + b"\n"
