"""Log files: `log_file` of a configuration, `--log-file`."""

from __future__ import annotations

import os
import time

from .host import reason
from .render.diagnostics import printable


class LogFile:
    """Adds lines to a file. One that can't be written later on (a full disk) must not end a backup."""

    def __init__(self, path: str, *, errors_only: bool = False) -> None:
        """Raises OSError if the file can't be opened."""
        self.path = path
        self._errors_only = errors_only
        self.lost = ""  # why lines could not be written, if so
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NONBLOCK
        self._descriptor = os.open(path, flags, 0o640)

    def line(self, text: str, *, error: bool) -> None:
        if self._errors_only and not error:
            return
        level = "ERROR" if error else "INFO"
        now = time.strftime("%Y-%m-%d %H:%M:%S")
        data = f"[{now}] {level}: {printable(text)}\n".encode("utf-8", "backslashreplace")
        try:
            if os.write(self._descriptor, data) < len(data):
                self.lost = self.lost or "a line was cut off"
        except OSError as error:
            self.lost = self.lost or reason(error)
