"""What is backed up, as words of `borg create`: the plan's own pattern files, and those that Borg reads itself.

Borg tries patterns in the order in which its flags come, so that a file which isn't there yet keeps its place among
the lines that are known.
"""

from ..plan.model import PatternFile
from ..plan.work import PatternsWord, Word
from ..support.record import NamedTuple
from .patterns import Selection


class _Part(NamedTuple):
    """Lines in a row, and the words that come after them."""

    lines: tuple[str, ...]
    then: tuple[Word, ...] = ()


def pattern_words(chosen: Selection, name: str) -> tuple[list[PatternFile], tuple[Word, ...]]:
    """The pattern files of a selection, called `name` and like it, and the flags for all."""
    files: list[PatternFile] = []
    words: list[Word] = []
    for part in _parts(chosen):
        if part.lines:
            number = len(files) + 1
            file = PatternFile(name if number == 1 else f"{name} ({number})", part.lines)
            files.append(file)
            words += ["--patterns-from", PatternsWord(file.name)]
        words += part.then
    return files, tuple(words)


def _parts(chosen: Selection) -> list[_Part]:
    parts = []
    start = 0
    for file in chosen.late:
        parts.append(_Part(chosen.lines[start : file.after], (file.flag, file.path)))
        start = file.after
    return [*parts, _Part(chosen.lines[start:])]
