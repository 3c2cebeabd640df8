"""What the command line says about actions, beside which ones."""

from __future__ import annotations

from ..plan.actions import Action
from ..support.record import NamedTuple


class ActionOptions(NamedTuple):
    """Each is for the actions that `FOR` names with it; the names are borgmatic's, or its flag's.

    `archive`: a name or `latest`. `strip_components`: a number, or `all`. `checkpoint_interval`, `max_duration`: in
    seconds. `threshold`: a percentage, below 0 for none given. `since`: of `--from`. `force`: how often. `find`, `path`,
    `exclude`, `pattern` and the like: as given, in order. `oldest`, `newest`, `older`, `newer`: time spans such as `7d`.
    `words`: for the action `borg`.
    """

    encryption: str = ""
    append_only: bool = False
    storage_quota: str = ""
    archive: str = ""
    second_archive: str = ""
    match_archives: str = ""
    prefix: str = ""
    first: int = 0
    last: int = 0
    sort_by: str = ""
    paths: tuple[str, ...] = ()
    destination: str = ""
    strip_components: str = ""
    find: tuple[str, ...] = ()
    json: bool = False
    short: bool = False
    only: tuple[str, ...] = ()
    force: int = 0
    repair: bool = False
    paper: bool = False
    qr_html: bool = False
    source_repository: str = ""
    comment: str = ""
    max_duration: int = 0
    cleanup_commits: bool = False
    save_space: bool = False
    checkpoint_interval: int = 0
    since: str = ""
    tar_filter: str = ""
    id_hash: str = ""
    key_location: str = ""
    make_parent_dirs: bool = False
    from_borg1: bool = False
    copy_crypt_key: bool = False
    upgrader: str = ""
    stats: bool = False
    quick_stats: bool = False
    list_details: bool = False
    progress: bool = False
    threshold: int = -1
    oldest: str = ""
    newest: str = ""
    older: str = ""
    newer: str = ""
    deleted: bool = False
    list_format: str = ""
    exclude: tuple[str, ...] = ()
    exclude_from: tuple[str, ...] = ()
    pattern: tuple[str, ...] = ()
    patterns_from: tuple[str, ...] = ()
    content_only: bool = False
    same_chunker_params: bool = False
    only_patterns: bool = False
    cache_only: bool = False
    keep_security_info: bool = False
    mount_point: str = ""
    mount_options: str = ""
    foreground: bool = False
    target: str = ""
    timestamp: str = ""
    new_passphrase: str = ""
    databases: tuple[str, ...] = ()
    schemas: tuple[str, ...] = ()
    hostname: str = ""
    port: int = 0
    container: str = ""
    username: str = ""
    restore_path: str = ""
    original_hostname: str = ""
    original_port: int = 0
    original_label: str = ""
    original_container: str = ""
    hook: str = ""
    to: str = ""
    words: tuple[str, ...] = ()


_A = Action
_ON_ARCHIVES = frozenset({_A.REPO_LIST, _A.LIST, _A.INFO, _A.DELETE, _A.TRANSFER})
_NEW = frozenset({_A.REPO_CREATE})
_MOUNTING, _REWRITING = frozenset({_A.MOUNT}), frozenset({_A.RECREATE})
_OF_AGES = frozenset({_A.MOUNT, _A.REPO_LIST, _A.INFO, _A.DELETE, _A.TRANSFER})
_DELETING = frozenset({_A.DELETE, _A.REPO_DELETE})
_LISTING, _COMPARING = frozenset({_A.LIST}), frozenset({_A.DIFF})
# Which actions an option is for; for all others it would be lost without a word.
FOR: dict[str, frozenset[Action]] = {
    "encryption": _NEW, "append_only": _NEW, "storage_quota": _NEW, "id_hash": _NEW,
    "key_location": _NEW,
    "archive": frozenset({
        _A.EXTRACT, _A.EXPORT_TAR, _A.LIST, _A.INFO, _A.DIFF, _A.DELETE, _A.TRANSFER, _A.BORG,
        _A.MOUNT, _A.RECREATE, _A.RESTORE,
    }),
    "second_archive": frozenset({_A.DIFF}),
    "match_archives": _ON_ARCHIVES | {_A.PRUNE, _A.CHECK, _A.RECREATE}, "prefix": _ON_ARCHIVES, "first": _ON_ARCHIVES | _MOUNTING,
    "last": _ON_ARCHIVES | _MOUNTING, "sort_by": _ON_ARCHIVES | {_A.DIFF},
    "paths": frozenset({_A.EXTRACT, _A.EXPORT_TAR, _A.LIST, _A.MOUNT, _A.KEY_IMPORT}),
    "destination": frozenset({_A.EXTRACT, _A.EXPORT_TAR, _A.KEY_EXPORT}),
    "strip_components": frozenset({_A.EXTRACT, _A.EXPORT_TAR}),
    "find": frozenset({_A.LIST}),
    "json": frozenset({_A.CREATE, _A.REPO_LIST, _A.LIST, _A.REPO_INFO, _A.INFO}),
    "short": frozenset({_A.REPO_LIST, _A.LIST}),
    "only": frozenset({_A.CHECK}), "repair": frozenset({_A.CHECK}),
    "max_duration": frozenset({_A.CHECK}), "force": frozenset({_A.CHECK, _A.DELETE, _A.REPO_DELETE}),
    "paper": frozenset({_A.KEY_EXPORT, _A.KEY_IMPORT}), "qr_html": frozenset({_A.KEY_EXPORT}),
    "source_repository": _NEW | {_A.TRANSFER}, "from_borg1": _NEW | {_A.TRANSFER},
    "make_parent_dirs": _NEW, "copy_crypt_key": _NEW, "upgrader": frozenset({_A.TRANSFER}),
    "stats": frozenset({_A.CREATE, _A.PRUNE, _A.DELETE}),
    "quick_stats": frozenset({_A.CREATE, _A.PRUNE}),
    "list_details": frozenset({_A.CREATE, _A.PRUNE, _A.DELETE, _A.EXPORT_TAR, _A.RECREATE, _A.REPO_DELETE}),
    "progress": frozenset({_A.CREATE, _A.COMPACT, _A.CHECK, _A.EXTRACT, _A.TRANSFER}),
    "threshold": frozenset({_A.COMPACT}), "deleted": frozenset({_A.REPO_LIST}),
    "oldest": _OF_AGES, "newest": _OF_AGES, "older": _OF_AGES, "newer": _OF_AGES,
    "list_format": frozenset({_A.REPO_LIST, _A.LIST}),
    "exclude": _LISTING, "exclude_from": _LISTING, "pattern": _LISTING, "patterns_from": _LISTING,
    "content_only": _COMPARING, "same_chunker_params": _COMPARING, "only_patterns": _COMPARING,
    "cache_only": _DELETING, "keep_security_info": _DELETING,
    "mount_point": frozenset({_A.MOUNT, _A.UMOUNT}), "mount_options": _MOUNTING,
    "foreground": _MOUNTING, "target": _REWRITING, "timestamp": _REWRITING,
    "new_passphrase": frozenset({_A.KEY_CHANGE_PASSPHRASE}),
    "comment": frozenset({_A.CREATE, _A.RECREATE}), "cleanup_commits": frozenset({_A.COMPACT}),
    "save_space": frozenset({_A.PRUNE, _A.CHECK, _A.DELETE}),
    "checkpoint_interval": frozenset({_A.DELETE}), "since": frozenset({_A.PRUNE}),
    **dict.fromkeys(
        ("databases", "schemas", "hostname", "port", "container", "username", "restore_path",
         "original_hostname", "original_port", "original_label", "original_container", "hook", "to"),
        frozenset({_A.RESTORE}),
    ),
    "tar_filter": frozenset({_A.EXPORT_TAR}), "words": frozenset({_A.BORG}),
}  # fmt: skip

# What only Borg 2 has.
OF_BORG_2 = (
    "copy_crypt_key", "deleted", "from_borg1", "newer", "newest", "older", "oldest", "upgrader",
)  # fmt: skip


def foreign_options(options: ActionOptions, actions: tuple[Action, ...]) -> list[str]:
    """The options (names of fields) that none of these actions takes."""
    default = ActionOptions()
    return [
        name
        for name, takers in FOR.items()
        if getattr(options, name) != getattr(default, name) and not takers & set(actions)
    ]
