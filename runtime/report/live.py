"""The block at the bottom of a terminal, drawn by a thread of its own a few times a second.

Loaded only where somebody watches a terminal.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Sequence

from ...compiler.shell.printable import printable
from ...compiler.support.record import TYPE_CHECKING
from .columns import columns_of, cut, shortened
from .live_lines import Running, amounts, clock, doing, label, pace, share
from .live_writer import LiveWriter
from .style import Style
from .watching import Watch

if TYPE_CHECKING:
    from typing import Literal

    from .style import Paint

    # Texts of one line, each with its colour.
    Row = list[tuple[str, Paint | Literal[""]]]

_EVERY = 0.25  # seconds between frames: enough for eyes, and next to nothing for the processor
_FIRST = 0.5  # seconds in which a short run is over
_NARROWEST, _LOWEST = 30, 6  # columns and lines of a terminal that has room for a block
_SPARE = 3  # lines of the terminal that are no part of it
_WIDEST_BAR = 24
_INDENT = "  "


class Live:
    """From the beginning of a run to `close`."""

    def __init__(self, writer: LiveWriter, watch: Watch, style: Style) -> None:
        self._writer = writer
        self._watch = watch
        self._style = style
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._draw_all, name="live", daemon=True)
        writer.open()
        self._thread.start()

    def close(self) -> None:
        self._ends.set()
        self._writer.end_block()

    def _draw_all(self) -> None:
        if self._ends.wait(_FIRST):
            return
        picture = Picture(self._style)
        while not self._ends.wait(_EVERY):
            columns, lines = _size()
            running = self._watch.running() if columns >= _NARROWEST and lines >= _LOWEST else []
            block = picture.block(running, self._writer.held, columns - 1, lines - _SPARE)
            self._writer.draw(block.encode("utf-8", "backslashreplace"), block.count("\n"))


class Picture:
    """Running steps as lines of a terminal."""

    def __init__(self, style: Style) -> None:
        self._style = style
        self._bar = ("━", "─") if style.unicode else ("#", "-")
        self._more = "…" if style.unicode else "..."

    def block(self, running: Sequence[Running], held: bytes, width: int, height: int) -> str:
        """So many lines of such a width at most; each ends with a newline."""
        rows = self._held(held, width)
        if running:
            rows.append([(self._bar[1] * width, "dim")])
        if len(running) == 1 and not running[0].lane:
            rows += self._alone(running[0], width)
        else:
            room = max(height - len(rows), 1)
            kept = running if len(running) <= room else running[: room - 1]
            names = [self._ends_of(printable(one.lane), max(width // 4, 8)) for one in kept]
            column = max(map(columns_of, names), default=0)
            rows += [
                self._lane(one, name, column, width) for one, name in zip(kept, names, strict=True)
            ]
            if len(kept) < len(running):
                rows.append([(f"{_INDENT}and {len(running) - len(kept)} more", "dim")])
        return "".join(f"{self._drawn(row, width)}\n" for row in rows[:height])

    def _drawn(self, row: Row, width: int) -> str:
        """What fits of it, in its colours."""
        drawn = ""
        for text, paint in row:
            shown = cut(text.replace("\t", " "), width)
            width -= columns_of(shown)
            drawn += self._style.paint(shown, paint) if paint else shown
        return drawn

    def _held(self, held: bytes, width: int) -> list[Row]:
        """A line that a step hasn't ended yet, such as a bar of its own."""
        line = held.decode("utf-8", "replace").rstrip("\r").rpartition("\r")[2]
        return [[(self._ends_of(printable(line), width), "")]] if line else []

    def _alone(self, running: Running, width: int) -> list[Row]:
        rows = [self._head(running, width)]
        what = doing(running)
        is_archive = bool(amounts(running))
        words = pace(running) if is_archive or not what else [what, *pace(running)]
        state: Row = []
        if running.estimate.done is not None:
            state += self._bar_of(running.estimate.done, min(_WIDEST_BAR, width // 4))
            state.append((f" {share(running)}  ", "bold"))
        if words:
            state.append((", ".join(words), ""))
        if state:
            rows.append([(_INDENT, ""), *state])
        if is_archive:
            room = width - len(_INDENT)
            rows.append([(_INDENT + self._fitting(amounts(running), room), "")])
            rows.append([(_INDENT + self._ends_of(what, room), "dim")])
        return rows

    def _head(self, running: Running, width: int) -> Row:
        time = clock(running.seconds)
        title = self._ends_of(f"{label(running)} {printable(running.title)}", width - len(time) - 2)
        gap = " " * max(2, width - columns_of(title) - len(time))
        return [(title, "bold"), (gap, ""), (time, "cyan")]

    def _lane(self, running: Running, name: str, column: int, width: int) -> Row:
        """One line: whose, which step, how long, how far. `column`: the width of all names."""
        gap = " " * (column - columns_of(name) + 2)
        title = running.title if width >= 100 else running.title.partition(" /")[0]
        what = f"{label(running)} {printable(title)}"
        found = amounts(running)
        more = [*found[1:3], *pace(running), *found[:1]] if found else [doing(running)]
        parts = [part for part in (what, clock(running.seconds), share(running), *more) if part]
        return [(name, "bold"), (gap, ""), (self._fitting(parts, width - column - 2), "")]

    def _bar_of(self, done: float, width: int) -> Row:
        full = round(done * width)
        return [(self._bar[0] * full, "cyan"), (self._bar[1] * (width - full), "dim")]

    def _fitting(self, parts: Sequence[str], width: int) -> str:
        """As many of the parts as there is room for."""
        text = ""
        for part in parts:
            longer = f"{text}, {part}" if text else part
            if columns_of(longer) > width:
                return text or self._ends_of(part, width)
            text = longer
        return text

    def _ends_of(self, text: str, width: int) -> str:
        return shortened(text, width, self._more)


def _size() -> tuple[int, int]:
    """Columns and lines of the terminal; none if it is gone."""
    try:
        columns, lines = os.get_terminal_size(sys.stderr.fileno())
    except (OSError, ValueError):
        return 0, 0
    return columns, lines
