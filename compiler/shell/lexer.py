"""A shell text as simple commands, good enough to recognise what they are about; never to run them.

Quotes, separators and redirections are read; variables, loops and functions are not followed. A text
that can't be read so is split at spaces.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from ..support.regex import lazily

Words = tuple[str, ...]

KEYWORDS = frozenset(
    ("if", "then", "else", "elif", "fi", "do", "done", "while", "until", "!", "{", "}", "time")
)
# What these are given is text for people, not something that is done.
SPEAKING = frozenset(
    ("echo", "printf", "logger", "notify-send", "wall", "systemd-cat", "mail", "mailx", "sendmail",
     "curl", "wget", "apprise", "ntfy", "wget2", "http", "msmtp", "swaks")
)  # fmt: skip
_QUOTED = lazily(r"""\\.|'[^']*'|"(?:\\.|[^"\\])*\"""")
_TOKEN = lazily(
    r"""[();<>|&]+|(?:[^\s();<>|&'"\\]+|(?P<quoted>\\.|'[^']*'|"(?:\\.|[^"\\])*")|['"\\])+"""
)
_PLACED = lazily(rf"#[^\n]*|\n|{_TOKEN.pattern}")
MAX_CHARACTERS = 20_000  # beyond that it is a program and not a command


@lru_cache(maxsize=4096)
def simple_commands(text: str) -> tuple[Words, ...]:
    """The simple commands of a shell text in order, those inside of `sh -c "…"` and its like too.

    A redirection of standard output is a command `>` of its own with the file as its argument.
    """
    if len(text) > MAX_CHARACTERS:
        return ()
    found: list[Words] = []
    for line in text.replace("\\\n", " ").split("\n"):
        _collect(_tokens(line), found)
    return tuple(found)


def _tokens(line: str) -> list[str]:
    """Words without their quotes, and runs of operators; a quote that isn't closed is a letter."""
    found = []
    for match in _TOKEN.finditer(line):
        token = match[0]
        if token[0] == "#":
            break
        if match["quoted"] is not None:
            token = _QUOTED.sub(_unquoted, token)
        found.append(token)
    return found


def placed_words(text: str) -> Iterator[tuple[int, str]]:
    """The words of a shell text without their quotes, runs of operators, and line breaks, each with its
    offset. A comment is left out, a quote that isn't closed is a letter.
    """
    for match in _PLACED.finditer(text.replace("\\\n", "  ")):
        token = match[0]
        if token[0] != "#":
            quoted = match["quoted"] is not None
            yield match.start(), _QUOTED.sub(_unquoted, token) if quoted else token


def _unquoted(match: re.Match[str]) -> str:
    text = match[0]
    if text[0] == "\\":
        return text[1:]
    return text[1:-1] if text[0] == "'" else re.sub(r'\\(["\\$`])', r"\1", text[1:-1])


def _collect(tokens: list[str], found: list[Words]) -> None:
    words: list[str] = []
    targets: list[Words] = []
    rest = iter(tokens)
    for token in rest:
        if not token or token.strip("();<>|&"):
            if words or token not in KEYWORDS:
                words.append(token)
        elif "<" in token or ">" in token:
            target = next(rest, "")
            descriptor = words.pop() if words and words[-1] in ("1", "2") else "1"
            if ">" in token and descriptor == "1" and "&" not in token:
                targets.append((">", target))
        else:
            _end(words, targets, found)
            words, targets = [], []
    _end(words, targets, found)


def _end(words: list[str], targets: list[Words], found: list[Words]) -> None:
    """One simple command is complete; commands within its words count after it."""
    if words:
        found.append(tuple(words))
        if program(words[0]) not in SPEAKING:
            for word in words[1:]:
                if any(space in word for space in " \t\n"):
                    found.extend(simple_commands(word))
    found.extend(target for target in targets if not target[1].startswith(("/dev/", "/proc/")))


def program(word: str) -> str:
    """What a command is called without its folder."""
    return word.rpartition("/")[2]
