"""Log files: `log_file` of a configuration, `--log-file`."""

from __future__ import annotations

import os
import time

from ...compiler.shell.passwords import hidden
from ...compiler.shell.printable import printable
from ..system.host import reason
from ..system.trusted_way import opened
from .writer import Writer


class LogFile:
    """Adds lines to a file. One that can't be written later on (a full disk) must not end a backup.

    `as_json`: each line is an object with `time`, `level`, `step` and `message`.
    """

    def __init__(self, path: str, *, errors_only: bool = False, as_json: bool = False) -> None:
        """Raises OSError if the file can't be opened."""
        self.path = path
        self._as_json = as_json
        self._errors_only = errors_only
        self.lost = ""  # why lines could not be written, if so
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NONBLOCK
        self._descriptor = opened(path, flags, 0o640)

    def line(self, text: str, *, error: bool, step: str = "") -> None:
        if self._errors_only and not error:
            return
        level = "ERROR" if error else "INFO"
        form = _as_json if self._as_json else _as_text
        data = form(level, printable(text), step).encode("utf-8", "backslashreplace")
        try:
            if os.write(self._descriptor, data) < len(data):
                self.lost = self.lost or "a line was cut off"
        except OSError as error:
            self.lost = self.lost or reason(error)


class StandardError:
    """JSON lines in the place of what people would read."""

    def __init__(self, writer: Writer, *, errors_only: bool) -> None:
        self._writer = writer
        self._errors_only = errors_only

    def line(self, text: str, *, error: bool, step: str = "") -> None:
        if self._errors_only and not error:
            return
        line = _as_json("ERROR" if error else "INFO", printable(text), step)
        self._writer.write(line.encode("utf-8", "backslashreplace"))


def _as_text(level: str, text: str, _step: str) -> str:
    return f"[{time.strftime('%Y-%m-%d %H:%M:%S')}] {level}: {text}\n"


def _as_json(level: str, text: str, step: str) -> str:
    import json
    from datetime import datetime

    now = datetime.now().astimezone().isoformat(timespec="microseconds")
    data = {"time": now, "level": level.lower(), "step": hidden(step), "message": text}
    return json.dumps(data) + "\n"
