"""The pipelines of a shell text, good enough to see whose exit code counts."""

from __future__ import annotations

from collections.abc import Iterator

from ..support.record import NamedTuple
from .lexer import KEYWORDS, MAX_CHARACTERS, SPEAKING, Words, placed_words, program


class Piped(NamedTuple):
    """A simple command; `starts`: of each word the offset in the text, or that of the quoted word
    which it stands in."""

    words: Words
    starts: tuple[int, ...]


Pipeline = tuple[Piped, ...]


def pipelines(text: str) -> Iterator[Pipeline]:
    """The pipelines of two and more simple commands, those inside of `sh -c "…"` and its like too.

    A part that is more than a simple command, such as `( … )`, has no words.
    """
    if len(text) > MAX_CHARACTERS or "|" not in text:
        return
    parts: list[Piped] = []
    words: list[tuple[int, str]] = []
    is_target = False
    for start, word in placed_words(text):
        if word == "\n" and not words and parts:
            continue  # a line that ends with `|` goes on
        if word.strip("();<>|&\n"):
            if not is_target and (words or word not in KEYWORDS):
                words.append((start, word))
            is_target = False
        elif "<" in word or ">" in word:
            is_target = "&" not in word
        else:
            yield from _inside(words)
            parts.append(_piped(words))
            words = []
            if word not in ("|", "|&"):
                yield from _whole(parts)
                parts = []
    yield from _inside(words)
    yield from _whole([*parts, _piped(words)])


def _piped(words: list[tuple[int, str]]) -> Piped:
    return Piped(tuple(word for _, word in words), tuple(start for start, _ in words))


def _whole(parts: list[Piped]) -> Iterator[Pipeline]:
    if len(parts) > 1:
        yield tuple(parts)


def _inside(words: list[tuple[int, str]]) -> Iterator[Pipeline]:
    """Pipelines in the words of a command, unless they are text for people."""
    if not words or program(words[0][1]) in SPEAKING:
        return
    for start, word in words[1:]:
        if "|" in word and " " in word:
            for pipeline in pipelines(word):
                yield tuple(Piped(part.words, (start,) * len(part.words)) for part in pipeline)
