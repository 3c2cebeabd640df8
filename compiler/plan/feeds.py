"""Programs that run beside a process and write into pipes that it reads, and what their output has to look like."""

from __future__ import annotations

from ..support.record import NamedTuple
from .words import Listed, Word

PATIENCE = 3600  # seconds


class Sound(NamedTuple):
    """What a stream has to look like, in ASCII; an empty one is never sound. `begins`: at byte `at` of it. `ends`:
    one of these is within its last bytes."""

    begins: str = ""
    at: int = 0
    ends: tuple[str, ...] = ()


class Feed(NamedTuple):
    """A program that runs beside a process and writes into a pipe, which that reads as a file. borgplan stands
    between them: the reader sees the end of it only once the program has ended with 0 and all was sound.

    It is started when the reader opens the pipe at `path`, in a scratch folder. `each`: one for each of these names,
    which stand for `EACH` in its words. `patience`: seconds in which it has to write something.
    """

    title: str
    path: Word
    argv: tuple[Word, ...]
    environment: tuple[tuple[str, Word], ...] = ()
    sound: Sound = Sound()
    each: Listed | None = None
    patience: int = PATIENCE


def words_of_feed(feed: Feed) -> tuple[Word, ...]:
    """All words that are made just before it begins."""
    return (feed.path, *feed.argv, *(word for _, word in feed.environment))
