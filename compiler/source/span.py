"""Where in a file something was written."""

from __future__ import annotations

from ..support.record import NamedTuple


class Span(NamedTuple):
    """A stretch of text. Lines and columns count from 1, columns in characters; the end is exclusive.

    A file that could not be read, or a problem with a file as a whole, is line 1, column 1.
    """

    file: str
    line: int = 1
    column: int = 1
    end_line: int = 1
    end_column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class Text(NamedTuple):
    """A text that stands somewhere."""

    text: str
    span: Span


COMMAND_LINE = Span("<command line>")
ADDRESS = "borgplan:"  # how a comment in a file begins that is for borgplan
