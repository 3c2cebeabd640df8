"""The lines of a rewritten file, put together: sections opened, hooks collected below `commands:`."""

from __future__ import annotations

from ..support.record import NamedTuple
from ..syntax.nodes import Sequence
from .layout import Header, Layout, Part, after_key
from .sheet import Sheet, UnableError, shifted


class Entry(NamedTuple):
    """A hook option that becomes an entry of `commands:`; `head`: its keys beside `run`."""

    part: Part
    head: tuple[str, ...]


class Fates(NamedTuple):
    """First lines of options: `dropped` go, `held` stay in their section."""

    dropped: set[int]
    held: set[int]


def assembled(arranged: Layout, sheet: Sheet, fates: Fates, entries: list[Entry], unit: int) -> str:
    """The text. `unit`: columns of indentation."""
    return _Assembly(arranged, sheet, fates, entries, unit).text()


class _Assembly:
    def __init__(
        self, arranged: Layout, sheet: Sheet, fates: Fates, entries: list[Entry], unit: int
    ) -> None:
        self._layout = arranged
        self._sheet = sheet
        self._fates = fates
        self._entries = entries
        self._slots = {entry.part.first: entry for entry in entries}
        self._own = next((p for p in arranged.parts if p.name == "commands"), None)
        self._staying = self._in_place() if self._own is None else []
        self._dash = arranged.column + unit
        if self._own is not None and entries:
            self._dash = self._column_of(self._own)
        self._out: list[str] = []

    def text(self) -> str:
        begun = False
        for block in self._layout.blocks:
            if isinstance(block, Header):
                self._lines(block.above, block.first)
                self._header(block)
            elif block.first in self._fates.dropped:
                self._lines(block.above, block.first)
                self._only_comments(block)
            elif block.first in self._fates.held:
                self._lines(block.above, block.first)
                column = " " * self._layout.column
                self._out.append(f"{column}{block.section}:{self._sheet.newline}")
                for line in range(block.first, block.end):
                    self._put(line, 0)
            elif block.first not in self._slots:
                self._lines(block.above, block.end)
                if block is self._own:
                    self._moved_entries()
            elif self._own is None and not begun:
                self._lines(block.above, self._attached(block))
                self._out.append(" " * self._layout.column + "commands:" + self._sheet.newline)
                begun = True
                self._first_entries(block)
            elif self._slots[block.first] in self._staying:
                self._entry(self._slots[block.first], block.above)
                if self._slots[block.first] is self._staying[-1]:
                    self._moved_entries()
            else:
                self._lines(block.above, self._attached(block))
        self._lines(
            self._layout.blocks[-1].end if self._layout.blocks else 0, len(self._sheet.lines)
        )
        return "".join(self._ended())

    def _first_entries(self, block: Part) -> None:
        if self._staying:
            self._entry(self._staying[0], self._attached(block))
        if len(self._staying) < 2:
            self._moved_entries()

    def _moved_entries(self) -> None:
        for entry in self._entries[len(self._staying) :]:
            self._entry(entry, self._attached(entry.part))

    def _in_place(self) -> list[Entry]:
        """Those at the beginning that need not move: from the first in the file without a gap."""
        places = {
            block.first: number
            for number, block in enumerate(self._layout.blocks)
            if isinstance(block, Part)
        }
        first = min((entry.part.first for entry in self._entries), default=0)
        staying: list[Entry] = []
        for entry in self._entries:
            place = places[entry.part.first]
            follows = staying and place == places[staying[-1].part.first] + 1
            if not follows and (staying or entry.part.first != first):
                break
            staying.append(entry)
        return staying

    def _ended(self) -> list[str]:
        """The lines, each with an end except perhaps the last."""
        whole = [
            line if line[-1:] in "\n\r" else line + self._sheet.newline for line in self._out[:-1]
        ]
        return [*whole, *self._out[-1:]]

    def _header(self, header: Header) -> None:
        comment = self._sheet.comments.get(header.first)
        if comment is not None:
            self._out.append(" " * self._layout.column + comment.text + self._sheet.newline)

    def _lines(self, start: int, end: int) -> None:
        """As they are, moved to the left where their section goes."""
        for line in range(start, end):
            self._put(line, self._left(line))

    def _left(self, line: int) -> int:
        for block in self._layout.blocks:
            if isinstance(block, Header) and block.first < line < block.end:
                return self._layout.column - block.column
        return 0

    def _put(self, line: int, by: int) -> None:
        self._out.append(shifted(self._sheet.changed(line), by))

    def _only_comments(self, part: Part) -> None:
        """What is left of an option that goes."""
        for line in range(part.first, part.end):
            comment = self._sheet.comments.get(line)
            if comment is not None:
                self._out.append(" " * self._layout.column + comment.text + self._sheet.newline)

    def _attached(self, part: Part) -> int:
        """The first line of the comment that stands directly above an option."""
        line = part.first
        while line > part.above and self._sheet.is_comment(line - 1):
            line -= 1
        return line

    def _entry(self, entry: Entry, above: int) -> None:
        """With the lines from `above` on, which stand before it."""
        part, dash = entry.part, " " * self._dash
        for line in range(above, part.first):
            self._put(line, self._dash - part.column)
        end = self._sheet.newline
        self._out.append(f"{dash}- {entry.head[0]}{end}")
        self._out += [f"{dash}  {key}{end}" for key in entry.head[1:]]
        start = len(self._sheet.lines[part.first]) - len(after_key(part.key, self._sheet))
        self._out.append(f"{dash}  run:{self._sheet.changed(part.first)[start:]}")
        for line in range(part.first + 1, part.end):
            self._put(line, self._dash + 2 - part.column)

    def _column_of(self, own: Part) -> int:
        """Of the dashes of the entries that are there, once their section is opened."""
        items = own.value.items if isinstance(own.value, Sequence) else ()
        line = items[0].span.line - 1 if items else own.first
        column = self._sheet.indentation(line)
        if not own.first < line < own.end or self._sheet.lines[line][column : column + 1] != "-":
            raise UnableError(
                "`commands` beside older hooks is not written in block style", own.key.span
            )
        return max(0, column + self._left(line))
