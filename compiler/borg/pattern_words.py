"""What is backed up, as words of `borg create`: the plan's own pattern files, and those that Borg reads itself.

Borg tries patterns in the order in which its flags come, so that a file which isn't there yet keeps its place among
the lines that are known.
"""

from __future__ import annotations

from ..plan.scratch import Scratch, ScratchKind
from ..plan.words import ScratchPath, Word
from ..support.record import NamedTuple
from .patterns import Selection


class _Part(NamedTuple):
    """Lines in a row, and the words that come after them."""

    lines: tuple[str, ...]
    then: tuple[Word, ...] = ()


def pattern_words(chosen: Selection, name: str) -> tuple[list[Scratch], tuple[Word, ...]]:
    """The pattern files of a selection, called `name` and like it, and the flags for all."""
    files: list[Scratch] = []
    words: list[Word] = []
    for part in _parts(chosen):
        if part.lines:
            number = len(files) + 1
            file = Scratch(
                name if number == 1 else f"{name} ({number})", name, ScratchKind.TEXT, part.lines
            )
            files.append(file)
            words += ["--patterns-from", (ScratchPath(file.name),)]
        words += part.then
    return files, tuple(words)


def _parts(chosen: Selection) -> list[_Part]:
    parts = []
    start = 0
    for file in chosen.late:
        parts.append(_Part(chosen.lines[start : file.after], (file.flag, file.path)))
        start = file.after
    return [*parts, _Part(chosen.lines[start:])]
