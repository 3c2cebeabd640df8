"""What the command line says about actions, beside which ones."""

from __future__ import annotations

from ..plan.actions import Action
from ..support.record import NamedTuple


class ActionOptions(NamedTuple):
    """Each is for the actions named with it; the names are borgmatic's.

    repo-create: `encryption`, `append_only`, `storage_quota`, `id_hash`, `key_location`. create: `comment`.
    prune: `since` (`--from`). prune, check, delete: `save_space`. delete: `checkpoint_interval`, in seconds.
    compact: `cleanup_commits`. Actions on archives: `archive` (a name or
    `latest`), `second_archive` (diff), `match_archives`, `prefix`, `first`, `last`, `sort_by`. extract,
    export-tar, list: `paths`, `destination`, `strip_components` (a number, or `all`), `tar_filter`. key: `destination`, `paper`, `qr_html`.
    list: `find`. list, info: `json`, `short`. check: `only`, `force`, `repair`, `max_duration`. delete: `force`, twice for more.
    transfer: `source_repository`. borg: `words`.
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
    words: tuple[str, ...] = ()


_A = Action
_ON_ARCHIVES = frozenset({_A.REPO_LIST, _A.LIST, _A.INFO, _A.DELETE, _A.TRANSFER})
_NEW = frozenset({_A.REPO_CREATE})
# Which actions an option is for; for all others it would be lost without a word.
FOR: dict[str, frozenset[Action]] = {
    "encryption": _NEW, "append_only": _NEW, "storage_quota": _NEW, "id_hash": _NEW,
    "key_location": _NEW,
    "archive": frozenset({
        _A.EXTRACT, _A.EXPORT_TAR, _A.LIST, _A.INFO, _A.DIFF, _A.DELETE, _A.TRANSFER, _A.BORG,
    }),
    "second_archive": frozenset({_A.DIFF}),
    "match_archives": _ON_ARCHIVES, "prefix": _ON_ARCHIVES, "first": _ON_ARCHIVES,
    "last": _ON_ARCHIVES, "sort_by": _ON_ARCHIVES | {_A.DIFF},
    "paths": frozenset({_A.EXTRACT, _A.EXPORT_TAR, _A.LIST}),
    "destination": frozenset({_A.EXTRACT, _A.EXPORT_TAR, _A.KEY_EXPORT}),
    "strip_components": frozenset({_A.EXTRACT, _A.EXPORT_TAR}),
    "find": frozenset({_A.LIST}),
    "json": frozenset({_A.REPO_LIST, _A.LIST, _A.REPO_INFO, _A.INFO}),
    "short": frozenset({_A.REPO_LIST, _A.LIST}),
    "only": frozenset({_A.CHECK}), "repair": frozenset({_A.CHECK}),
    "max_duration": frozenset({_A.CHECK}), "force": frozenset({_A.CHECK, _A.DELETE}),
    "paper": frozenset({_A.KEY_EXPORT}), "qr_html": frozenset({_A.KEY_EXPORT}),
    "source_repository": frozenset({_A.TRANSFER}),
    "comment": frozenset({_A.CREATE}), "cleanup_commits": frozenset({_A.COMPACT}),
    "save_space": frozenset({_A.PRUNE, _A.CHECK, _A.DELETE}),
    "checkpoint_interval": frozenset({_A.DELETE}), "since": frozenset({_A.PRUNE}),
    "tar_filter": frozenset({_A.EXPORT_TAR}), "words": frozenset({_A.BORG}),
}  # fmt: skip


def misplaced(options: ActionOptions, actions: tuple[Action, ...]) -> list[str]:
    """The options (names of fields) that none of these actions takes."""
    default = ActionOptions()
    return [
        name
        for name, takers in FOR.items()
        if getattr(options, name) != getattr(default, name) and not takers & set(actions)
    ]
