"""Dumps whose failure a pipeline hides: its exit code is that of its last command."""

from __future__ import annotations

from ..support.record import NamedTuple
from .lexer import SPEAKING, program
from .pipelines import Pipeline, pipelines
from .programs import dump, names_dump

# At the end of a pipeline these look at what comes, so that a broken dump can be seen.
_LOOKING = frozenset(("grep", "egrep", "zgrep", "test", "[", "awk"))
_RECEIVING = frozenset(("receive", "recv"))  # of ZFS and Btrfs, which refuse half a stream
# A dump in their arguments is a name or a pattern.
_NAMING = (
    _LOOKING
    | SPEAKING
    | {"cat", "zcat", "find", "head", "ls", "pgrep", "ps", "rm", "tail", "which"}
)


class Hidden(NamedTuple):
    """Where a dump stands, what it is called, and the program whose exit code counts instead."""

    start: int
    end: int
    dump: str
    last: str


def hidden_dump(text: str) -> Hidden | None:
    """The first dump whose failure doesn't count."""
    if "|" not in text or not names_dump(text) or "pipefail" in text or "PIPESTATUS" in text:
        return None
    return next((found for found in (_dump_in(text, p) for p in pipelines(text)) if found), None)


def _dump_in(text: str, pipeline: Pipeline) -> Hidden | None:
    *before, last = pipeline
    if not last.words or program(last.words[0]) in _LOOKING or _RECEIVING & set(last.words):
        return None
    for part in before:
        match = dump(" ".join(part.words))
        if match is not None and program(part.words[0]) not in _NAMING:
            name = match[0].split()[0]
            word = next(n for n, word in enumerate(part.words) if name in word)
            start = part.starts[word]
            written = max(text.find(name, start), start)
            return Hidden(written, written + len(name), name, program(last.words[0]))
    return None
