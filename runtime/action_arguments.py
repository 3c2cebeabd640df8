"""The options that single actions take on the command line; every field of `ActionOptions` is one."""

from __future__ import annotations

import argparse

from ..compiler.borg.request import ActionOptions

# What `add_to` adds, and what shows that it is there.
FLAGS = frozenset({
    "-h", "--help", "--append-only", "--archive", "--destination", "--encryption", "--find",
    "--first", "--force", "--json", "--last", "--match-archives", "--only", "--paper",
    "--path", "--prefix", "--qr-html", "--repair", "--second-archive", "--short", "--sort-by",
    "--source-repository", "--storage-quota", "--strip-components", "-e", "--tar-filter", "--comment",
    "--max-duration", "--cleanup-commits", "--id-hash", "-i", "--key-location", "--save-space",
    "--checkpoint-interval", "--from",
})  # fmt: skip


def add_to(parser: argparse.ArgumentParser) -> None:
    """What single actions take; texts default to empty, numbers to 0."""
    add = parser.add_argument_group("options of actions").add_argument
    add(
        "-e", "--encryption", default="", metavar="MODE", help="repo-create: Borg's encryption mode"
    )
    add("--append-only", action="store_true", help="repo-create: an append-only repository")
    add(
        "--storage-quota",
        default="",
        metavar="SIZE",
        help="repo-create: limit the repository's size",
    )
    add(
        "--archive",
        default="",
        metavar="NAME",
        help="extract, export-tar, list, info, diff, delete: which; or latest",
    )
    add("--second-archive", default="", metavar="NAME", help="diff: what to compare with")
    add(
        "--match-archives",
        default="",
        metavar="PATTERN",
        help="repo-list, info, delete: which archives",
    )
    add("--prefix", default="", metavar="TEXT", help="the same: those whose names begin so")
    add("--first", type=int, default=0, metavar="N", help="the same: the N oldest")
    add("--last", type=int, default=0, metavar="N", help="the same: the N newest")
    add("--sort-by", default="", metavar="KEYS", help="the same: in this order")
    add(
        "--path",
        dest="paths",
        action="append",
        default=[],
        metavar="PATH",
        help="extract, export-tar, list: only this",
    )
    add(
        "--destination",
        default="",
        metavar="PATH",
        help="extract: directory; export-tar, key: file",
    )
    add(
        "--strip-components",
        default="",
        type=_components,
        metavar="N",
        help="extract, export-tar: without the first N parts of paths, or all of --path",
    )
    add(
        "--tar-filter",
        default="",
        metavar="COMMAND",
        help="export-tar: what to pipe the file through",
    )
    add("--comment", default="", metavar="TEXT", help="create: of the new archive")
    add("--max-duration", type=int, default=0, metavar="SECONDS", help="check: of the repository")
    add("--cleanup-commits", action="store_true", help="compact: small files of Borg before 1.2")
    add("--save-space", action="store_true", help="prune, check, delete: slower, in less space")
    add(
        "--checkpoint-interval",
        type=int,
        default=0,
        metavar="SECONDS",
        help="delete: how often to write a checkpoint",
    )
    add(
        "--from",
        dest="since",
        default="",
        metavar="TIME",
        help="prune: count from this time on, with Borg 2",
    )
    add("-i", "--id-hash", default="", metavar="NAME", help="repo-create: how Borg 2 names chunks")
    add(
        "--key-location",
        default="",
        metavar="PLACE",
        help="repo-create: where Borg 2 keeps the key",
    )
    add(
        "--find",
        action="append",
        default=[],
        metavar="TEXT",
        help="list: files whose path holds this",
    )
    add("--json", action="store_true", help="list, info and their like: Borg's JSON")
    add("--short", action="store_true", help="list, repo-list: names only")
    add(
        "--only",
        action="append",
        default=[],
        choices=("repository", "archives", "data", "extract"),
        help="check: only this",
    )
    add(
        "--force",
        action="count",
        default=0,
        help="check: whatever is due; delete: damaged archives too",
    )
    add("--repair", action="store_true", help="check: try to repair, experimental in Borg")
    add("--paper", action="store_true", help="key: for printing")
    add("--qr-html", action="store_true", help="key: as a page with a QR code")
    add("--source-repository", default="", metavar="PATH", help="transfer: where from")  # fmt: skip


def _components(text: str) -> str:
    if text not in ("", "all") and not (text.isascii() and text.isdigit()):
        raise argparse.ArgumentTypeError("takes a number, or all")
    return text


def options(found: argparse.Namespace, words: tuple[str, ...]) -> ActionOptions:
    """Every field of `ActionOptions` is the destination of an option of that name."""
    given = {name: value for name, value in vars(found).items() if name in ActionOptions._fields}
    lists = {name: tuple(value) for name, value in given.items() if isinstance(value, list)}
    return ActionOptions(**{**given, **lists, "words": words})
