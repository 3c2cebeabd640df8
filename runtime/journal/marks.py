"""A file for each run that goes on or was interrupted, beside the journal.

As long as there is none, nothing is owed, and `plan` can tell without a database. Its lines are the process
groups that the run has started, which nobody asks for any more once the machine has been started anew: a line
takes a tenth of the time of a record in the database. All else is said by the journal alone.
"""

from __future__ import annotations

import os
from contextlib import suppress

from ...compiler.support.record import NamedTuple
from ..system.trusted_way import made, opened

_HIGHEST = 1 << 22  # proc(5), pid_max


class Group(NamedTuple):
    """Processes of a step; `clock` is when they were started, see `alive.clock`."""

    pid: int
    clock: float


def mark(journal: str, run: str) -> int:
    """`run`: its id. A descriptor for `note`. Raises OSError."""
    made(_folder(journal))
    return opened(mark_of(journal, run), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)


def mark_of(journal: str, run: str) -> str:
    """The path of the mark."""
    return f"{_folder(journal)}/{run}"


def note(descriptor: int, record: int, group: Group) -> None:
    """`record`: the number of the step's record. Raises OSError."""
    os.write(descriptor, b"%d %d %f\n" % (record, group.pid, group.clock))


def groups(journal: str, run: str) -> dict[int, tuple[Group, ...]]:
    """What was noted, by the number of the record."""
    found: dict[int, tuple[Group, ...]] = {}
    with suppress(OSError), open(mark_of(journal, run), "rb") as file:
        for line in file:
            with suppress(ValueError):  # damaged, or the disk had no more space for it
                record, pid, clock = line.split()
                if 1 < int(pid) <= _HIGHEST:
                    group = Group(int(pid), float(clock))
                    found[int(record)] = (*found.get(int(record), ()), group)
    return found


def unmark(journal: str, run: str) -> None:
    with suppress(OSError):
        os.unlink(mark_of(journal, run))


def marked(journal: str) -> list[str]:
    """The ids of such runs, and maybe of some that have been looked after since."""
    try:
        return os.listdir(_folder(journal))
    except OSError:
        return []


def _folder(journal: str) -> str:
    return f"{journal}.open"
