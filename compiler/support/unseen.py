"""Characters that a reader doesn't see, or that make a line look like another one.

Control characters, formatting characters (the bidirectional ones above all: with them a line can be shown in
an order in which it isn't read), spaces that are none to a shell, line separators, fillers and variation
selectors, and what isn't assigned. `str.isprintable` knows most of them; Unicode counts the rest as letters
and marks.
"""

from __future__ import annotations

# Letters, marks and symbols of Unicode without a shape of their own: its property Default_Ignorable_Code_Point as
# far as `isprintable` takes them for visible, and the two blanks that are drawn as nothing.
_BLANK = (
    (0x034F, 0x034F), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x2800, 0x2800),
    (0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFFA0, 0xFFA0), (0x1D159, 0x1D159), (0xE0000, 0xE0FFF),
)  # fmt: skip
_JOINERS = frozenset("\u200c\u200d\ufe0e\ufe0f")  # part of words in some scripts, and of emoji


def is_unseen(character: str) -> bool:
    """Whether a character doesn't show what it is. A tab and a line's end do."""
    if " " <= character <= "~":
        return False
    if not character.isprintable():
        return character not in "\t\n"
    number = ord(character)
    return any(low <= number <= high for low, high in _BLANK)


def escape(character: str) -> str:
    """A character as it would be written in a text: `\\x1b`, `\\u202e`, `\\U000e0041`."""
    number = ord(character)
    if number < 0x100:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def visible(line: str) -> str:
    """A line with all that isn't seen written as an escape, except tabs."""
    if line.isascii() and line.isprintable():
        return line
    return "".join(
        escape(letter) if letter == "\n" or is_unseen(letter) else letter for letter in line
    )


def misleading(line: str) -> int | None:
    """Where the first character of a line is that nobody writes on purpose; None if there is none.

    What joins letters of a script, or makes an emoji of a sign, is there on purpose where one is before it.
    """
    if line.isascii():
        return None
    for place, letter in enumerate(line):
        if not letter.isascii() and is_unseen(letter):
            if letter in _JOINERS and place and not line[place - 1].isascii():
                continue
            return place
    return None
