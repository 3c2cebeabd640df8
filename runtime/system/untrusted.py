"""A configuration that strangers may have written: it is looked at, and learns nothing of this machine.

What it names is read inside its own repository only, as is what was named on the command line, which nobody but
the caller wrote. Everything else is as if it weren't there, and is remembered in order to be told.
"""

from __future__ import annotations

import os
from collections.abc import Iterable

from ...compiler.shell.printable import printable
from ...compiler.source.host import Exposure, FileStatus, LeftUnreadError, UnreadableError
from .git import is_below, tops
from .git_host import RevisionHost
from .globbing import matching
from .host import RealHost

_KEPT = ("PATH", "TERM", "NO_COLOR", "COLUMNS", "LANG")  # for showing results, and for ShellCheck
_OF_GIT = ".git"  # with the credentials of who cloned it
_MOST = 20  # that are told by name


class UntrustedHost(RealHost):
    """`inner`, as far as it is inside of `places`, or is one of the files in `named`."""

    def __init__(self, inner: RealHost, places: Iterable[str], named: Iterable[str]) -> None:
        self.inner = inner
        self.directory = inner.directory
        self.home = inner.home
        self.environment = {
            name: value for name, value in inner.environment.items() if name in _KEPT
        }
        self._places = [os.path.realpath(place) for place in places]
        self._named = {self._full(path) for path in named}
        self._left: dict[str, None] = {}

    @property
    def left(self) -> tuple[str, ...]:
        """What was asked for and not read, in order."""
        return tuple(self._left)

    def read(self, path: str, limit: int) -> bytes:
        if self._is_outside(path):
            self._left[path] = None
            raise LeftUnreadError(
                "is not read, because it is outside of the repository and --untrusted is given"
            )
        return self.inner.read(path, limit)

    def home_of(self, user: str) -> str | None:  # noqa: ARG002  # who has an account here is nobody's business
        return None

    def modified(self, path: str) -> float | None:
        return None if self._is_outside(path) else self.inner.modified(path)

    def exists(self, path: str) -> bool:
        return not self._is_outside(path) and self.inner.exists(path)

    def is_there(self, path: str) -> bool | None:
        return None if self._is_outside(path) else self.inner.is_there(path)

    def status(self, path: str) -> FileStatus | None:
        return None if self._is_outside(path) else self.inner.status(path)

    def link(self, path: str) -> str | None:
        return None if self._is_outside(path) else self.inner.link(path)

    def exposure(self, path: str) -> Exposure | None:  # noqa: ARG002  # a checkout is whoever's who made it
        return None

    def is_directory(self, path: str) -> bool:
        return not self._is_outside(path) and self.inner.is_directory(path)

    def entries(self, path: str) -> list[str]:
        if self._is_outside(path):
            raise UnreadableError("no such file or directory")
        return self.inner.entries(path)

    def glob(self, pattern: str) -> list[str]:
        return matching(pattern, self)

    def same_file(self, one: str, other: str) -> bool:
        if self._is_outside(one) or self._is_outside(other):
            return self._full(one) == self._full(other)
        return self.inner.same_file(one, other)

    def _full(self, path: str) -> str:
        return os.path.normpath(os.path.join(self.directory, path))

    def _is_outside(self, path: str) -> bool:
        if "\0" in path:
            return True
        if self._full(path) in self._named:
            return False
        if isinstance(self.inner, RevisionHost):
            return not self.inner.is_inside(path)  # links lead nowhere in a revision
        real = os.path.realpath(os.path.join(self.directory, path))
        return not any(
            is_below(real, place) and _OF_GIT not in real[len(place) :].lower().split("/")
            for place in self._places
        )


def places_of(configs: Iterable[str], directory: str) -> list[str]:
    """Where each configuration belongs: the repository it is in, else its folder.

    From within a repository that one is meant, whatever lies in it, as for git.
    """
    found: dict[str, None] = {}
    for config in configs:
        path = os.path.normpath(os.path.join(directory, config))
        around = tops(path)
        own = [top for top in around if is_below(directory, top)] or around[-1:]
        if own:
            found[own[0]] = None
        else:
            found[path if os.path.isdir(path) else os.path.dirname(path)] = None
    return list(found)


def told(left: Iterable[str], variables: Iterable[str]) -> list[str]:
    """What was left out of account, in lines."""
    lines = []
    for what, names in (("Not read", [*left]), ("Not replaced", [*variables])):
        if names:
            more = len(names) - _MOST
            shown = ", ".join(map(printable, names[:_MOST])) + (
                f" and {more} more" if more > 0 else ""
            )
            lines.append(f"{what} (--untrusted): {shown}")
    return lines
