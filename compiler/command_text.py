"""The command of a step as one text, for people."""

from __future__ import annotations

import shlex

from .plan import LateWord, PatternsWord, Shell, Step, Word


def command_text(step: Step) -> str:
    """A hook's script as it will run, Borg's words quoted."""
    if isinstance(step.work, Shell):
        return step.work.script.strip("\n")
    return words_text(step.work.argv)


def words_text(words: tuple[Word, ...]) -> str:
    """Words of a command line, quoted for a shell; what is known only later in capitals."""
    return " ".join(_word(word) for word in words)


def _word(word: Word) -> str:
    match word:
        case str():
            return shlex.quote(word)
        case LateWord(before, late, _):
            return f"{shlex.quote(before)}{late.name}"
        case PatternsWord():
            return "PATTERNS"
