"""How many columns of a terminal a text takes, and texts cut to some. Without control characters, see `printable`."""

from __future__ import annotations

from ...compiler.support.regex import lazily

_PAINT = lazily(r"\x1b\[[0-9;]*m")


def columns_of(text: str) -> int:
    """Letters of East Asia and emoji take two, marks upon other letters none, and so do the codes of colours."""
    if "\x1b" in text:
        text = _PAINT.sub("", text)
    return len(text) if text.isascii() else sum(map(_columns_of_letter, text))


def cut(text: str, columns: int) -> str:
    """As much of the beginning of a text without colours as so many columns hold."""
    if text.isascii():
        return text[: max(columns, 0)]
    taken = 0
    for place, letter in enumerate(text):
        taken += _columns_of_letter(letter)
        if taken > columns:
            return text[:place]
    return text


def shortened(text: str, columns: int, mark: str) -> str:
    """A text that is too long without its middle, as paths differ at their ends. `mark` stands for what is left out."""
    if columns_of(text) <= columns:
        return text
    room = max(columns - len(mark), 2)
    first = cut(text, room // 3)
    last = cut(text[::-1], room - columns_of(first))[::-1]
    return f"{first}{mark}{last}"


def _columns_of_letter(letter: str) -> int:
    if letter.isascii():
        return 1
    from unicodedata import category, east_asian_width

    if category(letter) in ("Mn", "Me"):
        return 0
    return 2 if east_asian_width(letter) in "WF" else 1
