"""Where the texts of here-documents are in a shell text, and whether the shell expands them."""

from __future__ import annotations

import re

from ..support.record import NamedTuple
from ..support.regex import lazily

# Stands for the texts of here-documents while the commands around them are read.
FILLER = "\0"

_OPERATOR = lazily(r"<<(-?)[ \t]*((?:\\[\s\S]|'[^']*'|\"[^\"]*\"|[^\s;&|()<>'\"\\`])+)")
_COMMENT = lazily(r"(?<![^\s;&|()])#[^\n]*")
_QUOTED = lazily(r"'[^']*'")


class Body(NamedTuple):
    """The text of a here-document, with its last line break. `quoted`: the shell leaves it as it is."""

    start: int
    end: int
    quoted: bool

    def of(self, text: str) -> str:
        return text[self.start : self.end]


def without(documents: list[Body], text: str) -> str:
    """A shell text whose places are the same, with a filler for its here-documents."""
    for body in documents:
        text = text[: body.start] + FILLER * (body.end - body.start) + text[body.end :]
    return text


def bodies(text: str) -> list[Body] | None:
    """The here-documents of a shell text in order; None where that can't be told."""
    return _Scan(text).bodies() if "<<" in text else []


class _Scan:
    """Follows quotes and substitutions; `_open` has what is open, the innermost last."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._open: list[str] = []
        self._pending: list[tuple[str, bool, bool]] = []
        self._found: list[Body] = []

    def bodies(self) -> list[Body] | None:
        while self._at < len(self._text):
            in_quotes = self._open[-1:] == ['"']
            if not (self._common() or (not in_quotes and self._bare())):
                self._at += 1
            if self._at < 0:
                return None
        return None if self._pending else self._found

    def _common(self) -> bool:
        """What means the same in double quotes and outside."""
        text, at = self._text, self._at
        character = text[at]
        if character == "\\":
            self._at += 2
        elif text.startswith("$((", at):
            closed = text.find("))", at)
            self._at = closed + 2 if closed >= 0 else len(text)
        elif text.startswith("$(", at):
            self._open.append("(")
            self._at += 2
        elif character in '"`':
            if self._open[-1:] == [character]:
                self._open.pop()
            else:
                self._open.append(character)
            self._at += 1
        else:
            return False
        return True

    def _bare(self) -> bool:
        text, at = self._text, self._at
        character = text[at]
        if character == "(":
            self._open.append("(")
        elif character == ")" and self._open[-1:] == ["("]:
            self._open.pop()
        elif text.startswith("<<<", at):
            self._at += 3
            return True
        elif operator := _OPERATOR.match(text, at):
            word = re.sub(r"""['"\\]""", "", operator[2])
            self._pending.append((word, bool(operator[1]), word != operator[2]))
            self._at = -1 if "`" in self._open else operator.end()
            return True
        elif character == "\n" and self._pending:
            self._at += 1
            self._read()
            return True
        elif skipped := (_COMMENT.match(text, at) or _QUOTED.match(text, at)):
            self._at = skipped.end()
            return True
        return False

    def _read(self) -> None:
        """The texts that begin on this line."""
        for word, strips, quoted in self._pending:
            start, at = self._at, self._at
            while True:
                stop = self._text.find("\n", at)
                line = self._text[at : stop if stop >= 0 else None]
                if (line.lstrip("\t") if strips else line) == word:
                    break
                if stop < 0:
                    self._at = -1  # it has no end
                    return
                at = stop + 1
            self._found.append(Body(start, at, quoted))
            self._at = at + len(line)
        self._pending.clear()
