"""One YAML text to nodes with positions, from libyaml's events.

libyaml finds the structure; what a scalar means, which tags there are and how much a file may hold
is decided here. Includes and merges are left to `document`.
"""

from __future__ import annotations

import re
from contextlib import suppress

from ..source.diagnostic import Diagnostics
from ..source.span import Span
from ..support.record import TYPE_CHECKING
from ..support.regex import lazily
from .events import Parser, errors, events
from .nodes import Include, Mapping, Mark, Marked, Node, Scalar, Sequence, shorten
from .scalars import Value, resolve

if TYPE_CHECKING:
    from typing import Any

MERGE_KEY = "<<"
MAX_DEPTH = 64
MAX_NODES = 200_000  # aliases count with everything they stand for

_TOO_DEEP = f"nested deeper than {MAX_DEPTH} levels"
_LONGEST_KEY = 1024  # YAML 1.2, 7.4: of one that has no `?` before it
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]")
_NO_CHARACTER = lazily("[\ufffe\uffff]")  # the rest of what YAML doesn't allow
_CORE = "tag:yaml.org,2002:"
_MARKS = {mark.value: mark for mark in Mark}
_OTHER_TAGS = ("!ENV", "!env", "!secret", "!vault")


class _StopError(Exception):
    """The text can't be composed further; the diagnostic has been recorded."""


class Room:
    """How many more values a document may hold, shared by a file and all it includes."""

    def __init__(self) -> None:
        self.nodes = MAX_NODES
        self.includes = False  # whether one of them is an `!include`
        self.marks = False  # whether one of them has a mark
        self.merges = False  # whether there is a `<<`, or a key that repeats


def parse(
    file: str, data: bytes, diagnostics: Diagnostics, room: Room | None = None, depth: int = 0
) -> Node | None:
    """The only document in `data`, or None after recording why there is none (codes BP10x).

    `depth`: how deep the place is that the file is included in.
    """
    text = decode(file, data, diagnostics)
    if text is None:
        return None
    try:
        return _Composer(file, text, diagnostics, room or Room()).document(depth)
    except _StopError:
        return None
    except errors.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        if mark and _is_too_deep_before(mark.index, file, text, diagnostics, depth):
            return None
        span = _point(file, mark.line + 1, mark.column + 1) if mark else Span(file)
        problem = error.problem or error.context or "not valid"
        hint = _hint(text, mark.line, mark.column) if mark else ""
        diagnostics.error("BP103", f"not valid YAML: {problem}", span, hint)
    except errors.YAMLError as error:
        wrong = _NO_CHARACTER.search(text)
        problem = f"U+{ord(wrong[0]):X} is not a character" if wrong else shorten(str(error), 200)
        span = _place(file, text[: wrong.start()]) if wrong else Span(file)
        diagnostics.error("BP103", f"not valid YAML: {problem}", span)
    return None


def _is_too_deep_before(
    end: int, file: str, text: str, diagnostics: Diagnostics, depth: int
) -> bool:
    """Whether the part of `text` before `end` is nested too deep; records where, then.

    libyaml reads ahead, up to 1,024 characters while it looks for the end of a key, and has a limit of
    its own from 0.2.6 on. So the place that it complains of may be behind the one that counts here.
    """
    found = Diagnostics()
    with suppress(_StopError, errors.YAMLError):  # a part of a text is rarely a whole document
        _Composer(file, text[:end], found, Room()).document(depth)
    told = [problem for problem in found if problem.message == _TOO_DEEP]
    for problem in told:
        diagnostics.error(problem.code, problem.message, problem.span)
    return bool(told)


def encoding_of(data: bytes) -> str:
    """As its byte order mark says, or UTF-8."""
    return "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"


def decode(file: str, data: bytes, diagnostics: Diagnostics) -> str | None:
    """`data` as text, or None after recording that it is none."""
    encoding = encoding_of(data)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        before = data[: error.start].decode(encoding, "replace")
        diagnostics.error("BP102", "not a text file in UTF-8", _place(file, before))
        return None
    control = _CONTROL.search(text)
    if control:
        diagnostics.error(
            "BP102",
            f"not a text file: there is a control character (code {ord(control[0])})",
            _place(file, text[: control.start()]),
        )
        return None
    return text


def _hint(text: str, line: int, column: int) -> str:
    """What may be wrong at a place counted from 0."""
    match _character(text, line, column):
        case "\t":
            return "indent with spaces, YAML allows no tabs there"
        case ":" if column > _LONGEST_KEY:
            return f"a key has at most {_LONGEST_KEY} characters"
    return ""


def _character(text: str, line: int, column: int) -> str:
    """The character at a place counted from 0, or the empty string."""
    lines = text.split("\n", line + 1)
    return lines[line][column : column + 1] if line < len(lines) else ""


def _point(file: str, line: int, column: int) -> Span:
    return Span(file, line, column, line, column + 1)


def _place(file: str, before: str) -> Span:
    return _point(file, before.count("\n") + 1, len(before) - before.rfind("\n"))


class _Composer:
    """Builds nodes from the events of one text; gives up at the first structural problem."""

    def __init__(self, file: str, text: str, diagnostics: Diagnostics, room: Room) -> None:
        self._file = file
        self._diagnostics = diagnostics
        self._next = Parser(text).get_event
        self._anchors: dict[str, tuple[Node, int, int]] = {}  # with its size and its height
        self._room = room
        self._deepest = 0

    def document(self, depth: int) -> Node:
        self._next()  # stream start
        start = self._next()
        if isinstance(start, events.StreamEndEvent):
            raise self._stop("BP104", "the file is empty", Span(self._file))
        if start.version not in (None, (1, 2)):
            number = ".".join(map(str, start.version))
            raise self._stop(
                "BP105",
                f"`%YAML {number}` changes what scalars mean and is not supported",
                self._span(start),
                "remove the line: configuration files are read as YAML 1.2",
            )
        root = self._node(self._next(), depth)
        self._next()  # document end
        more = self._next()
        if not isinstance(more, events.StreamEndEvent):
            raise self._stop(
                "BP106",
                "a second document starts here; only one per file is supported",
                self._span(more),
            )
        return root

    def _stop(self, code: str, message: str, span: Span, hint: str = "") -> _StopError:
        self._diagnostics.error(code, message, span, hint)
        return _StopError()

    def _span(self, event: Any) -> Span:
        start, end = event.start_mark, event.end_mark
        return Span(self._file, start.line + 1, start.column + 1, end.line + 1, end.column + 1)

    def _node(self, event: Any, depth: int) -> Node:
        if isinstance(event, events.AliasEvent):
            return self._alias(event, depth)
        if event.tag is None and event.anchor is None and isinstance(event, events.ScalarEvent):
            self._count(1, event)
            if depth > self._deepest:
                self._deepest = depth
            return self._scalar(event)
        before, deepest_before = self._room.nodes, self._deepest
        self._deepest = depth
        self._count(1, event)
        node: Node
        mark = _MARKS.get(event.tag)
        if mark is not None:
            event.tag, event.implicit = None, (True, True)
            self._room.marks = True
        if isinstance(event, events.ScalarEvent):
            node = self._scalar(event)
        elif depth >= MAX_DEPTH:
            raise self._too_deep(event)
        elif isinstance(event, events.SequenceStartEvent):
            node = self._sequence(event, depth)
        else:
            node = self._mapping(event, depth)
        if mark is not None:
            node = Marked(mark, node, node.span)
        if event.anchor is not None:
            height = self._deepest - depth
            self._anchors[event.anchor] = node, before - self._room.nodes, height
        self._deepest = max(deepest_before, self._deepest)
        return node

    def _too_deep(self, event: Any) -> _StopError:
        return self._stop("BP107", _TOO_DEEP, self._span(event))

    def _count(self, nodes: int, event: Any) -> None:
        self._room.nodes -= nodes
        if self._room.nodes < 0:
            raise self._stop(
                "BP107",
                f"more than {MAX_NODES} values, with aliases expanded",
                self._span(event),
            )

    def _alias(self, event: Any, depth: int) -> Node:
        if event.anchor not in self._anchors:
            raise self._stop(
                "BP108",
                "this alias (`*…`) refers to no anchor above it",
                self._span(event),
                "quote the value if you mean text",
            )
        node, size, height = self._anchors[event.anchor]
        self._count(size, event)
        if depth + height > MAX_DEPTH:
            raise self._too_deep(event)
        self._deepest = max(self._deepest, depth + height)
        return node

    def _scalar(self, event: Any) -> Node:
        span = self._span(event)
        text: str = event.value
        if "\0" in text:
            raise self._stop("BP102", "no option accepts a text with a NUL character", span)
        plain = event.style is None or event.style == ""
        if event.tag is None or event.tag == "!":
            value: Value = resolve(text) if plain and event.tag is None else text
            return Scalar(value, text, plain, span)
        if event.tag == "!include":
            self._room.includes = True
            return Include((Scalar(text, text, plain, span),), span)
        return Scalar(self._tagged(event.tag, text, span), text, plain=False, span=span)

    def _tagged(self, tag: str, text: str, span: Span) -> Value:
        value = resolve(text)
        match tag.removeprefix(_CORE):
            case "str":
                return text
            case "int" if isinstance(value, int) and not isinstance(value, bool):
                return value
            case "bool" if isinstance(value, bool):
                return value
            case "null" if value is None:
                return None
            case "float" if isinstance(value, int | float) and not isinstance(value, bool):
                return float(value)
        raise self._unknown_tag(tag, span)

    def _unknown_tag(self, tag: str, span: Span) -> _StopError:
        # A tag of one's own may be an unquoted secret that begins with an exclamation mark.
        core = tag.startswith(_CORE) or tag in _OTHER_TAGS
        shown = tag.replace(_CORE, "!!") if core else "!…"
        return self._stop(
            "BP109",
            f"the tag `{shown}` is not supported here",
            span,
            "quote the value if you mean text" if not tag.startswith(_CORE) else "",
        )

    def _sequence(self, event: Any, depth: int) -> Node:
        items = []
        while not isinstance(child := self._next(), events.SequenceEndEvent):
            items.append(self._node(child, depth + 1))
        span = self._closed(event, child, [item.span for item in items[-1:]])
        if event.tag == "!include":
            return self._include_list(items, span)
        if event.tag not in (None, "!", _CORE + "seq"):
            raise self._unknown_tag(event.tag, self._span(event))
        return Sequence(tuple(items), span)

    def _include_list(self, items: list[Node], span: Span) -> Include:
        paths = [item for item in items if isinstance(item, Scalar) and isinstance(item.value, str)]
        if len(paths) < len(items) or not paths:
            raise self._stop("BP110", "`!include` takes a file name or a list of file names", span)
        self._room.includes = True
        return Include(tuple(paths), span)

    def _mapping(self, event: Any, depth: int) -> Mapping:
        if event.tag not in (None, "!", _CORE + "map"):
            raise self._unknown_tag(event.tag, self._span(event))
        pairs = []
        while not isinstance(child := self._next(), events.MappingEndEvent):
            key = self._node(child, depth + 1)
            if not isinstance(key, Scalar):
                raise self._stop(
                    "BP111",
                    "a key must be plain text",
                    key.span,
                    "quote a value that starts with { or [",
                )
            pairs.append((key, self._node(self._next(), depth + 1)))
        names = {key.text for key, _ in pairs}
        if len(names) < len(pairs) or MERGE_KEY in names:
            self._room.merges = True
        return Mapping(
            tuple(pairs), self._closed(event, child, [pair[1].span for pair in pairs[-1:]])
        )

    def _closed(self, start: Any, end: Any, last: list[Span]) -> Span:
        """From the start event to the end; a block ends with its last value, not at the next token."""
        first, stop = start.start_mark, end.end_mark
        if not start.flow_style and last:
            return Span(
                self._file, first.line + 1, first.column + 1, last[0].end_line, last[0].end_column
            )
        return Span(self._file, first.line + 1, first.column + 1, stop.line + 1, stop.column + 1)
