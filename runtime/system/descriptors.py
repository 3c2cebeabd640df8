"""How many files a run may have open at once: counted before it begins, as half a run is worse than none.

Every lock is an open file until the run has ended, and a step takes some for its pipes. The system gives a
process 1,024, unless it asks for more, up to a limit that only root can change.
"""

from __future__ import annotations

import os
import resource

_OF_A_STEP = 16  # pipes, passphrase, patterns, what tells of its end, and of signals to its thread
_OF_THE_RUN = 32  # the journal, its mark, logs, events, the console
_UNKNOWN = 64  # open already, where the system doesn't tell


def provide(locks: int, lanes: int, logs: int = 0) -> str:
    """Ask the system for what a run needs beside what is open: why it can't be had, or empty.

    `lanes`: how many steps run at the same time.
    """
    needed = _open() + locks + max(1, lanes) * _OF_A_STEP + logs + _OF_THE_RUN
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or needed <= soft:
        return ""
    if hard != resource.RLIM_INFINITY and needed > hard:
        return (
            f"it may need {needed} open files at once ({locks} locks, and {_OF_A_STEP} for each of"
            f" {max(1, lanes)} steps), and the limit is {hard}: raise it (`ulimit -Hn`,"
            " LimitNOFILE= of a unit)" + (", or lower --jobs" if lanes > 1 else "")
        )
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))
    except (OSError, ValueError) as error:
        return f"it needs {needed} open files at once, and the limit is {soft}: {error}"
    return ""


def _open() -> int:
    try:
        return len(os.listdir("/proc/self/fd"))
    except OSError:
        return _UNKNOWN
