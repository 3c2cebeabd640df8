"""SQLite restored: into a new file beside the old one, which takes its place only once it is known to be whole.

borgmatic 2.1.10 deletes the old file first, and leaves the new one with another mode and owner (measured).
"""

from __future__ import annotations

from ..config.databases import Database
from ..plan.words import Word
from ..plan.work import Process, Upstream, upstream_of
from ..source.host import FileStatus
from .client import program
from .processes import plain

NEW = ".borgplan-restored"  # what is put behind the name of a file until it takes its place
_ASIDE = ("-wal", "-shm", "-journal")  # what would be taken for the new file's own


def command(entry: Database) -> tuple[str, ...]:
    """The program with its words."""
    own = program(entry, "sqlite_restore_command", "")
    return own if own != ("",) else ("sqlite3",)


Parts = list[tuple[str, str, Process]]  # what names each step, its title, its command


def steps(
    entry: Database, path: str, title: str, dump: tuple[Upstream, ...], status: FileStatus | None
) -> Parts:
    """What restores a file, in order; the last one replaces it. `dump`: what prints the dump; `status`: of the file
    that is there."""
    new = path + NEW
    examined = plain((*command(entry), "-bail", "-readonly", new, "PRAGMA integrity_check;"))
    is_well = plain(("grep", "-x", "ok"), upstream=(upstream_of(examined),))
    return [
        ("clear", f"remove what an interrupted restore of {path} has left", plain(_removal(new, new))),
        ("restore", f"restore {title} beside {path}", plain((*command(entry), "-bail", new), upstream=dump)),
        ("examine", f"check {new}", is_well),
        *([] if status is None else _likened(new, status)),
        ("forget", f"remove what belongs to the old {path}", plain(_removal(path))),
        ("replace", f"replace {path}", plain(("mv", "-f", "--", new, path))),
    ]  # fmt: skip


def _likened(new: str, status: FileStatus) -> Parts:
    """The new file gets the old one's mode and owner."""
    mode, owner = f"{status.mode:04o}", f"{status.owner}:{status.group}"
    return [
        ("mode", f"set the mode of {new}", plain(("chmod", mode, "--", new))),
        ("owner", f"set the owner of {new}", plain(("chown", owner, "--", new))),
    ]


def _removal(path: str, *more: str) -> tuple[Word, ...]:
    """What removes files that would be taken for parts of the one at `path`."""
    return ("rm", "-f", "--", *more, *(path + ending for ending in _ASIDE))
