"""The words of a shell text, read strictly: whatever isn't known exactly makes the text one that isn't
understood. See `calls`, which reads the commands.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

from ..support.record import NamedTuple
from ..support.regex import lazily

_RESERVED = lazily(r"[a-z!{}]+(?=[\s;&|()<>]|\Z)")
_BRACED = lazily(r"\{#?(?:[A-Za-z0-9][A-Za-z0-9_]*|[A-Za-z_][A-Za-z0-9_]+|[@*?#$-])(?:[-:+=?%/.,#][^{}`$'\"\\@!]*)?\}")  # fmt: skip
_NAMED = lazily(r"[A-Za-z_][A-Za-z0-9_]*|[0-9@*#?$!-]")
_FILLED_IN = lazily(r"\{[A-Za-z_][A-Za-z0-9_-]*\}")


class NotUnderstoodError(Exception):
    """A text has something in it that this reader doesn't know."""


class Word(NamedTuple):
    """A word of a command. `text`: without quotes, what is expanded as written. `literal`: nothing is
    expanded. `whole`: it is one word, whatever is expanded in it."""

    start: int
    end: int
    text: str
    literal: bool
    whole: bool

    def has(self, position: int) -> bool:
        return self.start <= position < self.end


class WordReader(ABC):
    """Reads words from where it stands. Who reads the commands in substitutions does so in `_substituted`."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._in_backquotes = False

    @abstractmethod
    def _substituted(self, start: int, end: str, *, quoted: bool) -> None:
        """Read the commands of a substitution that opened at `start`, up to `end`."""

    def _word(self) -> Word:
        text, start = self._text, self._at
        found, literal, whole = [], True, True
        while self._at < len(text):
            character = text[self._at]
            if character in " \t\n;&|()<>" or (character == "`" and self._in_backquotes):
                break
            if character == "\\":
                found.append(text[self._at + 1 : self._at + 2].replace("\n", ""))
                self._at += 2
            elif character == "'":
                end = text.find("'", self._at + 1)
                if end < 0:
                    raise NotUnderstoodError
                found.append(text[self._at + 1 : end])
                self._at = end + 1
            elif character == '"':
                inside = self._double()
                literal &= "$" not in inside and "`" not in inside
                found.append(inside)
            elif character in "$`":
                found.append(self._expansion(quoted=False))
                literal = whole = False
            else:
                literal &= character not in "*?[{~"
                whole &= character not in "*?[" and (
                    character != "{" or _FILLED_IN.match(text, self._at) is not None
                )
                found.append(character)
                self._at += 1
        if self._at == start:
            raise NotUnderstoodError
        if text[start : self._at] in ("[", "]"):
            literal = whole = True
        return Word(start, self._at, "".join(found), literal, whole)

    def _double(self) -> str:
        """What stands in double quotes."""
        text, found = self._text, []
        self._at += 1
        while not text.startswith('"', self._at):
            character = text[self._at : self._at + 1]
            if not character or (character == "`" and self._in_backquotes):
                raise NotUnderstoodError
            if character in "$`":
                found.append(self._expansion(quoted=True))
            elif character == "\\":
                following = text[self._at + 1 : self._at + 2]
                found.append(following if following in '$`"\\' else f"\\{following}")
                self._at += 2
            else:
                found.append(character)
                self._at += 1
        self._at += 1
        return "".join(found)

    def _expansion(self, *, quoted: bool) -> str:
        """A `$` or a backquote, and what belongs to it."""
        start = self._at
        self._at += 1
        following = self._text[self._at : self._at + 1]
        if self._text[start] == "`":
            self._backquoted(start, quoted=quoted)
        elif following == "(":
            self._at += 1
            if self._text.startswith("(", self._at):
                raise NotUnderstoodError
            self._substituted(start, ")", quoted=quoted)
        elif following == "[" or (following in ("'", '"') and following and not quoted):
            raise NotUnderstoodError
        elif following == "{" or _NAMED.match(self._text, self._at):
            named = (_BRACED if following == "{" else _NAMED).match(self._text, self._at)
            if named is None or named[0] == "_":  # the last argument of the command before
                raise NotUnderstoodError
            self._at = named.end()
        return self._text[start : self._at]

    def _backquoted(self, start: int, *, quoted: bool) -> None:
        end = self._text.find("`", self._at)
        if end < 0 or "\\" in self._text[self._at : end]:
            raise NotUnderstoodError
        self._in_backquotes = True
        self._substituted(start, "`", quoted=quoted)
        self._in_backquotes = False

    def _skip(self, characters: str, stops: tuple[str, ...] = ()) -> bool:
        """Pass over these, continued lines and comments; whether something follows."""
        text = self._text
        while self._at < len(text):
            if text[self._at] in characters:
                if text.startswith(";;", self._at) and "esac" in stops:
                    break
                self._at += 1
            elif text.startswith("\\\n", self._at):
                self._at += 2
            elif text[self._at] == "#" and (not self._at or text[self._at - 1] in " \t\n;&|()"):
                end = text.find("\n", self._at)
                if self._in_backquotes:
                    raise NotUnderstoodError
                self._at = end if end >= 0 else len(text)
            else:
                break
        return self._at < len(text)

    def _reserved(self) -> str:
        match = _RESERVED.match(self._text, self._at)
        return match[0] if match else ""

    def _expect(self, word: str) -> None:
        if not self._text.startswith(word, self._at):
            raise NotUnderstoodError
        self._at += len(word)
