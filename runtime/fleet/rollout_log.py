"""What a controller has done, so that another one continues where it was killed: DIR/rollout-ID.jsonl.

A line is on disk before what it announces happens, and none is ever changed. The log says what was asked of hosts; how
their runs stand is in their own journals.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Iterator, Mapping

from ...compiler.support.enums import Enum
from ...compiler.support.record import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import Any


class End(Enum):
    """How a host's part ended. The last three are not final: nothing ran there, or how it ended is not known."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    UNKNOWN = "unknown"


FINAL = frozenset({End.SUCCEEDED, End.FAILED, End.INTERRUPTED})
STARTING, STARTED, ENDED = "starting", "started", "ended"


class HostEnd(NamedTuple):
    """`code`: the exit code of `apply`. `seconds`: how long it ran. `cleanups`: outstanding ones of the run. `text`: what
    explains the end."""

    end: End
    code: int | None = None
    seconds: float | None = None
    cleanups: int = 0
    text: str = ""


class Known(NamedTuple):
    """What the log says of a host: whether its run was asked to start, and how it ended."""

    is_started: bool = False
    end: HostEnd | None = None


class BusyError(Exception):
    """Another controller carries out the same roll-out."""


class RolloutLog:
    """Open for this process alone. Raises OSError and BusyError."""

    def __init__(self, folder: str, rollout: str) -> None:
        self.path = os.path.join(folder, f"rollout-{rollout}.jsonl")
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
        self._descriptor = os.open(self.path, flags, 0o600)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._descriptor)
            raise BusyError(self.path) from None
        self.known = dict(_read(self.path))
        self._begin_line()

    def starting(self, host: str) -> None:
        self._write({"host": host, "event": STARTING})

    def started(self, host: str) -> None:
        self._write({"host": host, "event": STARTED})

    def ended(self, host: str, end: HostEnd) -> None:
        self._write({"host": host, "event": ENDED, **end._asdict(), "end": end.end.value})

    def close(self) -> None:
        os.close(self._descriptor)

    def _write(self, data: Mapping[str, object]) -> None:
        line = json.dumps({"time": round(time.time(), 3), **data}) + "\n"
        os.write(self._descriptor, line.encode())
        os.fsync(self._descriptor)

    def _begin_line(self) -> None:
        """What a killed controller had half written stays a line of its own."""
        size = os.fstat(self._descriptor).st_size
        if size and os.pread(self._descriptor, 1, size - 1) != b"\n":
            os.write(self._descriptor, b"\n")


def read(folder: str, rollout: str) -> dict[str, Known]:
    """What the log says of each host; nothing without a log. Raises OSError."""
    path = os.path.join(folder, f"rollout-{rollout}.jsonl")
    return dict(_read(path)) if os.path.exists(path) else {}


def _read(path: str) -> Iterator[tuple[str, Known]]:
    known: dict[str, Known] = {}
    with open(path, encoding="utf-8", errors="replace") as file:
        for line in file:
            data = _line(line)
            host = data.get("host")
            if not isinstance(host, str):
                continue
            before = known.get(host, Known())
            if data.get("event") != ENDED:
                known[host] = Known(is_started=True)
            elif (end := _end(data)) is not None:
                known[host] = Known(before.is_started, end)
    yield from known.items()


def _line(line: str) -> Mapping[str, Any]:
    """A line; nothing where a controller was killed in the middle of it."""
    try:
        data = json.loads(line)
    except ValueError:
        return {}
    return data if isinstance(data, dict) else {}


def _end(data: Mapping[str, Any]) -> HostEnd | None:
    try:
        end = End(data.get("end"))
    except ValueError:
        return None
    return HostEnd(end, data.get("code"), data.get("seconds"), data.get("cleanups") or 0, str(data.get("text") or ""))  # fmt: skip
