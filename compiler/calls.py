"""A shell text as the commands that it runs, each with its words and with what reads its output.

Unlike `shell_words` this reader is strict: it is for finding out that a value can't be executed. Whatever
it doesn't know exactly (functions, aliases, `eval`, here-documents, arithmetic, names of commands that are
expanded) makes the whole text one that isn't understood. Names of commands then mean what they mean to
every shell, and all that is written to a pipe is read by a command that is known.
"""

from __future__ import annotations

import re
from functools import lru_cache

from .lazily import lazily
from .record import NamedTuple

OTHER = -1  # what reads an output, where it is no simple command
_MAX_CHARACTERS = 20_000
_MAX_DEPTH = 40
# They change what names mean, where output goes, or run what they are given.
_CHANGING = frozenset(
    (".", "alias", "bind", "builtin", "complete", "coproc", "enable", "eval", "exec", "fc", "function",
     "hash", "history", "mapfile", "readarray", "select", "source", "time", "trap", "unalias", "[[")
)  # fmt: skip
_ASSIGNMENT = lazily(r"[A-Za-z_][A-Za-z0-9_]*=")
_RESERVED = lazily(r"[a-z!{}]+(?=[\s;&|()<>]|\Z)")
_REDIRECTION = lazily(r"[0-9]*(<<|<\(|>\(|<>|<&|>&|>>|>\||<|>)")
_BRACED = lazily(r"\{#?(?:[A-Za-z0-9][A-Za-z0-9_]*|[A-Za-z_][A-Za-z0-9_]+|[@*?#$-])(?:[-:+=?%/.,#][^{}`$'\"\\@!]*)?\}")  # fmt: skip
_NAMED = lazily(r"[A-Za-z_][A-Za-z0-9_]*|[0-9@*#?$!-]")
_FILLED_IN = lazily(r"\{[A-Za-z_][A-Za-z0-9_-]*\}")
_HARMLESS_TARGETS = frozenset(("/dev/null", "/dev/stderr", "/dev/stdout", "/dev/tty"))


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


class Call(NamedTuple):
    """A simple command. `targets`: of redirections. `readers`: the numbers of the calls that its output
    goes through. `writes`: whether its output goes to a file. `within`: where the command substitution
    opens whose command this is, else -1; `quoted`: whether that stands in double quotes."""

    assignments: tuple[Word, ...]
    words: tuple[Word, ...]
    targets: tuple[Word, ...]
    readers: tuple[int, ...]
    writes: bool
    within: int
    quoted: bool

    def has(self, position: int) -> bool:
        return any(
            word.has(position) for word in (*self.assignments, *self.words, *self.targets)
        )


@lru_cache(maxsize=256)
def calls(text: str) -> tuple[Call, ...] | None:
    """The commands of a shell text, those of substitutions before the ones around them; None if it isn't
    understood."""
    if len(text) > _MAX_CHARACTERS:
        return None
    try:
        return _Reader(text).read()
    except _NotUnderstoodError:
        return None


class _NotUnderstoodError(Exception):
    pass


class _Draft:
    """A call that is being read."""

    def __init__(self) -> None:
        self.assignments: list[Word] = []
        self.words: list[Word] = []
        self.targets: list[Word] = []
        self.readers: list[int] = []
        self.writes = False
        self.within = -1
        self.quoted = False

    def done(self) -> Call:
        return Call(
            tuple(self.assignments), tuple(self.words), tuple(self.targets), tuple(self.readers),
            self.writes, self.within, self.quoted,
        )  # fmt: skip


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._depth = 0
        self._in_backquotes = False
        self._drafts: list[_Draft] = []

    def read(self) -> tuple[Call, ...]:
        self._list(())
        if self._at < len(self._text):
            raise _NotUnderstoodError
        return tuple(draft.done() for draft in self._drafts)

    # Lists and compound commands

    def _list(self, stops: tuple[str, ...]) -> None:
        """Commands up to one of `stops`: a reserved word, or a character that closes."""
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise _NotUnderstoodError
        while True:
            self._skip(" \t\n;&|", stops)
            rest = self._text[self._at : self._at + 2]
            if not rest or rest[0] in ")`" or rest == ";;" or self._reserved() in stops:
                break
            self._pipeline()
        self._depth -= 1

    def _pipeline(self) -> None:
        elements = []
        while True:
            first = len(self._drafts)
            entry = self._element()
            elements.append((range(first, len(self._drafts)), entry))
            self._skip(" \t")
            if self._text[self._at : self._at + 1] != "|" or self._text.startswith("||", self._at):
                break
            self._at += 2 if self._text.startswith("|&", self._at) else 1
            self._skip(" \t\n")
        entries = [entry for _, entry in elements]
        for number, (inside, _) in enumerate(elements):
            for index in inside:
                # What a substitution prints becomes a word, which is looked at by itself.
                if self._drafts[index].within < 0:
                    self._drafts[index].readers += entries[number + 1 :]

    def _element(self) -> int:
        """A command of a pipeline: its number if it is a simple one."""
        while self._reserved() == "!":
            self._at += 1
            self._skip(" \t\n")
        word, first = self._reserved(), len(self._drafts)
        if self._text.startswith("((", self._at):
            raise _NotUnderstoodError
        if self._text.startswith("(", self._at):
            self._at += 1
            self._list((")",))
            self._expect(")")
        elif word in _COMPOUNDS:
            self._at += len(word)
            _COMPOUNDS[word](self)
        else:
            return self._simple()
        around = _Draft()
        while self._redirection(around):
            pass
        for draft in self._drafts[first:]:
            draft.writes |= around.writes
        around.words = []
        self._drafts.append(around)
        return OTHER

    def _group(self) -> None:
        self._list(("}",))
        self._expect("}")

    def _if(self) -> None:
        self._list(("then",))
        self._expect("then")
        while True:
            self._list(("elif", "else", "fi"))
            word = self._reserved()
            self._at += len(word)
            if word == "fi":
                return
            if word == "elif":
                self._list(("then",))
                self._expect("then")
            elif word != "else":
                raise _NotUnderstoodError

    def _while(self) -> None:
        self._list(("do",))
        self._expect("do")
        self._list(("done",))
        self._expect("done")

    def _for(self) -> None:
        self._skip(" \t")
        self._word()
        self._skip(" \t\n")
        if self._reserved() == "in":
            self._at += 2
            while self._skip(" \t") and self._text[self._at] not in ";\n":
                self._word()
        self._while()

    def _case(self) -> None:
        subject = _Draft()
        self._skip(" \t")
        start = self._at
        subject.words = [Word(start, start, "case", literal=True, whole=True), self._word()]
        self._drafts.append(subject)
        self._skip(" \t\n")
        self._expect("in")
        while True:
            self._skip(" \t\n")
            if self._reserved() == "esac":
                self._at += 4
                return
            if self._text.startswith("(", self._at):
                self._at += 1
            self._skip(" \t")
            while not self._text.startswith(")", self._at):
                self._word()
                self._skip(" \t|")
            self._at += 1
            self._list(("esac",))
            if self._text.startswith(";;", self._at):
                self._at += 2

    # Simple commands

    def _simple(self) -> int:
        draft = _Draft()
        while self._skip(" \t"):
            character = self._text[self._at]
            if character in "\n;&|)" or (character == "`" and self._in_backquotes):
                break
            if character == "(":
                raise _NotUnderstoodError
            if self._redirection(draft):
                continue
            start = self._at
            word = self._word()
            is_assignment = _ASSIGNMENT.match(self._text[start : self._at])
            if is_assignment and not draft.words:
                draft.assignments.append(word)
            else:
                draft.words.append(word)
        if self._text.startswith("&>", self._at):
            raise _NotUnderstoodError
        _check(draft.words)
        self._drafts.append(draft)
        return len(self._drafts) - 1

    def _redirection(self, draft: _Draft) -> bool:
        self._skip(" \t")
        match = _REDIRECTION.match(self._text, self._at)
        if match is None:
            return False
        if match[1] in ("<<", "<(", ">("):
            raise _NotUnderstoodError
        self._at = match.end()
        self._skip(" \t")
        target = self._word()
        draft.targets.append(target)
        harmless = ("1", "2", "-") if match[1] == ">&" else _HARMLESS_TARGETS
        draft.writes |= ">" in match[1] and target.text not in harmless
        return True

    # Words

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
                    raise _NotUnderstoodError
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
            raise _NotUnderstoodError
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
                raise _NotUnderstoodError
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
                raise _NotUnderstoodError
            self._substitution(start, ")", quoted=quoted)
        elif following == "[" or (following in ("'", '"') and following and not quoted):
            raise _NotUnderstoodError
        elif following == "{" or _NAMED.match(self._text, self._at):
            named = (_BRACED if following == "{" else _NAMED).match(self._text, self._at)
            if named is None or named[0] == "_":  # the last argument of the command before
                raise _NotUnderstoodError
            self._at = named.end()
        return self._text[start : self._at]

    def _backquoted(self, start: int, *, quoted: bool) -> None:
        end = self._text.find("`", self._at)
        if end < 0 or "\\" in self._text[self._at : end]:
            raise _NotUnderstoodError
        self._in_backquotes = True
        self._substitution(start, "`", quoted=quoted)
        self._in_backquotes = False

    def _substitution(self, start: int, end: str, *, quoted: bool) -> None:
        first = len(self._drafts)
        self._list((end,))
        self._expect(end)
        for draft in self._drafts[first:]:
            if draft.within < 0:
                draft.within, draft.quoted = start, quoted

    # Characters

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
                    raise _NotUnderstoodError
                self._at = end if end >= 0 else len(text)
            else:
                break
        return self._at < len(text)

    def _reserved(self) -> str:
        match = _RESERVED.match(self._text, self._at)
        return match[0] if match else ""

    def _expect(self, word: str) -> None:
        if not self._text.startswith(word, self._at):
            raise _NotUnderstoodError
        self._at += len(word)


_COMPOUNDS = {
    "{": _Reader._group, "if": _Reader._if, "while": _Reader._while, "until": _Reader._while,
    "for": _Reader._for, "case": _Reader._case,
}  # fmt: skip


def _check(words: list[Word]) -> None:
    """Only commands by their names, none of which changes what others mean."""
    own = words
    while own and own[0].text == "command":
        own = own[1:]
    if own and (not own[0].literal or own[0].text in _CHANGING):
        raise _NotUnderstoodError
    if own and own[0].text == "set":
        for before, word in zip(own, own[1:], strict=False):
            if word.text[:1] not in ("-", "+") and not re.fullmatch(r"[-+]\w*o", before.text):
                raise _NotUnderstoodError
