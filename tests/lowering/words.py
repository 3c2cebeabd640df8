"""Recorded arguments of borgmatic in borgplan's words.

What both call alike passes as it is, so that what borgplan doesn't know is refused by borgplan itself.
"""

from __future__ import annotations

from typing import NamedTuple

from borgplan.compiler.config.options import ACTION_NAMES, OPTIONS, Type
from borgplan.compiler.plan.actions import ALIASES, NOT_IMPLEMENTED, Action

ACTIONS = {*ACTION_NAMES, *ALIASES, *NOT_IMPLEMENTED, *(action.value for action in Action)}
_BEFORE_A_VALUE = (["-c"], ["--only"])  # where a word that is also an action's name is none
_OF_TWO_WORDS = frozenset({"key", "config"})
# Options that borgmatic takes as flags of every action. The others of these names are flags of one action.
_FLAGS_OF_ACTIONS = frozenset(
    {"list_details", "match_archives", "prefix", "progress", "statistics"}
)
_SETTABLE = {
    option.name: option
    for option in OPTIONS
    if option.section != "hooks" and option.name not in _FLAGS_OF_ACTIONS
}
# What both call alike, and is an option of configurations for other actions.
_OF_ONE_ACTION = frozenset(
    {("--checkpoint-interval", "delete"), ("--exclude-from", "list"), ("--patterns-from", "list")}
)
# Other spellings of one word; `key`'s `--path` is where the key goes or comes from.
_SPELLED = {
    "-e": "--encryption",
    "-P": "--prefix",
    "-a": "--match-archives",
    "--restore-path": "--path",
}
_FORMATS = {"--format": "--list-format"}
_KEY_SPELLED = {"key-export": {"--path": "--destination"}, "list": {"-e": "--exclude"}}


class Words(NamedTuple):
    """`words`: for borgplan's command line. `actions`: as borgmatic was told."""

    words: tuple[str, ...]
    actions: tuple[str, ...]
    dry_run: bool


def words_of(recorded: list[str], semantics: str) -> Words:
    """Also says for which generation to compile: the one that was recorded."""
    rest = list(recorded)
    found: list[str] = []
    actions: list[str] = []
    after: list[str] = []
    dry_run = False
    while rest:
        word = rest.pop(0)
        action = actions[-1] if actions else ""
        if word in ("-n", "--dry-run"):
            dry_run = True
        elif word in ("-v", "--verbosity"):
            rest.pop(0)
        elif word == "--override":
            found += ["--set", rest.pop(0)]
        elif word in ACTIONS and found[-1:] not in _BEFORE_A_VALUE:
            actions.append(f"{word}-{rest.pop(0)}" if word in _OF_TWO_WORDS else word)
            if word == "borg":
                after, rest = ["--", *rest], []
        elif word in _FORMATS:
            found += [_FORMATS[word], rest.pop(0)]
        elif (word, action) in _OF_ONE_ACTION:
            found += [word, rest.pop(0)]
        elif _option(word) in _SETTABLE:
            found += ["--set", _set(word, rest)]
        else:
            key = _KEY_SPELLED.get(action, {})
            found.append(key.get(word) or _SPELLED.get(word, word))
    chosen = ["--actions", ",".join(actions)] if actions else []
    return Words((*found, *chosen, "--semantics", semantics, *after), tuple(actions), dry_run)


def _option(flag: str) -> str:
    """The option that a flag of borgmatic's sets, by its name, if it is one."""
    if not flag.startswith("--"):
        return ""
    return flag.removeprefix("--").removeprefix("no-").replace("-", "_")


def _set(flag: str, rest: list[str]) -> str:
    name = _option(flag)
    if _SETTABLE[name].type is Type.BOOLEAN:
        return f"{name}={'false' if flag.startswith('--no-') else 'true'}"
    return f"{name}={rest.pop(0)}"
