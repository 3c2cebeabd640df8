"""A machine that isn't this one: what is at hand of its configuration, and what it answered when it was recorded.

At hand are the files of a repository or folder here, and of a directory that stands for the machine's root. All
else is answered by the recording, if there is one; what that doesn't know is known only when the plan is applied,
and is remembered in order to be reported. So a configuration that strangers wrote learns nothing of this machine.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from shlex import join

from ...compiler.shell.printable import printable
from ...compiler.source.host import (
    Exposure,
    FileStatus,
    LeftUnreadError,
    UnreadableError,
    Withheld,
)
from ...compiler.support.record import TYPE_CHECKING, NamedTuple
from .git import is_below, tops
from .git_host import RevisionHost
from .globbing import matching
from .host import RealHost

if TYPE_CHECKING:
    from typing import Any, TypeVar

    from ...compiler.driver.facts import Machine

    _T = TypeVar("_T")

_KEPT = ("PATH", "TERM", "NO_COLOR", "COLUMNS", "LANG")  # for showing results, and for ShellCheck
_OF_GIT = ".git"  # with the credentials of who cloned it
_MOST = 20  # that are told by name


class AtHand(NamedTuple):
    """What is read here. `configs`: the configurations. `places`: directories. `named`: other files that the
    command line names. `roots`: what stands for the machine's root directory, the first that has a file counts; none
    for nothing."""

    configs: tuple[str, ...]
    places: tuple[str, ...]
    named: tuple[str, ...] = ()
    roots: tuple[str, ...] = ()


class ReplayingHost(RealHost):
    """`inner`, as far as it is at hand, then `machine`, if there is one. `why`: in words, why something else
    isn't read."""

    def __init__(self, inner: RealHost, at_hand: AtHand, machine: Machine | None, why: str) -> None:
        self.inner = inner
        self.machine = machine
        self.directory = machine.directory if machine else inner.directory
        self.home = machine.home if machine else inner.home
        self._why = why
        self._roots = [self._local(root).rstrip("/") for root in at_hand.roots]
        places = [*at_hand.places, *(root or "/" for root in self._roots)]
        self._places = [os.path.realpath(place) for place in places]
        self._named = {self._local(path) for path in at_hand.named}
        self._configs = at_hand.configs
        self._left: dict[str, None] = {}
        kept = {name: value for name, value in inner.environment.items() if name in _KEPT}
        names = frozenset(machine.variables) if machine else None
        self._variables = Withheld({**{n: f"${{{n}}}" for n in names or ()}, **kept}, names)
        self.environment = self._variables

    @property
    def now(self) -> float:
        return self.machine.time if self.machine else time.time()

    @property
    def left(self) -> tuple[str, ...]:
        """The files and patterns of files that were needed and are known later, in order."""
        return tuple(self._left)

    @property
    def variables(self) -> tuple[str, ...]:
        """The variables that options refer to, and whose values are known later."""
        return tuple(self._variables.used)

    def read(self, path: str, limit: int) -> bytes:
        here = self._here(path)
        if here is not None:
            return self.inner.read(here, limit)
        content = self._recorded("read", path)
        if content is None and path in self._configs and not self.inner.exists(path):
            return self.inner.read(path, limit)  # which says why not
        if content is not None and content.problem:
            raise UnreadableError(content.problem)
        if content is None or content.text is None:
            self._left[path] = None
            why = self._why
            if content is not None:
                why = "is not read, because the facts have only its digest"
            raise LeftUnreadError(why)
        data: bytes = content.text.encode()
        if len(data) > limit:
            raise UnreadableError(f"is longer than the {limit} bytes a file may have")
        return data

    def home_of(self, user: str) -> str | None:
        found: str | None = self._answer("home_of", user)
        return found

    def modified(self, path: str) -> float | None:
        here = self._here(path)
        found: int | None = self._recorded("modified", path)
        return found if here is None else self.inner.modified(here)

    def exists(self, path: str) -> bool:
        return self._here(path) is not None or bool(
            self._recorded("exists", path) or self._recorded("is_there", path)
        )

    def is_there(self, path: str) -> bool | None:
        here = self._here(path)
        found: bool | None = self._recorded("is_there", path)
        if found is None and here is None:
            found = self._recorded("exists", path)
        return found if here is None else self.inner.is_there(here)

    def status(self, path: str) -> FileStatus | None:
        here = self._here(path)
        found: FileStatus | None = self._recorded("status", path)
        return found if here is None else self.inner.status(here)

    def exposure(self, path: str) -> Exposure | None:
        """Of what the machine said only: a checkout belongs to whoever made it."""
        found: Exposure | None = self._recorded("exposure", path)
        return found

    def link(self, path: str) -> str | None:
        here = self._here(path)
        found: str | None = self._recorded("link", path)
        return found if here is None else self.inner.link(here)

    def is_directory(self, path: str) -> bool:
        here = self._here(path)
        found = bool(self._recorded("is_directory", path))
        return found if here is None else self.inner.is_directory(here)

    def entries(self, path: str) -> list[str]:
        here = self._here(path)
        if here is not None:
            return self.inner.entries(here)
        listing = self._recorded("entries", path)
        if listing is None or listing.problem:
            raise UnreadableError(listing.problem if listing else "no such file or directory")
        return [*listing.names]

    def glob(self, pattern: str) -> list[str]:
        found = matching(pattern, self)
        if found:
            return found
        recorded = self._recorded("glob", pattern)
        if recorded is None:
            self._left[pattern] = None
        return list(recorded or ())

    def same_file(self, one: str, other: str) -> bool:
        here, there = self._here(one), self._here(other)
        if here is not None and there is not None:
            return self.inner.same_file(here, there)
        pair = self._full(one), self._full(other)
        return bool(self._answer("same_file", join(pair))) or pair[0] == pair[1]

    def fact(self, kind: str, subject: str, find: Callable[[], _T | None]) -> _T | None:  # noqa: ARG002  # this machine isn't asked
        if self.machine is None:
            return None
        from ...compiler.driver.facts import subject_of

        found: _T | None = self._answer(kind, subject_of(subject))
        return found

    def _answer(self, kind: str, subject: str) -> Any:
        return self.machine.answers.get(kind, {}).get(subject) if self.machine else None

    def _recorded(self, kind: str, path: str) -> Any:
        """The answer of the machine; None for nothing, and if it was never asked."""
        return self._answer(kind, self._full(path)) if self.machine else None

    def _full(self, path: str) -> str:
        """A path as the machine sees it."""
        return os.path.normpath(os.path.join(self.directory, path))

    def _local(self, path: str) -> str:
        """A path as it is here."""
        return os.path.normpath(os.path.join(self.inner.directory, path))

    def _here(self, path: str) -> str | None:
        """Where something is at hand; None if it isn't."""
        if "\0" in path:
            return None
        for root in self._roots if path.startswith("/") else ():
            below = root + path
            if self._is_inside(below) and self.inner.exists(below):
                return below
        return path if self._is_inside(path) and self.inner.exists(path) else None

    def _is_inside(self, path: str) -> bool:
        if self._local(path) in self._named:
            return True
        if isinstance(self.inner, RevisionHost):
            return self.inner.is_inside(path)  # links lead nowhere in a revision
        real = os.path.realpath(os.path.join(self.inner.directory, path))
        return any(
            is_below(real, place) and _OF_GIT not in real[len(place) :].lower().split("/")
            for place in self._places
        )


def places_of(configs: Iterable[str], directory: str) -> tuple[str, ...]:
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
    return tuple(found)


def told(left: Iterable[str], variables: Iterable[str], how: str) -> list[str]:
    """What was left out of account, in lines. `how`: the option because of which."""
    lines = []
    for what, names in (("Not read", [*left]), ("Not replaced", [*variables])):
        if names:
            more = len(names) - _MOST
            shown = ", ".join(map(printable, names[:_MOST])) + (
                f" and {more} more" if more > 0 else ""
            )
            lines.append(f"{what} ({how}): {shown}")
    return lines
