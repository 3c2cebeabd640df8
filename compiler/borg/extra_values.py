"""Values among the words of `extra_borg_options`: Borg reads them by the rules of its options (see `values`).

Only options whose rule is known are looked at; Borg alone knows the others.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..plan.actions import Action
from .formats import refusal
from .pattern_lines import DEFAULT_STYLE, parsed
from .pattern_lines import refusal as refused_line
from .target import Target, extra
from .values import (
    Rule,
    archive_filter,
    chunker_params,
    command_line,
    compression,
    encryption,
    files_cache,
    keep_within,
    not_negative,
    sort_by,
    storage_quota,
)
from .versions import Version


def _whole_number(text: str, _version: Version | None) -> str:
    try:
        int(text)
    except ValueError:
        return "it must be a whole number"
    return ""


def _count(text: str, version: Version | None) -> str:
    return _whole_number(text, version) or not_negative(text, version)


def _line(text: str, _version: Version | None) -> str:
    return refused_line(parsed(text), DEFAULT_STYLE)


def _exclude(text: str, _version: Version | None) -> str:
    return refused_line(parsed(f"-{text}"), DEFAULT_STYLE)


_OF_ALL: dict[str, Rule] = {
    "--lock-wait": _count,
    "--remote-path": refusal,
    "--rsh": command_line,
    "--upload-ratelimit": _whole_number,
    "--upload-buffer": _whole_number,
}
_FILTERING: dict[str, Rule] = {
    "-a": archive_filter,
    "--glob-archives": archive_filter,
    "--sort-by": sort_by,
    "--first": _count,
    "--last": _count,
}
_PERIODS = ("secondly", "minutely", "hourly", "daily", "weekly", "monthly", "yearly")
# By the name of the option behind `extra_borg_options.`.
_OF_ACTIONS: dict[str, dict[str, Rule]] = {
    "create": {
        "-C": compression,
        "--compression": compression,
        "--files-cache": files_cache,
        "--chunker-params": chunker_params,
        "--comment": refusal,
        "-c": _whole_number,
        "--checkpoint-interval": _whole_number,
        "-e": _exclude,
        "--exclude": _exclude,
        "--pattern": _line,
    },
    "prune": {
        "-a": archive_filter,
        "--glob-archives": archive_filter,
        "--keep-within": keep_within,
        **dict.fromkeys((f"--keep-{period}" for period in _PERIODS), _whole_number),
    },
    "check": _FILTERING,
    "list": _FILTERING,
    "repo_list": _FILTERING,
    "info": _FILTERING,
    "delete": _FILTERING,
    "init": {"-e": encryption, "--encryption": encryption, "--storage-quota": storage_quota},
    "repo_create": {"-e": encryption, "--encryption": encryption, "--storage-quota": storage_quota},
    "compact": {"--threshold": _whole_number},
}


def refused_words(
    target: Target, version: Version | None, actions: frozenset[Action]
) -> Iterator[tuple[str, str, str, str]]:
    """Option behind `extra_borg_options.`, flag and value that Borg refuses in one of `actions`, and why."""
    for name in _OF_ACTIONS:
        if Action("repo-create" if name == "init" else name.replace("_", "-")) in actions:
            for flag, value, problem in refused_values(extra(target, name), name, version):
                yield name, flag, value, problem


def refused_values(
    words: tuple[str, ...], name: str, version: Version | None
) -> Iterator[tuple[str, str, str]]:
    """The same for the words of one such option."""
    rules = _OF_ALL | _OF_ACTIONS[name]
    for flag, value in _pairs(words, rules):
        if problem := _problem(rules[flag], value, version):
            yield flag, value or "", problem


def _problem(rule: Rule, value: str | None, version: Version | None) -> str:
    if value is None:
        return "its value is missing"
    return "" if "${" in value else rule(value, version)


def _pairs(words: tuple[str, ...], rules: dict[str, Rule]) -> Iterator[tuple[str, str | None]]:
    """Each flag that has a rule, with its value: behind `=`, of a short flag right behind it, or the next word."""
    rest = iter(words)
    for word in rest:
        if word == "--":
            return
        flag, joined, value = word.partition("=")
        if word in rules:
            yield word, next(rest, None)
        elif joined and flag.startswith("--") and flag in rules:
            yield flag, value
        elif word[:2] in rules and word[1:2] != "-":
            yield word[:2], word[2:]
