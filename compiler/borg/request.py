"""What the command line says about actions, beside which ones."""

from __future__ import annotations

from typing import NamedTuple


class ActionOptions(NamedTuple):
    """Each is for the actions named with it; the names are borgmatic's.

    repo-create: `encryption`, `append_only`, `storage_quota`, `id_hash`, `key_location`. create: `comment`.
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
    tar_filter: str = ""
    id_hash: str = ""
    key_location: str = ""
    words: tuple[str, ...] = ()
