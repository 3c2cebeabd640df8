"""A shell text as the commands that it runs, each with its words and with what reads its output.

Unlike `shell_words` this reader is strict: it is for finding out that a value can't be executed. Whatever
it doesn't know exactly (functions, aliases, `eval`, here-documents, arithmetic, names of commands that are
expanded) makes the whole text one that isn't understood. Names of commands then mean what they mean to
every shell, and all that is written to a pipe is read by a command that is known.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

from ..support.record import NamedTuple
from ..support.regex import lazily
from .strict_words import NotUnderstoodError, Word, WordReader

OTHER = -1  # what reads an output, where it is no simple command
_MAX_CHARACTERS = 20_000
_MAX_DEPTH = 40
# They change what names mean, where output goes, or run what they are given.
_CHANGING = frozenset(
    (".", "alias", "bind", "builtin", "complete", "coproc", "enable", "eval", "exec", "fc", "function",
     "hash", "history", "mapfile", "readarray", "select", "source", "time", "trap", "unalias", "[[")
)  # fmt: skip
# Whatever is expanded in front, it is no name of the shell's.
_PATH = lazily(r"[^{]*/[A-Za-z0-9_.+-]+|\$\{[A-Za-z_][A-Za-z0-9_]*\}/(?:[A-Za-z0-9_.+/-])+")
_ASSIGNMENT = lazily(r"[A-Za-z_][A-Za-z0-9_]*=")
_REDIRECTION = lazily(r"[0-9]*(<<|<\(|>\(|<>|<&|>&|>>|>\||<|>)")
_COMPOUNDS = frozenset(("{", "if", "while", "until", "for", "case"))
_HARMLESS_TARGETS = frozenset(("/dev/null", "/dev/stderr", "/dev/stdout", "/dev/tty"))


class Call(NamedTuple):
    """A simple command. `targets`: of redirections. `readers`: the numbers of the calls that its output
    goes through. `files`: what else its output goes to, as written. `within`: where the command substitution
    opens whose command this is, else -1; `quoted`: whether that stands in double quotes."""

    assignments: tuple[Word, ...]
    words: tuple[Word, ...]
    targets: tuple[Word, ...]
    readers: tuple[int, ...]
    files: tuple[str, ...]
    within: int
    quoted: bool

    def has(self, position: int) -> bool:
        return any(word.has(position) for word in (*self.assignments, *self.words, *self.targets))


@lru_cache(maxsize=256)
def calls(text: str) -> tuple[Call, ...] | None:
    """The commands of a shell text, those of substitutions before the ones around them; None if it isn't
    understood."""
    if len(text) > _MAX_CHARACTERS:
        return None
    try:
        return _Reader(text).read()
    except NotUnderstoodError:
        return None


class _Draft:
    """A call that is being read."""

    def __init__(self) -> None:
        self.assignments: list[Word] = []
        self.words: list[Word] = []
        self.targets: list[Word] = []
        self.readers: list[int] = []
        self.files: list[str] = []
        self.within = -1
        self.quoted = False

    def done(self) -> Call:
        return Call(
            tuple(self.assignments), tuple(self.words), tuple(self.targets), tuple(self.readers),
            tuple(self.files), self.within, self.quoted,
        )  # fmt: skip


class _Reader(WordReader):
    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._depth = 0
        self._drafts: list[_Draft] = []

    def read(self) -> tuple[Call, ...]:
        self._list(())
        if self._at < len(self._text):
            raise NotUnderstoodError
        return tuple(draft.done() for draft in self._drafts)

    # Lists and compound commands

    def _list(self, stops: tuple[str, ...]) -> None:
        """Commands up to one of `stops`: a reserved word, or a character that closes."""
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise NotUnderstoodError
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
            raise NotUnderstoodError
        if self._text.startswith("(", self._at):
            self._at += 1
            self._list((")",))
            self._expect(")")
        elif word in _COMPOUNDS:
            self._at += len(word)
            self._compound(word)
        else:
            return self._simple()
        around = _Draft()
        while self._redirection(around):
            pass
        for draft in self._drafts[first:]:
            draft.files += around.files
        around.words = []
        self._drafts.append(around)
        return OTHER

    def _compound(self, word: str) -> None:
        match word:
            case "if":
                self._if()
            case "while" | "until":
                self._while()
            case "for":
                self._for()
            case "case":
                self._case()
            case _:
                self._group()

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
                raise NotUnderstoodError

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
                raise NotUnderstoodError
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
            raise NotUnderstoodError
        _check(draft.words)
        self._drafts.append(draft)
        return len(self._drafts) - 1

    def _redirection(self, draft: _Draft) -> bool:
        self._skip(" \t")
        match = _REDIRECTION.match(self._text, self._at)
        if match is None:
            return False
        if match[1] in ("<<", "<(", ">("):
            raise NotUnderstoodError
        self._at = match.end()
        self._skip(" \t")
        target = self._word()
        draft.targets.append(target)
        harmless = ("1", "2", "-") if match[1] == ">&" else _HARMLESS_TARGETS
        if ">" in match[1] and target.text not in harmless:
            draft.files.append(f"&{target.text}" if match[1] == ">&" else target.text)
        return True

    def _substituted(self, start: int, end: str, *, quoted: bool) -> None:
        first = len(self._drafts)
        self._list((end,))
        self._expect(end)
        for draft in self._drafts[first:]:
            if draft.within < 0:
                draft.within, draft.quoted = start, quoted


def _check(words: list[Word]) -> None:
    """Only commands by their names, none of which changes what others mean."""
    own = words
    while own and own[0].text == "command":
        own = own[1:]
    is_path = bool(own) and own[0].whole and _PATH.fullmatch(own[0].text) is not None
    if own and not is_path and (not own[0].literal or own[0].text in _CHANGING):
        raise NotUnderstoodError
    if own and own[0].text == "set":
        for before, word in pairwise(own):
            if word.text[:1] not in ("-", "+") and not re.fullmatch(r"[-+]\w*o", before.text):
                raise NotUnderstoodError
