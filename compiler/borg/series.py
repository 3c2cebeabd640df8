"""The archives that one name format makes, as a shell pattern for Borg, and whether two patterns can meet.

A filter for the archives of a file should fit all that the format has ever named, and none of another
series: `{hostname}-*` of the host `vm` fits `vm-2-2026-01-01` too, and prune deletes what it fits.
"""

from __future__ import annotations

from functools import lru_cache

from ..support.regex import lazily
from .formats import OF_BORG, PASSING, TIMES, pieces

_DIGIT = "[0-9]"
_DATE = "%Y-%m-%d"
_DEFAULT_TIME = f"{_DATE}T%H:%M:%S"
# strftime's directives with a fixed number of digits; all others become `*`.
_DIGITS = {
    **dict.fromkeys("mdHMSyIUWVgC", 2), **dict.fromkeys("uw", 1),
    "Y": 4, "G": 4, "j": 3, "f": 6, "s": 10,
}  # fmt: skip
_LONGER = {"F": _DATE, "T": "%H:%M:%S", "R": "%H:%M"}
_LITERAL = {"%": "%", "n": "\n", "t": "\t"}
_DIRECTIVE = lazily(r"%([-_0^#EO]*.)|([^%]+)|%")
_UUID = "-".join("[0-9a-f]" * number for number in (8, 4, 4, 4, 12))
_TOKEN = lazily(r"(?s)\{\{|\}\}|\{[^{}]*\}|\[!?[^\]!][^\]]*\]|\[!?\][^\]]*\]|.")
_NEVER_AGAIN = PASSING - TIMES
_ASCII = frozenset(map(chr, range(128)))
_SEPARATORS = "-_. "
_LONGEST_COMPARED = 2000


@lru_cache(maxsize=64)
def series(name: str) -> str:
    """A pattern for the archives that a name format makes, those of other days included.

    Placeholders that stay the same (`{hostname}`) are left for Borg to fill in.
    """
    return "".join(
        _changing(piece.field, piece.spec)
        if piece.field in PASSING | OF_BORG
        else piece.text
        if piece.field
        else _literal(piece.text)
        for piece in pieces(name)
    )


def _literal(text: str) -> str:
    """Text that stands for itself, both in a shell pattern and among placeholders."""
    escaped = "".join(f"[{letter}]" if letter in "*?[" else letter for letter in text)
    return _braces_doubled(escaped)


def _changing(field: str, spec: str) -> str:
    """A part that differs from archive to archive."""
    if field in TIMES:
        return _time(spec or _DEFAULT_TIME)
    if field == "uuid4" and not spec:
        return _UUID
    if field == "unixtime" and not spec:
        return _DIGIT * 10
    return "*" if spec else f"{_DIGIT}*"


def _time(spec: str) -> str:
    parts = []
    for match in _DIRECTIVE.finditer(spec):
        directive, plain = match.groups()
        if plain is not None:
            parts.append(_literal(plain))
        elif directive in _LONGER:
            parts.append(_time(_LONGER[directive]))
        elif directive in _LITERAL:
            parts.append(_LITERAL[directive])
        else:
            parts.append(_DIGIT * _DIGITS.get(directive or "", 0) or "*")
    return "".join(parts)


def fits(pattern: str, name: str) -> bool:
    """Whether a filter can fit an archive that a name format has made; where that is unclear, it can.

    What a placeholder in the filter stands for is filled in when it is used: a time is that of the
    prune, and no archive's.
    """
    if len(pattern) > _LONGEST_COMPARED:
        return True
    for token in _TOKEN.findall(pattern):
        field = token[1:-1].partition(":")[0]
        if field in _NEVER_AGAIN or (field in TIMES and token in name):
            return False
    return can_meet(pattern, series(name))


def neighbour(name: str) -> str:
    """The name format of a series that another machine or file may have: `{hostname}-2-…`, or
    `{now}-2-{hostname}` where what tells them apart stands last. Empty if nothing does."""
    found = list(pieces(name))
    times = [n for n, piece in enumerate(found) if piece.field in PASSING | OF_BORG]
    head, tail = (times[0], times[-1] + 1) if times else (len(found), len(found))
    texts = [piece.text if piece.field else _braces_doubled(piece.text) for piece in found]
    fixed = "".join(texts[:head])
    if base := fixed.rstrip(_SEPARATORS):
        return f"{base}-2{fixed[len(base) :]}{''.join(texts[head:])}"
    if any(text.strip(_SEPARATORS) for text in texts[tail:]):
        return f"{''.join(texts[:tail])}-2{''.join(texts[tail:])}"
    return ""


def _braces_doubled(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def can_meet(one: str, other: str) -> bool:
    """Whether an archive can have a name that fits both patterns.

    A placeholder in both is the same text; one that is in one of them only can be any text.
    """
    if max(len(one), len(other)) > _LONGEST_COMPARED:
        return True
    left, right = _tokens(one), _tokens(other)
    shared = set(left) & set(right)
    return _meet(
        [t if t in shared or not _is_field(t) else "*" for t in left],
        [t if t in shared or not _is_field(t) else "*" for t in right],
    )


def _tokens(pattern: str) -> list[str]:
    return [token[0] if token in ("{{", "}}") else token for token in _TOKEN.findall(pattern)]


def _is_field(token: str) -> bool:
    return token[0] == "{" and len(token) > 1


def _meet(one: list[str], other: list[str]) -> bool:
    """Whether a text fits both; `places` are those in `other` that may be reached, part by part of `one`."""
    places = _past_stars({0}, other)
    for part in one:
        if not places:
            return False
        if part == "*":
            places = set(range(min(places), len(other) + 1))
        else:
            stay = {place for place in places if other[place : place + 1] == ["*"]}
            go = {
                place + 1
                for place in places - stay
                if place < len(other) and _letters(part) & _letters(other[place])
            }
            places = _past_stars(stay | go, other)
    return len(other) in places


def _past_stars(places: set[int], tokens: list[str]) -> set[int]:
    found = set(places)
    for place in places:
        while place < len(tokens) and tokens[place] == "*":
            place += 1
            found.add(place)
    return found


@lru_cache(maxsize=256)
def _letters(part: str) -> frozenset[str]:
    """What a part other than `*` fits: itself, or of a set the letters of ASCII."""
    if part == "?":
        return _ASCII
    if part[0] != "[" or len(part) == 1:
        return frozenset((part,))
    from .shell_patterns import compiled, expression

    found = compiled(expression(part))
    return frozenset() if isinstance(found, str) else frozenset(filter(found.match, _ASCII))
