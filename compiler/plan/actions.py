"""What a run can be asked to do."""

from __future__ import annotations

from ..support.enums import Enum


class Action(Enum):
    """An action of a run; the value is its name on the command line."""

    REPO_CREATE = "repo-create"
    TRANSFER = "transfer"
    PRUNE = "prune"
    CREATE = "create"
    COMPACT = "compact"
    CHECK = "check"
    DELETE = "delete"
    EXTRACT = "extract"
    EXPORT_TAR = "export-tar"
    REPO_LIST = "repo-list"
    LIST = "list"
    REPO_INFO = "repo-info"
    INFO = "info"
    BREAK_LOCK = "break-lock"
    KEY_EXPORT = "key-export"  # `when: key` doesn't mean it (borgmatic 2.0.13, 2.1.10)
    KEY_IMPORT = "key-import"
    KEY_CHANGE_PASSPHRASE = "key-change-passphrase"  # noqa: S105  # no password
    DIFF = "diff"
    MOUNT = "mount"
    UMOUNT = "umount"
    RECREATE = "recreate"
    REPO_DELETE = "repo-delete"
    RESTORE = "restore"
    BORG = "borg"

    def __str__(self) -> str:
        return self.value


# What answers with Borg's JSON, if asked to.
ANSWERING = frozenset({
    Action.CREATE, Action.REPO_LIST, Action.LIST, Action.REPO_INFO, Action.INFO, Action.DIFF,
})  # fmt: skip

# Names that other releases of borgmatic use, and short ones.
ALIASES: dict[str, Action] = {
    "init": Action.REPO_CREATE,
    "rcreate": Action.REPO_CREATE,
    "rlist": Action.REPO_LIST,
    "rinfo": Action.REPO_INFO,
    "rdelete": Action.REPO_DELETE,
    "key": Action.KEY_EXPORT,
}

# What monitoring and error hooks are about (borgmatic's "primary" actions).
PRIMARY = frozenset({"create", "prune", "compact", "check"})

# Actions of borgmatic that are none here, and what does the same.
NOT_IMPLEMENTED: dict[str, str] = {
    "bootstrap": "it is a command: borgplan bootstrap --repository PATH",
    "browse": "to look into an archive: mount --archive latest --mount-point DIR, or list --archive latest; "
    "to get files out: extract --archive latest --path PATH",
    "config": "borgplan init, lint and plan do that",
}
