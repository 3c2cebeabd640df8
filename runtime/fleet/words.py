"""The verbs of `borgplan fleet`, and which options each takes."""

from __future__ import annotations

import argparse

from ...compiler.support.durations import duration
from ...compiler.support.record import TYPE_CHECKING
from ..cli.options.common import actions_in, add_color

if TYPE_CHECKING:
    from typing import Any

VERBS = {
    "plan": "show the plans of all hosts on one page; -o DIR saves them",
}
_PLANNING = ("plan",)

# Flags, the verbs that take them, and how they are parsed. A verb refuses those of others.
OPTIONS: tuple[tuple[tuple[str, ...], tuple[str, ...], dict[str, Any]], ...] = (
    (("-i", "--inventory"), tuple(VERBS), {
        "action": "append", "default": [], "metavar": "INVENTORY",
        "help": "Ansible inventory: a file, a directory or a list of hosts with a comma; repeatable"}),
    (("--limit",), tuple(VERBS), {
        "default": "", "metavar": "PATTERN", "help": "only the hosts that match this pattern of Ansible"}),
    (("--forks",), tuple(VERBS), {
        "type": "number", "default": 0, "metavar": "N",
        "help": "connect to at most N hosts in parallel (default: as Ansible is configured)"}),
    (("--facts-dir",), _PLANNING, {
        "default": "", "metavar": "DIR",
        "help": "use the facts in DIR/HOST.json, and HOST.history.json beside it, and connect to no host"}),
    (("--root",), _PLANNING, {
        "default": "", "metavar": "DIR",
        "help": "look for files with absolute paths below DIR/HOST, then below DIR/all, before the facts"}),
    (("--untrusted",), _PLANNING, {
        "action": "store_true",
        "help": "for untrusted changes: connect to no host, and run or obey nothing that comes with the inventory"}),
    (("-a", "--actions"), _PLANNING, {
        "action": "append", "default": [], "type": "actions", "metavar": "LIST",
        "help": "actions to run on all hosts, separated by commas (default: borgplan_actions of the host)"}),
    (("--semantics",), _PLANNING, {
        "default": "", "metavar": "NAME", "help": "borgmatic release that hooks follow on all hosts"}),
    (("--jobs",), _PLANNING, {
        "type": "number", "default": 0, "metavar": "N",
        "help": "compile in at most N processes (default: one for each core)"}),
    (("--overdue",), ("plan",), {
        "type": "duration", "default": 26 * 3600, "metavar": "DURATION",
        "help": "report a last backup older than this (default: 26h)"}),
    (("--format",), _PLANNING, {
        "choices": ("text", "json", "markdown", "html"), "default": "text",
        "help": "format of the result; html needs -o and writes a page for each host (default: text)"}),
    (("-o", "--output"), ("plan",), {
        "default": "", "metavar": "DIR",
        "help": "save the plans, and what they were made from, in this directory"}),
)  # fmt: skip


def configure(parser: argparse.ArgumentParser) -> None:
    """The options of all verbs; in brackets those that not every verb takes."""
    parser.add_argument(
        "verb", metavar="VERB", choices=[*VERBS],
        help="; ".join(f"{verb}: {text}" for verb, text in VERBS.items()),
    )  # fmt: skip
    parser.add_argument(
        "words", nargs="*", metavar="WORD", default=[], help="what the verb is about"
    )
    types = {"number": _number, "duration": _duration, "actions": actions_in}
    for flags, verbs, given in OPTIONS:
        fields = {**given, "help": given["help"] + _only(verbs)}
        if "type" in fields:
            fields["type"] = types[fields["type"]]
        parser.add_argument(*flags, **fields)
    add_color(parser)


def foreign(namespace: argparse.Namespace) -> str:
    """The first option that the verb doesn't take, with who does; empty for none."""
    for flags, verbs, given in OPTIONS:
        name = flags[-1].lstrip("-").replace("-", "_")
        default = given.get("default", False)
        if namespace.verb not in verbs and getattr(namespace, name) != default:
            return f"{flags[-1]} is for fleet {' and '.join(verbs)}"
    return ""


def _only(verbs: tuple[str, ...]) -> str:
    return "" if len(verbs) == len(VERBS) else f" ({', '.join(verbs)})"


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= 10_000):
        raise argparse.ArgumentTypeError("takes a number from 1 to 10000")
    return int(text)


def _duration(text: str) -> int:
    seconds = duration(text)
    if not seconds:
        raise argparse.ArgumentTypeError("takes a duration such as 30m or 26h")
    return seconds
