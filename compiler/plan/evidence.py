"""How to find out whether a command did its work, where nobody saw its end."""

from __future__ import annotations

from ..support.record import NamedTuple
from .words import Listed, Word


class Evidence(NamedTuple):
    """How to find out whether a command did its work that nobody saw the end of.

    `argv` prints a line for each of the newest archives: the machine that made it, when it was begun
    (ISO 8601, without a zone in local time) and its name, between tabs. `names`: a shell pattern that
    the names of the command's own archives fit.
    """

    argv: tuple[str, ...]
    names: str


class Product(NamedTuple):
    """What a command has to leave at `path`: a file that isn't empty, or a folder with such a file somewhere below it.
    `each`: one for each of these names, which stand for `EACH` in its path."""

    path: Word
    each: Listed | None = None
