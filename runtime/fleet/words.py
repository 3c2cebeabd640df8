"""The words of `borgplan fleet`: its verbs, and which of them takes which option."""

from __future__ import annotations

import argparse
from collections.abc import Mapping

from ...compiler.plan.titles import listed
from ...compiler.support.record import TYPE_CHECKING, NamedTuple
from ..cli.options.common import actions_in, add_color, duration_in, number_in
from .schedule import PER_SERVER, Limits
from .windows import ALWAYS, NO_WINDOW, Window, window_in

if TYPE_CHECKING:
    from typing import Any

VERBS = {
    "plan": "show the plans of all hosts on one page; -o DIR saves them",
    "apply": "run the plans that `plan -o DIR` saved, each on its host",
    "recover": "run the outstanding cleanups of all hosts, on the hosts",
    "status": "show the last run of each host, what runs, and what is outstanding or overdue",
    "diff": "show what changes in the plans of all hosts since revision REV of the repository of --root",
    "lint": "check the configurations of all hosts; the same finding on several hosts is shown once",
    "policy": "evaluate the policies of a file on the plans of all hosts",
}
_WITH_WORD = ("apply", "recover", "status", "diff", "policy")
_ALL = tuple(VERBS)
_COMPILING = ("plan", "diff", "lint", "policy")  # they make plans from facts
_ROLLING = ("plan", "apply")  # they say when hosts start
_FORMATS = {"text": _ALL, "json": _ALL, "markdown": _COMPILING, "html": ("plan",)}
_MOST = 10_000  # hosts at once
_LIMITS = Limits(per_server=PER_SERVER)


class Option(NamedTuple):
    """`verbs`: that take it; every other one refuses it. `how`: as `add_argument` has it."""

    flags: tuple[str, ...]
    verbs: tuple[str, ...]
    help: str
    default: Any
    how: Mapping[str, Any]


def _limit(flag: str, text: str) -> Option:
    """Without a value, `apply` keeps to what `plan` showed."""
    text = f"{text}; apply: as plan showed it"
    return Option((flag,), _ROLLING, text, None, {"type": number_in(_MOST), "metavar": "N"})


def _text(flag: str, verbs: tuple[str, ...], metavar: str, text: str) -> Option:
    return Option((flag,), verbs, text, "", {"metavar": metavar})


def _number(flag: str, verbs: tuple[str, ...], text: str) -> Option:
    return Option((flag,), verbs, text, 0, {"type": number_in(_MOST), "metavar": "N"})


def _switch(flag: str, verbs: tuple[str, ...], text: str) -> Option:
    return Option((flag,), verbs, text, default=False, how={"action": "store_true"})


def _duration(flag: str, verbs: tuple[str, ...], text: str, seconds: int) -> Option:
    return Option((flag,), verbs, text, seconds, {"type": duration_in, "metavar": "DURATION"})


_OPTIONS = (
    Option(("-i", "--inventory"), _ALL, "Ansible inventory: a file, a directory or a list of hosts with a comma; repeatable",
           (), {"action": "append", "metavar": "INVENTORY"}),
    _text("--limit", _ALL, "PATTERN", "only the hosts that match this pattern of Ansible"),
    _number("--forks", _ALL, "connect to at most N hosts in parallel (default: as Ansible is configured)"),
    _text("--facts-dir", _COMPILING, "DIR",
          "use the facts in DIR/HOST.json, and HOST.history.json beside it, and connect to no host"),
    _text("--root", _COMPILING, "DIR",
          "look for files with absolute paths below DIR/HOST, then below DIR/all, before the facts"),
    _switch("--untrusted", _COMPILING,
            "for untrusted changes: connect to no host, and run or obey nothing that comes with the inventory"),
    Option(("-a", "--actions"), _COMPILING, "actions to run on all hosts, separated by commas (default: borgplan_actions of the host)",
           (), {"action": "append", "type": actions_in, "metavar": "LIST"}),
    _text("--semantics", _COMPILING, "NAME", "borgmatic release that hooks follow on all hosts"),
    _text("--against-semantics", ("diff",), "NAME", "borgmatic release for the plans after the change"),
    _switch("--exit-code", ("diff",), "exit with 0 for no change, 1 for an error, 2 for changes"),
    _number("--jobs", _COMPILING, "compile in at most N processes (default: one for each core)"),
    _duration("--overdue", ("plan", "status"), "report a last backup older than this (default: 26h)", 26 * 3600),
    _limit("--serial", "run on at most N hosts in parallel (default: all)"),
    _limit("--per-server", f"at most N hosts write to one repository server in parallel (default: {PER_SERVER})"),
    _limit("--canaries", "start with the first N hosts, and with the others only if all of these succeed"),
    _limit("--max-failures", "start no other host once N have failed (default: continue)"),
    Option(("--window",), _ROLLING,
           f"start hosts only in this time of the day, by the clock of this machine (default: {ALWAYS}); apply: as plan showed it",
           None, {"type": window_in, "metavar": "HH:MM-HH:MM"}),
    _duration("--patience", ("apply", "recover"),
              "report a host as unknown that has not answered for so long (default: 10m)", 600),
    _text("--events", ("apply",), "FILE",
          "append the events of all runs to this file as JSON lines, each with its host; or fd:NUMBER"),
    Option(("--format",), _ALL, "format of the result; html needs -o and writes a page for each host (default: text)",
           "text", {"choices": tuple(_FORMATS)}),
    Option(("-o", "--output"), ("plan",), "save the plans, and what they were made from, in this directory",
           "", {"metavar": "DIR"}),
)  # fmt: skip


def configure(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("verb", metavar="VERB", choices=[*VERBS],
        help="; ".join(f"{verb}: {text}" for verb, text in VERBS.items()))  # fmt: skip
    add("folder", nargs="?", default="", metavar="DIR|REV|FILE",
        help="with apply, status and recover: the directory that `plan -o DIR` wrote; with diff: a git revision; with policy: a file")  # fmt: skip
    for option in _OPTIONS:
        whose = "" if option.verbs == _ALL else f"{listed(option.verbs)}: "
        # What isn't given stays out of the namespace: `completed` tells it from what is given.
        add(*option.flags, default=argparse.SUPPRESS, help=f"{whose}{option.help}", **option.how)
    add_color(parser)


def problem(given: argparse.Namespace) -> str:
    """In words, what the verb doesn't take, or empty. `given`: as the parser returned it."""
    verb = given.verb
    if given.folder and verb not in _WITH_WORD:
        return f"unrecognized arguments: {given.folder}"
    for option in _OPTIONS:
        if _name(option) in given and verb not in option.verbs:
            return f"{option.flags[-1]} is an option of {listed(option.verbs)}, not of {verb}"
    form = getattr(given, "format", "text")
    if verb not in _FORMATS[form]:
        return f"--format {form} is an option of {listed(_FORMATS[form])}, not of {verb}"
    return ""


def completed(given: argparse.Namespace) -> argparse.Namespace:
    """With the defaults of what isn't given."""
    defaults = {_name(option): option.default for option in _OPTIONS}
    return argparse.Namespace(**{**defaults, **vars(given)})


def rolling(
    namespace: argparse.Namespace, shown: Limits = _LIMITS, window: str = ""
) -> tuple[Limits, Window]:
    """Within which limits and window hosts start: those that are given, else those that `plan` `shown`."""
    given = {name: getattr(namespace, name) for name in Limits._fields}
    limits = shown._replace(**{name: value for name, value in given.items() if value is not None})
    return limits, namespace.window or (window_in(window) if window else NO_WINDOW)


def _name(option: Option) -> str:
    return option.flags[-1].removeprefix("--").replace("-", "_")
