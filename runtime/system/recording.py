"""The real machine, whose answers are remembered: for `borgplan facts`."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from shlex import join

from ...compiler.driver.facts import Content, Listing, Machine, may_hold_a_secret, subject_of
from ...compiler.source.host import Exposure, FileStatus, UnreadableError
from ...compiler.support.digest import sha256
from ...compiler.support.record import TYPE_CHECKING
from .host import RealHost
from .version import VERSION

if TYPE_CHECKING:
    from typing import TypeVar

    _T = TypeVar("_T")


class RecordingHost(RealHost):
    """Answers as the machine does. Times are whole seconds here, so that what follows from them is the same for
    who asks the recording. What is asked in order to find out a fact isn't recorded, but what was found out."""

    def __init__(self) -> None:
        super().__init__()
        self._now = int(time.time())
        self._answers: dict[str, dict[str, object]] = {}
        self._texts: dict[str, bytes] = {}
        self._finds = False

    @property
    def now(self) -> float:
        return self._now

    def machine(
        self, *, texts: bool, secrets: Iterable[str] = (), without: Iterable[str] = ()
    ) -> Machine:
        """All that was asked so far. `texts`: with the texts of files that hold none of the `secrets`, and aren't
        among those in `without`."""
        answers = {kind: dict(found) for kind, found in self._answers.items()}
        if texts:
            known, unsafe = tuple(secrets), {self._full(path) for path in without}
            for path, data in self._texts.items():
                if path not in unsafe:
                    answers["read"][path] = _content(data, known)
        return Machine(
            VERSION, os.uname().nodename, self._now, self.directory, self.home,
            tuple(sorted(self.environment)), answers,
        )  # fmt: skip

    def files_read(self, machine: Machine) -> dict[str, bool]:
        """The files that were read, and whether their texts are among the facts."""
        answers = machine.answers.get("read", {})
        return {
            path: isinstance(found := answers[path], Content) and found.text is not None
            for path in self._texts
        }

    def _note(self, kind: str, path: str, answer: _T) -> _T:
        if not self._finds:
            self._answers.setdefault(kind, {})[self._full(path)] = answer
        return answer

    def _full(self, path: str) -> str:
        return os.path.normpath(os.path.join(self.directory, path))

    def fact(self, kind: str, subject: str, find: Callable[[], _T | None]) -> _T | None:
        outer, self._finds = self._finds, True
        try:
            found = find()
        finally:
            self._finds = outer
        if not outer:
            self._answers.setdefault(kind, {})[subject_of(subject)] = found
        return found

    def read(self, path: str, limit: int) -> bytes:
        try:
            data = super().read(path, limit)
        except UnreadableError as error:
            self._note("read", path, Content(str(error), "", None))
            raise
        self._note("read", path, Content("", sha256(data).hexdigest(), None))
        if not self._finds:
            self._texts[self._full(path)] = data
        return data

    def entries(self, path: str) -> list[str]:
        try:
            names = super().entries(path)
        except UnreadableError as error:
            self._note("entries", path, Listing(str(error), ()))
            raise
        self._note("entries", path, Listing("", tuple(names)))
        return names

    def home_of(self, user: str) -> str | None:
        found = super().home_of(user)
        self._answers.setdefault("home_of", {})[user] = found
        return found

    def modified(self, path: str) -> float | None:
        found = super().modified(path)
        return self._note("modified", path, None if found is None else int(found))

    def exists(self, path: str) -> bool:
        return self._note("exists", path, super().exists(path))

    def is_there(self, path: str) -> bool | None:
        return self._note("is_there", path, super().is_there(path))

    def status(self, path: str) -> FileStatus | None:
        return self._note("status", path, super().status(path))

    def exposure(self, path: str) -> Exposure | None:
        return self._note("exposure", path, super().exposure(path))

    def link(self, path: str) -> str | None:
        return self._note("link", path, super().link(path))

    def is_directory(self, path: str) -> bool:
        return self._note("is_directory", path, super().is_directory(path))

    def glob(self, pattern: str) -> list[str]:
        return [*self._note("glob", pattern, tuple(super().glob(pattern)))]

    def same_file(self, one: str, other: str) -> bool:
        found = super().same_file(one, other)
        pair = join((self._full(one), self._full(other)))
        self._answers.setdefault("same_file", {})[pair] = found
        return found


def _content(data: bytes, secrets: tuple[str, ...]) -> Content:
    try:
        text: str | None = data.decode()
    except UnicodeDecodeError:
        text = None
    if text is not None and may_hold_a_secret(text, secrets):
        text = None
    return Content("", sha256(data).hexdigest(), text)
