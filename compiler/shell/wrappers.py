"""Commands that run the words they are given as they are, such as `timeout 10`."""

from __future__ import annotations

from ..support.regex import lazily
from .strict_words import Word

_DURATION = lazily(r"[0-9.]+[smhd]?")
_NUMBER = lazily(r"-?[0-9]+")
# Wrappers that run the words they are given as they are: options with a value, options without, and how
# many numbers stand before the command.
_WRAPPERS: dict[str, tuple[frozenset[str], frozenset[str], int]] = {
    "command": (frozenset(), frozenset(), 0),
    "chronic": (frozenset(), frozenset(), 0),
    "doas": (frozenset({"-u"}), frozenset({"-n"}), 0),
    "ionice": (frozenset({"-c", "-n"}), frozenset({"-t"}), 0),
    "nice": (frozenset({"-n"}), frozenset(), 0),
    "nohup": (frozenset(), frozenset(), 0),
    "setsid": (frozenset(), frozenset({"-w"}), 0),
    "sudo": (frozenset({"-u", "-g"}), frozenset({"-n", "-E", "-H"}), 0),
    "timeout": (frozenset({"-k", "-s"}), frozenset({"--foreground", "-v"}), 1),
}


def unwrapped(words: tuple[Word, ...]) -> tuple[Word, ...] | None:
    """The command that a wrapper runs with the words that follow; None if this is none."""
    name = words[0].text.rpartition("/")[2] if words[0].literal else ""
    if name not in _WRAPPERS:
        return None
    valued, flags, operands = _WRAPPERS[name]
    rest = words[1:]
    while rest and rest[0].literal and rest[0].text.startswith("-"):
        if rest[0].text in valued and len(rest) > 1 and rest[1].literal:
            rest = rest[2:]
        elif rest[0].text in flags or (
            rest[0].text[:2] in valued and _NUMBER.fullmatch(rest[0].text[2:])
        ):
            rest = rest[1:]
        else:
            return None
    for _ in range(operands):
        if not rest or not _DURATION.fullmatch(rest[0].text):
            return None
        rest = rest[1:]
    return rest if rest and rest[0].literal else None
