"""What the benchmarks share: one run measured, a folder of its own for all files, the last line."""

from __future__ import annotations

import os
import shutil
import statistics
import tempfile
from collections.abc import Callable, Sequence
from typing import NamedTuple


class Usage(NamedTuple):
    """Of one run: CPU time, user and system, in seconds; the most memory in use, in MB."""

    seconds: float
    memory: float


def usage(argv: Sequence[str], environment: dict[str, str], ends: int = 0) -> Usage:
    """Run a command, nothing in and nothing out. Ends all if its exit code isn't `ends`."""
    null = os.open(os.devnull, os.O_RDWR)
    actions = [(os.POSIX_SPAWN_DUP2, null, target) for target in (0, 1, 2)]
    pid = os.posix_spawn(argv[0], argv, environment, file_actions=actions)
    _, status, used = os.wait4(pid, 0)
    os.close(null)
    if os.waitstatus_to_exitcode(status) != ends:
        raise SystemExit(f"failed: {' '.join(argv)}")
    return Usage(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def cpu_seconds(argv: Sequence[str], environment: dict[str, str]) -> float:
    """User and system time of one run."""
    return usage(argv, environment).seconds


def environment_in(home: str) -> dict[str, str]:
    """PYTHON* variables of a developer's machine (no byte code, other paths) would spoil the result, as
    would the borgmatic that is installed there: what a file means depends on it."""
    return {"PATH": "/usr/bin:/bin", "HOME": home, "LANG": "C.UTF-8", "BORGPLAN_BORGMATIC": ""}


def write_file(path: str, text: str, mode: int = 0o600) -> str:
    """The path."""
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(path, mode)
    return path


def in_a_folder(compare: Callable[[str], int]) -> int:
    """What `compare` says, which gets a folder for its files."""
    home = tempfile.mkdtemp(prefix="bench-")
    try:
        return compare(home)
    finally:
        shutil.rmtree(home)


def side_by_side(
    words: Sequence[str], compare: Callable[[str, str, int, str], int], rounds: int = 11
) -> int:
    """`words`: BORGPLAN BORGMATIC [ROUNDS], for `compare`, which gets a folder too."""
    borgplan, borgmatic = map(os.path.abspath, words[:2])
    wanted = int(words[2]) if len(words) > 2 else rounds
    return in_a_folder(lambda home: compare(borgplan, borgmatic, wanted, home))


def median_ratio(seconds: Sequence[float], base: Sequence[float]) -> float:
    """Of the runs of the same round each, so that it holds on a busy machine, where a time doesn't."""
    return statistics.median(a / b for a, b in zip(seconds, base, strict=True))
