"""A shell text as its lists (`a && b || c`, between semicolons), and by which commands' failure it fails.

Good enough to judge hooks, never to run them: functions and loops are not followed.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from ..support.record import NamedTuple
from ..support.regex import lazily
from .behind import behind, code
from .lexer import KEYWORDS, MAX_CHARACTERS, Words, placed_words, program

_OPERATOR = lazily(r"&&|\|\||\|&|\||;+|&|[()]")
_ERREXIT = lazily(r"-[a-zA-Z]*e[a-zA-Z]*")
_CONDITIONS = frozenset(("if", "elif", "while", "until"))
_CLOSING = frozenset(("fi", "done", "esac", "}", "else", "elif"))
# What ends well whatever it is given.
_SURE = frozenset(("echo", "printf", "true", ":", "sleep", "logger", "continue", "break"))
_DEEPEST = 5
# What `$(…)` holds is no command of the list: its signs are hidden while that is read.
_SUBSTITUTION = lazily(r"\$\([^()]*\)")
_SIGNS = "()|&;<> \n"
_HIDDEN = {ord(sign): chr(0xE000 + number) for number, sign in enumerate(_SIGNS)}
_SHOWN = {0xE000 + number: sign for number, sign in enumerate(_SIGNS)}


class Link(NamedTuple):
    """One simple command of a list. `joined`: by `&&`, `||`, `|`, or `;` within `{ … }` and `( … )`; empty for
    the first. `keywords`: such as stood before it. `start` and `end`: where it stands in the text. `target`:
    where its output goes."""

    joined: str
    keywords: Words
    words: Words
    start: int
    end: int
    target: str


class Chain(NamedTuple):
    """One list. `background`: nobody waits for it."""

    links: tuple[Link, ...]
    background: bool

    @property
    def alternatives(self) -> list[tuple[Link, ...]]:
        """Its parts between `||`: the next one runs if those before it have failed."""
        parts: list[list[Link]] = [[]]
        for link in self.links:
            if link.joined == "||":
                parts.append([])
            parts[-1].append(link)
        return [tuple(part) for part in parts]


def chains(text: str) -> tuple[Chain, ...]:
    """The lists of a text in order; empty for one that is too long to be a command."""
    if len(text) > MAX_CHARACTERS:
        return ()
    for _ in range(_DEEPEST if "$(" in text else 0):
        text = _SUBSTITUTION.sub(lambda match: match[0].translate(_HIDDEN), text)
    return tuple(_Reader(text).read())


class _Reader:
    """Gathers words to links and links to chains."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._links: list[Link] = []
        self._words: list[str] = []
        self._keywords: list[str] = []
        self._joined = ""
        self._start = self._end = 0
        self._target = ""
        self._depth = 0  # of groups

    def read(self) -> Iterator[Chain]:
        redirection = ""
        for at, word in placed_words(self._text):
            quoted = self._text[at] in "\"'\\"
            if redirection:
                if ">" in redirection and "&" not in redirection:
                    self._target = word
                self._end = at + len(word)
                redirection = ""
            elif word == "\n" and not quoted:
                yield from self._operator("\n")
            elif quoted or word.strip("();<>|&"):
                self._word(at, word)
            elif "<" in word or ">" in word:
                is_number = self._words[-1:] in (["1"], ["2"]) and self._end == at
                descriptor = self._words.pop() if is_number else "1"
                redirection = word if descriptor == "1" else f"{word}&"
            else:
                for operator in _OPERATOR.findall(word):
                    yield from self._operator(operator)
        self._depth = 0
        yield from self._operator(";")

    def _word(self, at: int, token: str) -> None:
        if not self._words and token in KEYWORDS:
            self._keywords.append(token)
            self._depth += {"{": 1, "}": -1}.get(token, 0)
            return
        if not self._words:
            self._start = at
        self._words.append(token.translate(_SHOWN))
        self._end = at + len(token)

    def _operator(self, operator: str) -> Iterator[Chain]:
        if self._words or set(self._keywords) - {"}"}:
            self._links.append(
                Link(
                    self._joined if self._links else "",
                    tuple(self._keywords),
                    tuple(self._words),
                    self._start,
                    self._end,
                    self._target,
                )
            )
            self._words, self._keywords, self._joined, self._target = [], [], "", ""
        if operator in "()":
            self._depth += 1 if operator == "(" else -1
        elif operator in ("&&", "||", "|", "|&"):
            self._joined = "|" if operator == "|&" else operator
        elif self._links and not self._joined and self._depth > 0 and operator != "&":
            self._joined = ";"
        elif self._links and self._joined in ("", ";"):
            self._joined = ""
            yield Chain(tuple(self._links), background=operator == "&")
            self._links = []


def deciding(text: str, depth: int = 0) -> Iterator[Words]:
    """The simple commands of a text by whose failure alone it would fail, without what surrounds them.

    One whose failure `|| true` or a later command covers is none of them.
    """
    if depth > _DEEPEST:
        return
    found_chains = chains(text)
    for condition, branch in pairwise(found_chains):
        if _asks_for_failure(condition, branch):
            yield from (words for link in condition.links if (words := behind(link.words)))
    strict = any(_stops_at_failures(link) for chain in found_chains for link in chain.links)
    for chain in _that_count(found_chains, strict=strict):
        *others, last = chain.alternatives
        if _ends_badly(last):
            found = [link for part in others for link in part] or list(last)
        elif others or _ends_well(last):
            continue
        else:
            found = list(last)
        for link, follower in zip(found, [*found[1:], None], strict=True):
            words = behind(link.words)
            if follower is not None and follower.joined in (("|",) if strict else ("|", ";")):
                continue
            inner = code(words)
            if inner is not None:
                yield from deciding(inner, depth + 1)
            elif words:
                yield words


def _asks_for_failure(condition: Chain, branch: Chain) -> bool:
    """Whether it is `if ! a; then exit 1`."""
    negated = {"if", "!"} <= set(condition.links[0].keywords)
    return negated and "then" in branch.links[0].keywords and _ends_badly(branch.alternatives[-1])


def _stops_at_failures(link: Link) -> bool:
    """Whether this is `set -e`."""
    words = link.words
    return words[:1] == ("set",) and any(
        _ERREXIT.fullmatch(word) or word == "errexit" for word in words[1:]
    )


def _that_count(found: tuple[Chain, ...], *, strict: bool) -> Iterator[Chain]:
    """Those whose end can be the end of the text: the last one, or `strict`ly all."""
    for number, chain in enumerate(found):
        first = chain.links[0]
        is_last = all(_closes(later) for later in found[number + 1 :])
        branch = number + 1 < len(found) and _closes(found[number + 1], branches=True)
        if chain.background or _CONDITIONS.intersection(first.keywords):
            continue
        if strict or is_last or (branch and _is_closed(found)):
            yield chain


def _closes(chain: Chain, *, branches: bool = False) -> bool:
    """Whether a list is only the end of a compound command, or with `branches` begins another branch."""
    first = chain.links[0]
    closing = bool(_CLOSING.intersection(first.keywords)) or first.words[:1] == ("esac",)
    return closing and (branches or (len(chain.links) == 1 and not first.words))


def _is_closed(found: tuple[Chain, ...]) -> bool:
    return _closes(found[-1])


def _ends_well(links: tuple[Link, ...]) -> bool:
    """Whether these commands succeed whatever happens."""
    return all(_is_sure(behind(link.words)) for link in links)


def _is_sure(words: Words) -> bool:
    if not words:
        return True
    return program(words[0]) in _SURE or words[:2] in (("exit", "0"), ("return", "0"))


def _ends_badly(links: tuple[Link, ...]) -> bool:
    """Whether these commands end in a failure of their own making: `exit 1`, `false`."""
    words = links[-1].words
    if words[:1] in (("exit",), ("return",)):
        return len(words) == 1 or words[1] != "0"
    return words[:1] == ("false",)
