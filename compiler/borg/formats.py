"""Borg's placeholders in names of archives, filters, comments and locations: `{hostname}`, `{now:%Y}`.

Measured with Borg 1.2.4 and 1.4.5: a name and a format of Python's, no attributes, indexes or
conversions; `{{` and `}}` are braces. Borg refuses a text with any other.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..support.record import NamedTuple
from ..support.regex import lazily
from .versions import Version

TIMES = frozenset({"now", "utcnow"})
# What is another text in the next run, beside times.
PASSING = TIMES | {"pid", "unixtime", "uuid4"}
OF_BORG = frozenset({"borgversion", "borgmajor", "borgminor", "borgpatch"})
LASTING = frozenset({"hostname", "fqdn", "reverse-fqdn", "user"})
UNIXTIME = "1.4.1"  # the release that `{unixtime}` came with

_PIECE = lazily(r"(\{\{|\}\})|\{([^{}:!]*)(![^{}:]*)?(?::([^{}]*))?\}|([{}])|([^{}]+)")
_LONG_NUMBER = lazily(r"\d{4}")


class Piece(NamedTuple):
    """A part of a format: `text` as it stands, or with `field` a placeholder of that name and `spec`.

    `problem`: why Borg refuses it.
    """

    text: str
    field: str = ""
    spec: str = ""
    problem: str = ""


def pieces(text: str) -> Iterator[Piece]:
    """The parts of a format; braces that are doubled are single ones in `text`."""
    for match in _PIECE.finditer(text):
        brace, field, conversion, spec, lone, plain = match.groups()
        if plain is not None or brace:
            yield Piece(plain if plain is not None else brace[0])
        elif lone:
            yield Piece(lone, problem=f"an unmatched `{lone}`")
        elif conversion or not field:
            yield Piece(match[0], problem=f"`{match[0]}` is not a placeholder of Borg")
        else:
            yield Piece(match[0], field, spec or "")


def refusal(text: str, version: Version | None) -> str:
    """Why Borg refuses a text with placeholders; empty if it doesn't. `version`: None if unknown."""
    if "{" not in text and "}" not in text:
        return ""
    return next((found for piece in pieces(text) if (found := _problem(piece, version))), "")


def _problem(piece: Piece, version: Version | None) -> str:
    if piece.problem or not piece.field:
        return piece.problem
    field = piece.field
    if field == "unixtime" and version is not None and not version.knows(UNIXTIME):
        return f"`{{unixtime}}` needs Borg {UNIXTIME} or later; this is {version}"
    if field not in PASSING | OF_BORG | LASTING:
        from ..source.diagnostic import did_you_mean

        near = did_you_mean(field, sorted(PASSING | OF_BORG | LASTING))
        return f"`{{{field}}}` is not a placeholder of Borg" + (f"; {near}" if near else "")
    if field not in TIMES and piece.spec and not _formats(field, piece.spec):
        return f"`{piece.text}`: `{piece.spec}` is not a format of `{field}`"
    return ""


def _formats(field: str, spec: str) -> bool:
    """Whether Python takes a format; a width of thousands isn't tried."""
    if _LONG_NUMBER.search(spec):
        return True
    value: str | int = 1 if field in ("pid", "unixtime") else "x"
    try:
        format(value, spec)
    except (ValueError, OverflowError):
        return False
    return True
