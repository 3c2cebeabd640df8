"""Which archives of a repository an action is about."""

from __future__ import annotations

from ..plan.words import Word
from ..support.regex import lazily
from .action_options import ActionOptions
from .series import series
from .target import Target
from .versions import MATCH_ARCHIVES, SERIES

_AGES = ("oldest", "newest", "older", "newer")
_ALL = ("*", "re:.*", "sh:*")
_LOOKS_LIKE_ID = lazily(r"[0-9a-fA-F]{8,}")


def archive_filter(
    target: Target, prefix_key: str = "", options: ActionOptions | None = None
) -> tuple[Word, ...]:
    """Archives that `options` choose, else those of a prefix, else those of `match_archives`, else those the name format makes.

    Source: borgmatic 2.1.10; 1.3.25 takes the prefix, by default `{hostname}-`, which is the same
    archives for the default format. Where borgmatic has `*` for a time, `series` is as exact as it can be.
    """
    if options is not None and options.match_archives:
        return matching(target, options.match_archives)
    settings = target.settings
    prefix = settings.text(prefix_key) if prefix_key else None
    if prefix:
        return _glob(target, f"{prefix}*")
    if prefix == "" and target.profile.empty_prefix_is_all:
        return ()
    wanted = settings.text("match_archives")
    if wanted:
        return matching(target, wanted)
    pattern = series(target.archive_name)
    return () if pattern.strip("*") == "" else _glob(target, pattern)


def matching(target: Target, pattern: str) -> tuple[Word, ...]:
    """Archives that a pattern with Borg 2's styles (`sh:`, `re:`) chooses."""
    if pattern in _ALL:
        return ()
    if target.version.knows(MATCH_ARCHIVES):
        by_id = target.version.knows(SERIES) and _LOOKS_LIKE_ID.fullmatch(pattern)
        return ("--match-archives", f"aid:{pattern}" if by_id else pattern)
    return ("--glob-archives", pattern.removeprefix("sh:"))


def _glob(target: Target, pattern: str) -> tuple[Word, ...]:
    if target.version.knows(MATCH_ARCHIVES):
        return ("--match-archives", f"sh:{pattern}")
    return ("--glob-archives", pattern)


def named(target: Target, options: ActionOptions) -> tuple[Word, ...]:
    """Archives that the command line chooses by a prefix or a pattern."""
    if options.prefix:
        return _glob(target, f"{options.prefix}*")
    return matching(target, options.match_archives) if options.match_archives else ()


def asked_for(target: Target, options: ActionOptions) -> tuple[Word, ...]:
    """The filter that the command line gives, else the configuration's; and how many of them."""
    words: tuple[Word, ...]
    if options.prefix or options.match_archives:
        words = named(target, options)
    else:
        words = archive_filter(target) if target.profile.reading_filter else ()
    return (*words, *selection_flags(options))


def selection_flags(options: ActionOptions) -> tuple[str, ...]:
    """How many archives, and in which order."""
    return (
        *first_and_last(options),
        *(["--sort-by", options.sort_by] if options.sort_by else []),
    )


def first_and_last(options: ActionOptions) -> tuple[str, ...]:
    """How many of the oldest or newest, or which by their age."""
    return (
        *(["--first", str(options.first)] if options.first else []),
        *(["--last", str(options.last)] if options.last else []),
        *(
            word
            for name in _AGES
            if (span := getattr(options, name))
            for word in (f"--{name}", span)
        ),
    )
