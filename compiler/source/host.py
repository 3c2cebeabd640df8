"""What the compiler may ask of the machine, handed in as one value so that compiling stays pure."""

from __future__ import annotations

from collections.abc import Mapping

from ..support.record import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    _T = TypeVar("_T")


class UnreadableError(Exception):
    """A file that can't be used; the message says why, in words for the user."""


class LeftUnreadError(UnreadableError):
    """A file that isn't to be read, be it there or not."""


class FileStatus(NamedTuple):
    """`mode`: permission bits; `owner`, `group`: their ids; `regular`: whether it is an ordinary file."""

    mode: int
    owner: int
    regular: bool
    group: int = 0


class Exposure(NamedTuple):
    """That somebody beside root and this user can replace a file. `place`: the file, or what is on the way to it;
    `why`: who can, and by what, in words; `by_mode`: by the mode of the file itself."""

    place: str
    why: str
    by_mode: bool


class Withheld(dict[str, str]):
    """An environment of which most values are known only when the plan is applied. `names`: of the variables
    that are set; None if that isn't known either. `used`: those that configurations refer to."""

    def __init__(self, values: Mapping[str, str], names: frozenset[str] | None) -> None:
        super().__init__(values)
        self.names = names
        self.used: dict[str, None] = {}

    def withholds(self, name: str) -> bool:
        return self.names is None or name in self.names


def is_withheld(environment: Mapping[str, str], name: str) -> bool:
    """Whether the value of a variable is known only when the plan is applied."""
    return isinstance(environment, Withheld) and environment.withholds(name)


class Host(Protocol):
    """The machine as the compiler sees it. Paths are text; relative ones are relative to `directory`."""

    @property
    def directory(self) -> str:
        """The process's working directory, absolute."""

    @property
    def home(self) -> str:
        """What `~` stands for."""

    def home_of(self, user: str) -> str | None:
        """What `~user` stands for; None if there is no such user."""

    @property
    def environment(self) -> Mapping[str, str]:
        """The process's environment."""

    @property
    def now(self) -> float:
        """The time, in seconds since 1970 (UTC)."""

    def modified(self, path: str) -> float | None:
        """When a file was last changed, in the same seconds; None if there is none."""

    def read(self, path: str, limit: int) -> bytes:
        """The content of a regular file of at most `limit` bytes.

        Raises UnreadableError: missing, no permission, a directory, not a regular file, too large.
        """

    def exists(self, path: str) -> bool:
        """Whether there is anything at `path`."""

    def is_there(self, path: str) -> bool | None:
        """The same; None if that can't be seen."""

    def status(self, path: str) -> FileStatus | None:
        """Of what `path` leads to, links followed; None if there is nothing or it can't be seen."""

    def exposure(self, path: str) -> Exposure | None:
        """Who else can put something else in the place of a file; None if nobody can, or it can't be seen."""

    def link(self, path: str) -> str | None:
        """Where a symbolic link says that it leads; None if `path` is none or can't be seen."""

    def is_directory(self, path: str) -> bool:
        """Whether `path` is a directory, links followed."""

    def entries(self, path: str) -> list[str]:
        """Names in a directory, sorted. Raises UnreadableError."""

    def glob(self, pattern: str) -> list[str]:
        """Paths matching a shell pattern, sorted; empty if none."""

    def same_file(self, one: str, other: str) -> bool:
        """Whether two paths lead to the same file."""

    def fact(self, kind: str, subject: str, find: Callable[[], _T | None]) -> _T | None:
        """What `find` finds out about a subject by other ways than these; None if that is unknown.

        Of a machine that was recorded, what it found there. `kind`: one of `driver.facts.KINDS`.
        """
