"""What commands take and give back: mounts, stopped services, snapshots, dumps, anything with a name.

Read from their texts by the two tables in `pairs.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from ..plan.claims import Pair
from ..shell.behind import behind
from ..shell.compose import compose, may_be_same, service_of
from ..shell.lexer import SPEAKING, Words, program, simple_commands
from ..support.record import NamedTuple
from ..support.regex import lazily
from .pairs import COMPOSE, FAMILIES, PAIRS

_MAX_NAMING = 1000  # characters of a command that is read for names of its own


class PairClaim(NamedTuple):
    """One side of a pair: one thing that a command takes (`taking`) or gives back; of an either-way pair, one side is called
    taking."""

    pair: Pair
    what: str
    taking: bool

    @property
    def word(self) -> str:
        """Claims that undo one another share a word: a name without folders, empty if it isn't known."""
        if self.pair.exact:
            return self.what
        if self.pair is COMPOSE:
            return service_of(self.what)
        return "" if _DYNAMIC.search(self.what) else _plain(self.what).rpartition("/")[2]

    @property
    def words(self) -> list[str]:
        """Of what may undo this claim, the possible words."""
        if self.pair.exact:
            return [self.what]
        if self.pair is COMPOSE:
            return ["", self.word]
        return list(dict.fromkeys(["", *_plain(self.what).split("/")]))

    def undone_by(self, later: PairClaim) -> bool:
        """Whether `later` gives back what this one took."""
        if self.pair is not later.pair or self.taking is later.taking:
            return False
        if not (self.taking or self.pair.either):
            return False
        if self.pair.exact:
            return self.what == later.what
        same = may_be_same if self.pair is COMPOSE else _same
        return same(self.what, later.what)


_SIDES = {
    word: (pair, taking)
    for pair in FAMILIES
    for taking, words in ((True, pair.takes), (False, pair.gives))
    for word in words
}
_PART = lazily(r"[a-z]+", re.IGNORECASE)
_WHEN = lazily(r"on[-_.]?(?:err|fail|success|exit|change|boot)", re.IGNORECASE)  # no switch
_DYNAMIC = lazily(r"[$`*?]")
_SUBSTITUTION = lazily(r"\$\(([^()]*)\)")
_UNREADABLE = lazily(r"`|\$\(|<\(|>\(|<<")
# What these do can't be seen by anybody else.
_ASKING = frozenset(
    ("true", "false", ":", "test", "[", "sleep", "exit", "date", "hostname", "whoami", "id", "uname",
     "pwd", "cd", "set", "export", "df", "du", "free", "uptime", "findmnt", "mountpoint")
)  # fmt: skip
_WRITING = frozenset(("-o", "-O", "--output", "--remote-name"))


@lru_cache(maxsize=4096)
def claims(text: str, own: tuple[Pair, ...] = ()) -> tuple[PairClaim, ...]:
    """Everything that a shell text takes or gives back, without what it does both of itself.

    `own`: a plan's pairs, beside those that everybody has.
    """
    lowered = text.lower()
    if not any(word in lowered for word in _signs(own)):
        return ()
    found: dict[PairClaim, None] = {}
    for words in simple_commands(text):
        if program(words[0]) not in SPEAKING:
            found.update(dict.fromkeys(claims_of(words, own)))
    return tuple(
        claim
        for claim in found
        if not any(claim.undone_by(other) or other.undone_by(claim) for other in found)
    )


def claims_of(words: Words, own: tuple[Pair, ...] = ()) -> list[PairClaim]:
    """Everything that a simple command takes or gives back. See `claims`."""
    services = compose(words)
    if services is not None:
        return [PairClaim(COMPOSE, service, services[0]) for service in services[1]]
    return list(_of_forms(words, own)) or list(_of_names(behind(words, inside=False)))


Thing = tuple[str, str]  # the pair's name, and what it is


def touched(text: str) -> tuple[Thing, ...] | None:
    """All things that a shell text is about; None where that can't be told from the text."""
    found: list[Thing] = []
    for inner in _SUBSTITUTION.findall(text):
        things = touched(inner)
        if things is None:
            return None
        found += things
    text = _SUBSTITUTION.sub("", text)
    if _UNREADABLE.search(text):
        return None
    for words in simple_commands(text):
        if program(words[0]) in SPEAKING | _ASKING and not _WRITING.intersection(words):
            continue
        claimed = [(claim.pair.name, claim.what) for claim in _of_forms(words)]
        if not claimed:
            return None
        found += claimed
    return tuple(found)


def same_thing(one: Thing, other: Thing) -> bool:
    """Whether two things may be the same, as far as texts tell; paths also below one another."""
    if one[0] != other[0] and not ("/" in one[1] and "/" in other[1]):
        return False
    return _same(one[1], other[1]) or _same(other[1], one[1])


@lru_cache(maxsize=8)
def _signs(own: tuple[Pair, ...]) -> frozenset[str]:
    """One of these, in any case, is in every text with a claim; others needn't be read further."""
    forms = (form for pair in (*PAIRS, *own) for form in (*pair.takes, *pair.gives))
    programs = {word.lower() for form in forms for word in form.split()[0].split("|")}
    return frozenset(programs | _SIDES.keys())


class _Form(NamedTuple):
    """One form of a pair: the programs it may begin with, and what follows."""

    pair: Pair
    taking: bool
    programs: frozenset[str]
    rest: Words


@lru_cache(maxsize=8)
def _forms(own: tuple[Pair, ...]) -> dict[str, list[tuple[int, _Form]]]:
    """By the programs that they may begin with, each with its number."""
    found: list[_Form] = []
    for pair in (*PAIRS, *own):
        for taking, forms in ((True, pair.takes), (False, pair.gives)):
            for form in forms:
                programs, *rest = form.split()
                found.append(_Form(pair, taking, frozenset(programs.split("|")), tuple(rest)))
    by_program: dict[str, list[tuple[int, _Form]]] = {}
    for number, of_pair in enumerate(found):
        for name in of_pair.programs:
            by_program.setdefault(name, []).append((number, of_pair))
    return by_program


def _of_forms(words: Words, own: tuple[Pair, ...] = ()) -> Iterator[PairClaim]:
    programs = [program(word) for word in words]
    forms = _forms(own)
    fitting = {number: form for name in programs for number, form in forms.get(name, ())}
    for _, form in sorted(fitting.items(), key=lambda item: item[0]):
        unless = form.pair.unless
        if not (unless and any(unless in word for word in words)):
            for what in _match(form, words, programs):
                yield PairClaim(form.pair, what, form.taking)


def _match(form: _Form, words: Words, programs: list[str]) -> list[str]:
    """What the form's placeholders stand for in a command; empty if it has another form.

    The program may stand behind others, as in `sudo umount /mnt`.
    """
    for at, name in enumerate(programs):
        if name in form.programs:
            if name == ">":
                return list(words[at + 1 : at + 2])
            piped = ("$",) if "xargs" in programs[:at] else ()  # what is on its input, nobody knows
            found = _bind(form.rest, (*words[at + 1 :], *piped))
            if found is not None:
                return found or [""]
    return []


def _bind(form: Words, words: Words) -> list[str] | None:
    """The values of the placeholders, or None where the words don't fit."""
    if not form:
        return []
    wanted, rest = form[0], form[1:]
    if wanted.startswith("{"):
        return _bind_name(wanted, rest, words)
    if _is_option(wanted):
        for at, word in enumerate(words):
            if word == wanted:
                values = [w for w in words[at + 1 :] if not _is_option(w)]
                return (values if rest[0].endswith("...}") else values[:1]) or None
            if word.startswith(f"{wanted}="):
                return [word.partition("=")[2]]
        return None
    place = _place_of(wanted.split("|"), words)
    return None if place is None else _bind(rest, words[place + 1 :])


def _bind_name(wanted: str, rest: Words, words: Words) -> list[str] | None:
    arguments = [at for at, word in enumerate(words) if _tells(word)]
    if not arguments:
        return None
    if wanted.endswith("...}"):
        return [words[at] for at in arguments]
    if rest:
        later = _bind(rest, words[arguments[0] + 1 :])
        return None if later is None else [words[arguments[0]], *later]
    # What stands right behind an option may be its value, as in `mount HOST:/x /mnt -o ro`.
    sure = [at for at in arguments if at == 0 or not _is_option(words[at - 1])]
    return [words[(sure or arguments)[-1]]]


def _place_of(wanted: list[str], words: Words) -> int | None:
    """Where a word stands, with nothing but options and what may be their values before it."""
    for at, word in enumerate(words):
        if word in wanted:
            return at
        if not (_is_option(word) or (at > 0 and _is_option(words[at - 1]))):
            return None
    return None


def _of_names(words: Words) -> Iterator[PairClaim]:
    """A claim for each word that has an opposite; the other words say which thing it is about."""
    if sum(map(len, words)) > _MAX_NAMING:
        return  # so many words name no one thing
    for place, word in enumerate(words):
        name = program(word)
        if " " in word or (_is_option(word) and not word.startswith("--")):
            continue  # commands within a word have been taken out of it
        for part in _PART.finditer(name):
            if part[0].lower() in _SIDES and not _WHEN.match(name, part.start()):
                pair, taking = _SIDES[part[0].lower()]
                folder = word[: len(word) - len(name)]
                shape = f"{folder}{name[: part.start()]}*{name[part.end() :]}"
                others = (words[:place], (shape,), words[place + 1 :])
                what = " ".join(w for some in others for w in some if w is shape or _tells(w))
                yield PairClaim(pair, what, taking)


def _tells(word: str) -> bool:
    """Whether a word can say which thing a command is about; options and numbers mostly say how."""
    return not (_is_option(word) or word.isdigit())


def _is_option(word: str) -> bool:
    return word.startswith("-")


def _same(taken: str, given: str) -> bool:
    """Whether what is given back is what was taken, as far as texts tell.

    A volume may be named with its folder or without; who removes a folder removes what is in it.
    """
    if _DYNAMIC.search(taken) or _DYNAMIC.search(given):
        begin, end = _DYNAMIC.split(taken)[0], _DYNAMIC.split(given)[0]
        return begin.startswith(end) or end.startswith(begin)
    one, other = _plain(taken), _plain(given)
    return (
        one == other
        or one.endswith(f"/{other}")
        or other.endswith(f"/{one}")
        or one.startswith(f"{other}/")
    )


def _plain(what: str) -> str:
    return what.rstrip("/").removesuffix(".service")
