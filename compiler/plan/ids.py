"""Names of scopes and steps that stay when other steps come, go or move.

A scope's id is its path: `run`, then the configuration file, the repository, the action, joined by
`#`. A step's adds its phase and a short digest of its trigger and text, so inserting a hook renames
nothing; a name from the project file takes the digest's place. What would be the same twice in one
place gets `-2`, `-3`.
"""

from __future__ import annotations

from collections.abc import Iterable
from zlib import crc32

from .model import Phase, ScopeId, StepId, Trigger

ROOT: ScopeId = "run"


class Names:
    """Hands out ids, each once; `taken` are those that are there already."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken: dict[str, int] = dict.fromkeys(taken, 1)

    def scope(self, parent: ScopeId | None, name: str) -> ScopeId:
        if parent is None:
            return self._unique(name)
        return self._unique(name if parent == ROOT else f"{parent}#{name}")

    def step(self, scope: ScopeId, phase: Phase, trigger: Trigger, text: str) -> StepId:
        digest = crc32(f"{trigger.value}\0{text}".encode())
        return self._unique(f"{scope}#{phase.value}.{digest:08x}")

    def named(self, scope: ScopeId, phase: Phase, name: str) -> StepId:
        """A step that has a name is known by it: its command may change without a new identity."""
        return self._unique(f"{scope}#{phase.value}.{name}")

    def borg(self, scope: ScopeId, subcommand: str) -> StepId:
        """Borg's steps are known by their subcommand: options may change without a new identity."""
        return self._unique(f"{scope}#borg-{subcommand}")

    def _unique(self, wanted: str) -> str:
        count = self._taken.get(wanted, 0) + 1
        self._taken[wanted] = count
        return wanted if count == 1 else self._unique(f"{wanted}-{count}")
