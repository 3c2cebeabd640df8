"""The scratch folders of a plan: made when a step first needs one, removed with all that is in them.

What a killed run has left behind is removed by the next one that makes a folder at the same place: a folder is
locked for as long as its run lives.
"""

from __future__ import annotations

import fcntl
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from threading import Lock

from ...compiler.plan.scratch import Scratch

_PREFIX = "borgplan-"
_MARK = ".borgplan-scratch"  # in a folder that is one of these; others may be called so, too
_PRIVATE = 0o700


class Folders:
    """Those that are there by now, by name, with a descriptor that holds the lock."""

    def __init__(self, scratch: Mapping[str, Scratch]) -> None:
        self._scratch = scratch
        self._made: dict[str, tuple[str, int]] = {}
        self._lock = Lock()

    def path(self, name: str) -> str:
        """Where a folder is; makes it if need be. Raises OSError."""
        with self._lock:
            if name not in self._made:
                self._made[name] = _made(self._scratch[name].path)
            return self._made[name][0]

    def leave(self, scope: str) -> None:
        """Remove the folders of a scope that has ended."""
        with self._lock:
            for name in [n for n in self._made if self._scratch[n].scope == scope]:
                _removed(*self._made.pop(name))

    def close(self) -> None:
        """Remove all that are left."""
        with self._lock:
            while self._made:
                _removed(*self._made.popitem()[1])


@contextmanager
def folders_of(folders: Folders) -> Iterator[None]:
    """However a run ends, its folders go."""
    try:
        yield
    finally:
        folders.close()


def put(top: str, path: str, text: str) -> None:
    """Write a text below a folder; folders on the way are made as the umask has it. What is there already stays: a Borg
    of another repository may be reading it."""
    place = os.path.join(top, path)
    if _holds(place, text):
        return
    _make_parents(place, top, 0o777)
    with open(place, "w", encoding="utf-8", errors="surrogateescape") as file:  # a path from a plan
        file.write(text)


def _holds(place: str, text: str) -> bool:
    with suppress(OSError), open(place, encoding="utf-8", errors="surrogateescape") as file:
        return file.read() == text
    return False


def make_folder(top: str, path: str) -> None:
    """A folder for its owner alone, below another one; it may be there."""
    place = os.path.join(top, path)
    _make_parents(place, top, 0o777)
    with suppress(FileExistsError):
        os.mkdir(place, _PRIVATE)


def make_pipe(path: str) -> None:
    """A new pipe for its owner alone, in a folder for its owner alone."""
    _make_parents(path, "/", _PRIVATE)
    with suppress(FileNotFoundError):
        os.unlink(path)
    os.mkfifo(path, 0o600)
    os.chmod(path, 0o600)


def _make_parents(path: str, top: str, mode: int) -> None:
    """The missing folders between `top` and a path below it; the last of them with this mode."""
    folder = os.path.dirname(os.path.normpath(path))
    if folder == os.path.normpath(top) or os.path.isdir(folder):
        return
    _make_parents(folder, top, 0o777)
    try:
        os.mkdir(folder, mode)
    except FileExistsError:  # a step beside this one has just made it
        if not os.path.isdir(folder):
            raise


def _made(base: str) -> tuple[str, int]:
    os.makedirs(base, _PRIVATE, exist_ok=True)
    _sweep(base)
    path = os.path.join(base, _PREFIX + os.urandom(8).hex())  # `tempfile` takes 3 ms to import
    os.mkdir(path, _PRIVATE)
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    put(
        path, _MARK, ""
    )  # only now: without a mark, and while it is locked, nobody takes it for left
    return path, descriptor


def _sweep(base: str) -> None:
    """Remove what runs have left that live no more; what is somebody else's stays."""
    with suppress(OSError), os.scandir(base) as entries:
        for entry in entries:
            if entry.name.startswith(_PREFIX) and entry.is_dir(follow_symlinks=False):
                with suppress(OSError):
                    _sweep_one(entry.path)


def _sweep_one(path: str) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        status = os.fstat(descriptor)
        if status.st_uid != os.geteuid() or stat.S_IMODE(status.st_mode) != _PRIVATE:
            return
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.stat(_MARK, dir_fd=descriptor, follow_symlinks=False)
        _remove(path)
    finally:
        os.close(descriptor)


def _removed(path: str, descriptor: int) -> None:
    _remove(path)
    os.close(descriptor)


def _remove(path: str) -> None:
    """A folder with all that is in it, as far as that can be had."""
    with suppress(OSError):
        _remove_whole(path)


def _remove_whole(path: str) -> None:
    """The mark goes last: as long as it is there somebody can go on. Raises OSError."""
    for name in sorted(os.listdir(path), key=lambda name: name == _MARK):
        place = os.path.join(path, name)
        if os.path.isdir(place) and not os.path.islink(place):
            _remove_whole(place)
        else:
            os.unlink(place)
    os.rmdir(path)
