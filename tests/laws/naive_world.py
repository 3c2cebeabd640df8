"""What all families of the naive interpreter share: where commands run, and sections 1 and 4."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from fnmatch import fnmatch
from typing import Any, NamedTuple

Release = tuple[int, ...]
Options = dict[str, Any]
# A command that starts (`hook` or `borg`, and its words) to its exit code.
Strike = Callable[[str, list[str]], int]

SECTIONS = ("location", "storage", "retention", "consistency", "output", "hooks")


class Asked(NamedTuple):
    """How a run is started. `actions`: none for the release's default. `repository`: a pattern, or empty."""

    release: Release
    actions: tuple[str, ...] = ()
    repository: str = ""


class FailedError(Exception):
    """A command that ended badly. `soft`: by the exit code that asks to leave quietly."""

    def __init__(self, *, soft: bool) -> None:
        super().__init__(soft)
        self.soft = soft


class World:
    """Where commands run: notes them, ends them as they are struck, remembers what went wrong.

    `errors`: how often borgmatic would have noted an error, which makes its exit code 1.
    `failures`: commands that failed, by number, without those that have been repeated.
    """

    def __init__(self, asked: Asked, strike: Strike) -> None:
        self.release = asked.release
        self.actions = actions_in_order(asked)
        self.pattern = asked.repository
        self.trace: list[list[str]] = []
        self.errors = 0
        self.failures: list[int] = []
        self._strike = strike

    def hooks(self, lines: Sequence[str], repository: str = "") -> None:
        """Section 1: "The first failing command ends its list of commands." """
        for line in lines:
            words = [word.replace("{repository}", repository) for word in shlex.split(line)]
            self.trace.append(words)
            code = self._strike("hook", words[1:])
            soft = code == 75 and self.release >= (1, 5, 0)
            if code != 0:
                self._fail(soft=soft, counts=not soft, repository=repository)

    def borg(self, action: str, options: Options, repository: str) -> None:
        """An action's work; `checks: [disabled]` leaves nothing to do."""
        if action == "check" and is_disabled(options):
            return
        self.trace.append(["borg", action, repository])
        code = self._strike("borg", [action, repository])
        soft = code == 75 and self.release >= (1, 6, 0)
        if soft or is_error(self.release, action, code):
            self._fail(soft=soft, counts=True, repository=repository)

    def _fail(self, *, soft: bool, counts: bool, repository: str) -> None:
        if counts:
            self.failures.append(len(self.trace))
        raise FailedError(soft=soft)

    def forgive(self, failures: list[int]) -> None:
        """What failed is repeated now, and counts no longer."""
        self.failures = [number for number in self.failures if number not in failures]

    def selects(self, repository: Options) -> bool:
        """Whether `--repository` means this one."""
        names = [repository["path"], *filter(None, [repository.get("label")])]
        return not self.pattern or any(fnmatch(name, self.pattern) for name in names)


def is_disabled(options: Options) -> bool:
    checks = options.get("checks", [])
    return "disabled" in [check if isinstance(check, str) else check["name"] for check in checks]


def is_error(release: Release, action: str, code: int) -> bool:
    """Section 4. Borg's 75 is one of these, too, where it isn't a soft failure."""
    if code == 1 and action == "check" and (1, 4, 12) <= release < (1, 8, 7):
        return True
    if release < (1, 8, 7):
        return code >= 2
    if release >= (2, 1, 0) and code in (101, 102, 104, 105, 106):
        return True
    if code == 107 and (2, 1, 0) <= release < (2, 1, 3):
        return True
    if code == 1 and action == "check" and release >= (2, 1, 2):
        return True
    return 2 <= code <= 99


def actions_in_order(asked: Asked) -> list[str]:
    """Section 1, "Order of actions" and "Default actions"."""
    if asked.release < (1, 7, 9):
        default = ["prune", "create", "check"]
        if asked.release >= (1, 5, 23):
            default = ["prune", "compact", "create", "check"]
        wanted = asked.actions or default
        return [action for action in ("prune", "compact", "create", "check") if action in wanted]
    return list(asked.actions) or ["create", "prune", "compact", "check"]


def options_of(data: dict[str, Any]) -> Options:
    """Section 3, last line: "the flat key vanishes where a section has the same key"."""
    options = {key: value for key, value in data.items() if key not in SECTIONS}
    for section in SECTIONS:
        options.update(data.get(section) or {})
    return options


def repositories_of(options: Options) -> list[Options]:
    return [{"path": r} if isinstance(r, str) else r for r in options["repositories"]]
