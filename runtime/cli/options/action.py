"""The options that single actions take on the command line; every field of `ActionOptions` is one."""

from __future__ import annotations

import argparse

from ....compiler.borg.action_options import ActionOptions
from ....compiler.plan.actions import Action
from ....compiler.support.record import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

# Flags, metavar, help. What an option takes follows from the default of its field.
_OPTIONS = (
    ("-e --encryption", "MODE", "repo-create: Borg's encryption mode"),
    ("--append-only", "", "repo-create: an append-only repository"),
    ("--storage-quota", "SIZE", "repo-create: limit the repository's size"),
    ("--archive", "NAME", "extract, export-tar, list, info, diff, delete: which; or latest"),
    ("--second-archive", "NAME", "diff: what to compare with"),
    ("--match-archives", "PATTERN", "repo-list, info, delete: which archives"),
    ("--prefix", "TEXT", "the same: those whose names begin so"),
    ("--first", "N", "the same: the N oldest"),
    ("--last", "N", "the same: the N newest"),
    ("--sort-by", "KEYS", "the same: in this order"),
    ("--path", "PATH", "extract, export-tar, list: only this"),
    ("--destination", "PATH", "extract: directory; export-tar, key: file"),
    ("--strip-components", "N",
     "extract, export-tar: without the first N parts of paths, or all of --path"),
    ("--tar-filter", "COMMAND", "export-tar: what to pipe the file through"),
    ("--comment", "TEXT", "create: of the new archive"),
    ("--max-duration", "SECONDS", "check: of the repository"),
    ("--cleanup-commits", "", "compact: small files of Borg before 1.2"),
    ("--save-space", "", "prune, check, delete: slower, in less space"),
    ("--checkpoint-interval", "SECONDS", "delete: how often to write a checkpoint"),
    ("--from", "TIME", "prune: count from this time on, with Borg 2"),
    ("-i --id-hash", "NAME", "repo-create: how Borg 2 names chunks"),
    ("--key-location", "PLACE", "repo-create: where Borg 2 keeps the key"),
    ("--find", "TEXT", "list: files whose path holds this"),
    ("--json", "", "list, info and their like: Borg's JSON; of several repositories one array"),
    ("--short", "", "list, repo-list: names only"),
    ("--only", "", "check: only this"),
    ("--force", "", "check: whatever is due; delete: damaged archives too"),
    ("--repair", "", "check: try to repair, experimental in Borg"),
    ("--paper", "", "key: for printing"),
    ("--qr-html", "", "key: as a page with a QR code"),
    ("--source-repository", "PATH", "transfer: where from"),
)  # fmt: skip
_FIELDS = {"--path": "paths", "--from": "since", "--": "words"}  # that aren't called as their flag

# What `add_to` adds, and what shows that it is there.
FLAGS = frozenset({"-h", "--help", *(flag for flags, _, _ in _OPTIONS for flag in flags.split())})

_BY_DEFAULT = (Action.CREATE, Action.PRUNE, Action.COMPACT, Action.CHECK)


def _components(text: str) -> str:
    if text not in ("", "all") and not (text.isascii() and text.isdigit()):
        raise argparse.ArgumentTypeError("takes a number, or all")
    return text


# Where the default of the field doesn't say all.
_KINDS: dict[str, dict[str, Any]] = {
    "force": {"action": "count", "default": 0},
    "only": {
        "action": "append", "default": [],
        "choices": ("repository", "archives", "data", "extract"),
    },
    "strip_components": {"type": _components, "default": ""},
}  # fmt: skip


def add_to(parser: argparse.ArgumentParser) -> None:
    """What single actions take; texts default to empty, numbers to 0."""
    add = parser.add_argument_group("options of actions").add_argument
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


def options(found: argparse.Namespace, words: tuple[str, ...]) -> ActionOptions:
    """Every field of `ActionOptions` is the destination of an option of that name."""
    given = {name: value for name, value in vars(found).items() if name in ActionOptions._fields}
    lists = {name: tuple(value) for name, value in given.items() if isinstance(value, list)}
    return ActionOptions(**{**given, **lists, "words": words})


def misplaced(given: ActionOptions, *runs: tuple[Action, ...]) -> str:
    """Why an option is wrong there, as no action of the runs takes it; empty if all are taken."""
    from ....compiler.borg.action_options import FOR
    from ....compiler.borg.action_options import misplaced as fields

    flags = {field: flag for flag, field in _FIELDS.items()}
    actions = tuple(action for run in runs for action in run or _BY_DEFAULT)
    for field in fields(given, actions):
        flag = flags.get(field, f"--{field.replace('_', '-')}")
        takers = ", ".join(sorted(action.value for action in FOR[field]))
        return f"{flag} is for {takers}: name it with --actions"
    return ""
