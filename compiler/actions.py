"""What a run can be asked to do."""

from __future__ import annotations

from enum import Enum


class Action(Enum):
    """An action of a run; the value is its name on the command line."""

    REPO_CREATE = "repo-create"
    PRUNE = "prune"
    CREATE = "create"
    COMPACT = "compact"
    CHECK = "check"

    def __str__(self) -> str:
        return self.value


# Names that other releases of borgmatic use.
ALIASES: dict[str, Action] = {
    "init": Action.REPO_CREATE,
    "rcreate": Action.REPO_CREATE,
}

# What monitoring and error hooks are about (borgmatic's "primary" actions).
PRIMARY = frozenset({"create", "prune", "compact", "check"})

# Actions of borgmatic that borgplan knows and doesn't perform yet.
NOT_IMPLEMENTED = frozenset({
    "borg", "bootstrap", "break-lock", "browse", "config", "delete", "diff", "export-tar",
    "extract", "info", "key", "list", "mount", "rdelete", "recreate", "repo-delete", "repo-info",
    "repo-list", "restore", "rinfo", "rlist", "transfer", "umount",
})  # fmt: skip
