"""Colour and width of the output, decided once from the stream and the user's choice."""

from __future__ import annotations

import os
from collections.abc import Mapping

from ...compiler.support.record import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import IO, Literal

    Paint = Literal["bold", "dim", "red", "green", "yellow", "cyan"]
else:
    Paint = str

_CODES: dict[Paint, str] = {
    "bold": "1",
    "dim": "2",
    "red": "31",
    "green": "32",
    "yellow": "33",
    "cyan": "36",
}
_DEFAULT_WIDTH = 100


class Style(NamedTuple):
    """How to write: with colour or plain, in UTF-8 or ASCII, for a width in characters. `columns`: of the terminal,
    which lines are to fit; None where there is none, and nobody is to put lines together again."""

    color: bool = False
    unicode: bool = False
    width: int = _DEFAULT_WIDTH
    columns: int | None = None

    def paint(self, text: str, name: Paint) -> str:
        """`text` in a colour or weight of `_CODES`."""
        return f"\x1b[{_CODES[name]}m{text}\x1b[0m" if self.color and text else text

    @property
    def dash(self) -> str:
        return "·" if self.unicode else "-"


def style_for(stream: IO[str], choice: str, environment: Mapping[str, str]) -> Style:
    """The style for a stream; `choice` is auto, always or never. NO_COLOR counts as never (no-color.org)."""
    terminal = stream.isatty()
    auto = terminal and not environment.get("NO_COLOR") and environment.get("TERM") != "dumb"
    columns = _columns(stream) if terminal else None
    encoding = (getattr(stream, "encoding", "") or "").lower().replace("-", "")
    return Style(
        choice == "always" or (choice == "auto" and auto),
        terminal and encoding == "utf8",
        columns or _DEFAULT_WIDTH,
        columns,
    )


def _columns(stream: IO[str]) -> int | None:
    try:
        return os.get_terminal_size(stream.fileno()).columns or None
    except OSError:
        return None
