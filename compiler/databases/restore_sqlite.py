"""SQLite restored: into a new file beside the old one, which takes its place only once it is known to be whole.

borgmatic 2.1.10 deletes the old file first, and leaves the new one with another mode and owner (measured).
"""

from __future__ import annotations

from ..config.databases import Database
from ..plan.words import Word
from ..plan.work import Process, Upstream, upstream_of
from ..source.host import FileStatus
from .archive_layout import Attributes, Dump
from .client import program
from .processes import plain

NEW = ".borgplan-restored"  # what is put behind the name of a file until it takes its place
_ASIDE = ("-wal", "-shm", "-journal")  # what would be taken for the new file's own


def command(entry: Database) -> tuple[str, ...]:
    """The program with its words."""
    own = program(entry, "sqlite_restore_command", "")
    return own if own != ("",) else ("sqlite3",)


_GIVEN = 'test "$(id -u)" != 0 || chown -- "$2" "$1" || chown -- "$3" "$1"'
Parts = list[tuple[str, str, Process]]  # what names each step, its title, its command


def steps(
    entry: Database, path: str, dump: Dump, text: tuple[Upstream, ...], status: FileStatus | None
) -> Parts:
    """What restores a file, in order; the last one replaces it. `text`: what prints the dump; `status`: of the file
    that is there."""
    new = path + NEW
    examined = plain((*command(entry), "-bail", "-readonly", new, "PRAGMA integrity_check;"))
    is_well = plain(("grep", "-x", "ok"), upstream=(upstream_of(examined),))
    return [
        ("clear", f"remove what an interrupted restore of {path} has left", plain(_removal(new, new))),
        ("restore", f"restore {dump.title} beside {path}", plain((*command(entry), "-bail", new), upstream=text)),
        ("examine", f"check {new}", is_well),
        *(_likened(new, status) if status else _as_dumped(new, dump.file)),
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


def _as_dumped(new: str, file: Attributes | None) -> Parts:
    """Where none is there, it gets the mode and the owner of the file that was dumped: by name, where both names are
    known here. Only root can give a file away."""
    if file is None:
        return []
    names, numbers = f"{file.user}:{file.group}", f"{file.uid}:{file.gid}"
    words = ("sh", "-c", _GIVEN, "sh", new, names, numbers)
    return [
        ("mode", f"set the mode of {new}", plain(("chmod", file.mode[-3:], "--", new))),
        ("owner", f"set the owner of {new}", plain(words)),
    ]


def _removal(path: str, *more: str) -> tuple[Word, ...]:
    """What removes files that would be taken for parts of the one at `path`."""
    return ("rm", "-f", "--", *more, *(path + ending for ending in _ASIDE))
