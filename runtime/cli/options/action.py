"""The options that single actions take on the command line; every field of `ActionOptions` is one."""

from __future__ import annotations

import argparse

from ....compiler.borg.action_options import ActionOptions
from ....compiler.plan.actions import Action
from ....compiler.support.record import TYPE_CHECKING
from ..help import FLAG, OF_ACTIONS

if TYPE_CHECKING:
    from typing import Any

# Flags, metavar, help. What an option takes follows from the default of its field.
_OPTIONS = (
    ("-e --encryption", "MODE", "Borg's encryption mode (repo-create)"),
    ("--append-only", "", "create an append-only repository (repo-create)"),
    ("--storage-quota", "SIZE", "limit the repository's size (repo-create)"),
    ("--archive", "NAME", "the archive, or latest (extract, export-tar, list, info, diff, delete, mount, recreate, restore)"),
    ("--second-archive", "NAME", "the archive to compare with (diff)"),
    ("--glob-archives --match-archives", "PATTERN",
     "the archives to select (prune, check, repo-list, info, delete, recreate)"),
    ("--prefix", "TEXT", "archives whose names start with this (repo-list, info, delete)"),
    ("--first", "N", "the N oldest archives (repo-list, info, delete)"),
    ("--last", "N", "the N newest archives (repo-list, info, delete)"),
    ("--sort-by", "KEYS", "sort archives by this (repo-list, info, delete)"),
    ("--path", "PATH", "only this path (extract, export-tar, list, mount); the key (key-import)"),
    ("--destination", "PATH", "directory (extract) or file (export-tar, key-export) to write"),
    ("--strip-components", "N",
     "remove the first N parts of paths, or all of --path (extract, export-tar)"),
    ("--tar-filter", "COMMAND", "pipe the file through this filter (export-tar)"),
    ("--comment", "TEXT", "comment of the new archive (create, recreate)"),
    ("--max-duration", "SECONDS", "limit the repository check to this time (check)"),
    ("--cleanup-commits", "", "compact small segment files of Borg before 1.2 (compact)"),
    ("--save-space", "", "use less disk space and more time (prune, check, delete)"),
    ("--checkpoint-interval", "SECONDS", "seconds between checkpoints (delete)"),
    ("--from", "TIME", "count from this time, with Borg 2 (prune)"),
    ("-i --id-hash", "NAME", "how Borg 2 names chunks (repo-create)"),
    ("--key-location", "PLACE", "where Borg 2 keeps the key (repo-create)"),
    ("--find", "TEXT", "only files whose path contains this (list)"),
    ("--json", "", "print Borg's JSON; an array for several repositories (create, list, info, repo-list, repo-info)"),
    ("--short", "", "print names only (list, repo-list)"),
    ("--only", "", "only this check (check)"),
    ("--force", "", "run checks that are not due (check); delete damaged archives too (delete)"),
    ("--repair", "", "try to repair, experimental in Borg (check)"),
    ("--paper", "", "format the key for printing (key-export)"),
    ("--qr-html", "", "format the key as a page with a QR code (key-export)"),
    ("--other-repo --source-repository", "PATH",
     "the repository to copy from (transfer), or whose key to use (repo-create)"),
    ("--from-borg1", "", "the source is a Borg 1 repository (transfer, repo-create)"),
    ("--copy-crypt-key", "", "use the same key material as the source, with Borg 2 (repo-create)"),
    ("--make-parent-dirs", "", "create missing parent directories (repo-create)"),
    ("--upgrader", "NAME", "how Borg 2 converts what it copies (transfer)"),
    ("--stats", "", "show Borg's statistics (create, prune, delete)"),
    ("--quick-stats", "", "show the statistics that Borg computes quickly (create, prune)"),
    ("--files --list", "", "list files or archives (create, prune, delete, export-tar, recreate, repo-delete)"),
    ("--progress", "", "show progress (create, compact, check, extract, transfer)"),
    ("--threshold", "PERCENT", "rewrite segments that save at least this much space (compact)"),
    ("--oldest", "TIMESPAN", "archives from the oldest on, this long, such as 7d; Borg 2 only"),
    ("--newest", "TIMESPAN", "archives up to the newest, this long; Borg 2 only"),
    ("--older", "TIMESPAN", "archives older than this; Borg 2 only"),
    ("--newer", "TIMESPAN", "archives newer than this; Borg 2 only"),
    ("--deleted", "", "soft-deleted archives that can be restored (Borg 2); Borg 2 only (repo-list)"),
    ("--list-format", "FORMAT", "Borg's format of lists (list, repo-list)"),
    ("--exclude", "PATTERN", "skip paths that match (list)"),
    ("--exclude-from", "FILE", "skip paths that match a pattern of this file (list)"),
    ("--pattern", "PATTERN", "include or skip paths that match (list)"),
    ("--patterns-from", "FILE", "include or exclude paths by the patterns of this file (list)"),
    ("--content-only", "", "compare contents only, not metadata (diff)"),
    ("--same-chunker-params", "", "both archives were made with the same chunker parameters (diff)"),
    ("--only-patterns", "", "compare only what the configuration's sources and patterns select (diff)"),
    ("--cache-only", "", "delete only the local cache (delete, repo-delete)"),
    ("--keep-security-info", "", "keep Borg's local security information (delete, repo-delete)"),
    ("--mount-point", "DIRECTORY", "where to mount archives, or what to unmount (mount, umount)"),
    ("--options", "OPTIONS", "options of the mount (mount)"),
    ("--foreground", "", "stay until the mount is unmounted or interrupted (mount)"),
    ("--target", "NAME", "write a new archive and keep the old one (recreate)"),
    ("--timestamp", "TIME", "the time of the new archive (recreate)"),
    ("--new-passphrase", "FILE", "what holds the new passphrase: a file, or /dev/fd/N (key-change-passphrase)"),
    ("--data-source --database", "NAME", "only this database, or those that fit a pattern; several times for more (restore)"),
    ("--schema", "NAME", "only this schema of PostgreSQL, or namespace of MongoDB (restore)"),
    ("--hostname", "HOST", "restore to this server (restore)"),
    ("--port", "PORT", "restore to this port (restore)"),
    ("--container", "NAME", "restore to the server in this container (restore)"),
    ("--username", "NAME", "restore as this user of the database (restore)"),
    ("--restore-path", "FILE", "restore an SQLite database to this file (restore)"),
    ("--to", "NAME", "restore into a database of this name (restore)"),
    ("--original-hostname", "HOST", "only dumps of this server (restore)"),
    ("--original-port", "PORT", "only dumps of this port (restore)"),
    ("--original-label", "LABEL", "only dumps with this label (restore)"),
    ("--original-container", "NAME", "only dumps of this container (restore)"),
    ("--hook", "KIND", "only dumps of this kind of database, such as postgresql (restore)"),
)  # fmt: skip
# That aren't called as their flag.
_FIELDS = {
    "--schema": "schemas",
    "--database": "databases",
    "--path": "paths",
    "--from": "since",
    "--list": "list_details",
    "--options": "mount_options",
    "--": "words",
}

# What `add_to` adds, and what shows that it is there.
FLAGS = frozenset({FLAG, *(flag for flags, _, _ in _OPTIONS for flag in flags.split())})

_BY_DEFAULT = (Action.CREATE, Action.PRUNE, Action.COMPACT, Action.CHECK)


def _components(text: str) -> str:
    if text not in ("", "all") and not (text.isascii() and text.isdigit()):
        raise argparse.ArgumentTypeError("takes a number, or all")
    return text


def _percentage(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text[:9]) <= 100):
        raise argparse.ArgumentTypeError("takes a number from 0 to 100")
    return int(text)


# Where the default of the field doesn't say all.
_KINDS: dict[str, dict[str, Any]] = {
    "force": {"action": "count", "default": 0},
    "threshold": {"type": _percentage, "default": -1},
    "only": {
        "action": "append", "default": [],
        "choices": ("repository", "archives", "data", "extract", "spot"),
    },
    "strip_components": {"type": _components, "default": ""},
}  # fmt: skip


def add_to(parser: argparse.ArgumentParser) -> None:
    """What single actions take; texts default to empty, numbers to 0."""
    add = parser.add_argument_group(OF_ACTIONS).add_argument
    for flags, metavar, text in _OPTIONS:
        names = flags.split()
        field = _field(names[-1])
        how = _kind(field) | ({"metavar": metavar} if metavar else {})
        add(*names, dest=field, help=text, **how)


def _field(flag: str) -> str:
    return _FIELDS.get(flag) or flag[2:].replace("-", "_")


def _kind(field: str) -> dict[str, Any]:
    """What argparse has to know of an option, by the field that it is for."""
    if field in _KINDS:
        return _KINDS[field]
    default = ActionOptions._field_defaults[field]
    if isinstance(default, bool):
        return {"action": "store_true"}
    if isinstance(default, tuple):
        return {"action": "append", "default": []}
    return {"type": type(default), "default": default}


def fields_of(action: Action) -> list[str]:
    """The fields whose options an action takes."""
    from ....compiler.borg.action_options import FOR

    return [name for name, takers in FOR.items() if action in takers]


def options(found: argparse.Namespace, words: tuple[str, ...]) -> ActionOptions:
    """Every field of `ActionOptions` is the destination of an option of that name."""
    given = {name: value for name, value in vars(found).items() if name in ActionOptions._fields}
    lists = {name: tuple(value) for name, value in given.items() if isinstance(value, list)}
    return ActionOptions(**{**given, **lists, "words": words})


def foreign_options(given: ActionOptions, *runs: tuple[Action, ...]) -> str:
    """Why an option is wrong there, as no action of the runs takes it; empty if all are taken."""
    from ....compiler.borg.action_options import FOR
    from ....compiler.borg.action_options import foreign_options as fields

    flags = {field: flag for flag, field in _FIELDS.items()}
    actions = tuple(action for run in runs for action in run or _BY_DEFAULT)
    for field in fields(given, actions):
        flag = flags.get(field, f"--{field.replace('_', '-')}")
        takers = ", ".join(sorted(action.value for action in FOR[field]))
        return f"{flag} is only for {takers}: add it with --actions"
    return ""
