"""Whether a process of an earlier run still runs, although process numbers are used again.

A process is known by its number, when it started (in ticks since the machine did, proc(5)), and which
start of the machine that was. Where there is no /proc, by its number alone.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress

from ...compiler.support.record import NamedTuple

_ENDED = (["Z"], ["X"])


class Process(NamedTuple):
    pid: int
    started: str
    boot: str


def this_process() -> Process:
    """The one that asks."""
    pid = os.getpid()
    return Process(pid, _started(pid), _boot())


def is_running(process: Process) -> bool:
    """Whether this very process is still there; one that has ended, and that nobody collects, as in a container without
    an init, is not."""
    if process.boot != _boot():
        return False
    try:
        os.kill(process.pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # it is there, and another user's
    return process.started == _started(process.pid) and _stat(process.pid)[:1] not in _ENDED


def clock() -> float:
    """Seconds since the machine started, asleep or not."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


def step_runs(pid: int, clock: float, boot: str) -> bool:
    """Whether processes of a step are left that was started as process group `pid` at `clock`.

    The system gives no number away again as long as a group has it, so only a leader that started
    later tells of another group.
    """
    if boot != _boot() or not group_runs(pid):
        return False
    started = _started(pid)
    return not started or int(started) <= (clock + 1) * os.sysconf("SC_CLK_TCK")


def _started(pid: int) -> str:
    return "".join(_stat(pid)[19:20])


def _stat(pid: int) -> list[str]:
    """What is said of a process behind its name, the state first (proc(5), stat); nothing where there is no /proc."""
    with suppress(OSError), open(f"/proc/{pid}/stat", "rb") as file:
        return file.read().rpartition(b")")[2].decode().split()
    return []


def _boot() -> str:
    with suppress(OSError), open("/proc/sys/kernel/random/boot_id", encoding="utf-8") as file:
        return file.read().strip()
    return ""


def group_runs(group: int) -> bool:
    """Whether a process group has a process that isn't merely waiting to be collected."""
    try:
        os.killpg(group, 0)
    except OSError:
        return False
    with suppress(OSError):
        for name in os.listdir("/proc"):
            if name.isdigit() and _state_in_group(name, group) not in ("", "Z", "X"):
                return True
        return False
    return True  # no /proc here: what killpg says


def _state_in_group(pid: str, group: int) -> str:
    """The state letter of a process of that group (proc(5), stat); empty for others."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            state, _, its_group, *_ = file.read().rpartition(b")")[2].split()
    except (OSError, ValueError):
        return ""
    return state.decode() if int(its_group) == group else ""
