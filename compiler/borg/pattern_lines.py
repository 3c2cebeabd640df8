"""One line of a Borg pattern file: what it says, and why Borg would refuse it.

Measured with Borg 1.2.4 and 1.4.5, which agree: a letter, blanks or none, and a value that may begin
with a style. Whatever Borg refuses ends `borg create` before it looks at a single file.
"""

from __future__ import annotations

from ..support.record import NamedTuple
from ..support.regex import lazily

STYLES = ("fm", "sh", "re", "pp", "pf")
ROOTS, STYLE_LINES, RULES = "Rr", "Pp", "+-!"
TYPES = ROOTS + STYLE_LINES + RULES
DEFAULT_STYLE = "sh"
_NAMES_A_STYLE = lazily(r"([^\W_]{2}):")  # two letters or digits of any script


class Line(NamedTuple):
    """`letter`: what kind of line it is. `style`: what stands before the value's colon, else empty."""

    letter: str
    style: str
    value: str

    def __str__(self) -> str:
        return (
            f"{self.letter} {self.style}:{self.value}"
            if self.style
            else f"{self.letter} {self.value}"
        )


def parsed(text: str) -> Line:
    """A line that is neither blank nor a comment; only a rule's value can name a style."""
    letter, value = text[:1], text[1:].strip()
    if letter in RULES:
        match = _NAMES_A_STYLE.match(value)
        if match:
            return Line(letter, match[1], value[match.end() :])
    return Line(letter, "", value)


def refusal(line: Line, style: str) -> str:
    """Why Borg refuses a line, where `style` is that of values that name none; empty if it takes it."""
    if line.letter not in TYPES:
        return f"a pattern starts with its type, and `{line.letter}` is not one"
    if not (line.value or line.style):
        return f"`{line.letter}` is followed by nothing"
    if line.letter in STYLE_LINES:
        return "" if line.value in STYLES else f"`{line.value}` is not a style"
    if line.letter in ROOTS:
        return "a path can't contain a null character" if "\0" in line.value else ""
    style = line.style or style
    if style not in STYLES:
        return f"`{style}:` is not a style"
    return _wrong_expression(style, line.value)


def _wrong_expression(style: str, value: str) -> str:
    if style == "re":
        from .shell_patterns import compiled

        found = compiled(value)
        return (
            f"`{value}` is not a valid regular expression: {found}"
            if isinstance(found, str)
            else ""
        )
    if style == "sh" and "[" in value:  # nothing else of it can go wrong
        from .shell_patterns import compiled, expression

        found = compiled(expression(value))
        return f"`{value}` is not a valid shell pattern: {found}" if isinstance(found, str) else ""
    return ""
