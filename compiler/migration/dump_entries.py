"""Hooks that do nothing but dump a database, as entries of the option that dumps it: in the text of a file in the
current form.

Only where each word of a hook is known (`databases/hook_dumps.py`) and the file's layout is plain: block lists, an item
a line, no comments that would be lost. What else stands in the file stays as it is, and is read again to see that.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..databases.hook_dumps import HookDump, hook_dump
from ..databases.hook_entries import command_of, lines_of
from ..source.diagnostic import Diagnostics
from ..source.span import Span
from ..support.record import NamedTuple
from ..syntax.compose import decode, parse
from ..syntax.nodes import Mapping, Node, Scalar, Sequence
from .sheet import Sheet
from .verify import parsed

_UNIT = 4
_BEFORE = ("everything", "configuration", "repository", "action")


class Replaced(NamedTuple):
    """A hook that became an entry: its command and that of the entry, in words, and where it stood."""

    text: str
    span: Span


class WithEntries(NamedTuple):
    """`text`: of the file. `moved`: the places of the other hook commands, with where each stood."""

    text: str
    moved: dict[Span, Span]
    replaced: tuple[Replaced, ...]


class _Item(NamedTuple):
    """A command of `commands:` that dumps. `entry`: the number of its entry; `number`: of it there."""

    entry: int
    number: int
    scalar: Scalar
    dump: HookDump


def with_entries(
    path: str, before: bytes, after: bytes, diagnostics: Diagnostics
) -> WithEntries | None:
    """The file at `path` with entries in place of hooks; None after BP10x or BP851 if it can't be read or written so.
    `after`: what it is in the current form, which it has to be in."""
    if before != after:
        message = "this file is in an older form, in which hooks can't become entries of databases"
        hint = "run `borgplan migrate` without --dumps first, then again with it"
        diagnostics.error("BP851", message, Span(path), hint)
        return None
    text, root = decode(path, before, diagnostics), parse(path, before, diagnostics)
    if text is None or not isinstance(root, Mapping):
        return None
    rewriting = _Rewriting(path, text, root)
    items = list(rewriting.items())
    if not items:
        return WithEntries(text, {}, ())
    new = rewriting.text(items)
    moved = _moved(root, parsed(path, new), items)
    if moved is None:
        message = "these hooks can't be rewritten as entries without changing something else"
        diagnostics.error("BP851", message, items[0].scalar.span, "write the entries by hand")
        return None
    return WithEntries(new, moved, tuple(map(_replaced, items)))


def _replaced(item: _Item) -> Replaced:
    """Without the password, if there is one."""
    password = str(dict(item.dump.options).get("password", ""))
    text = item.scalar.text.replace(password, "…") if password else item.scalar.text
    words = f"{text} -> `{item.dump.kind}_databases`: {command_of(item.dump)}"
    return Replaced(words, item.scalar.span)


class _Rewriting:
    def __init__(self, path: str, text: str, root: Mapping) -> None:
        self._path = path
        self._sheet = Sheet(text)
        self._root = root

    def items(self) -> Iterator[_Item]:
        """The commands that can become entries."""
        for number, entry in enumerate(_entries(self._root)):
            pairs = {key.text: value for key, value in entry.pairs}
            run = pairs.get("run")
            if not isinstance(run, Sequence) or not _is_before_backup(pairs):
                continue
            for place, item in enumerate(run.items):
                dump = hook_dump(item.text) if isinstance(item, Scalar) else None
                if dump is None or not isinstance(item, Scalar):
                    continue
                if self._is_alone(item) and self._has_room(f"{dump.kind}_databases"):
                    yield _Item(number, place, item, dump)

    def _is_alone(self, item: Scalar) -> bool:
        """Whether it has its lines for itself, without a comment."""
        span = item.span
        lines = range(span.line - 1, _last_line(span) + 1)
        before = self._sheet.lines[lines[0]][: span.column - 1]
        return before.strip() == "-" and not any(line in self._sheet.comments for line in lines)

    def _has_room(self, option: str) -> bool:
        """Whether an entry can be added: there is no such list yet, or it is a block list with items."""
        value = _option(self._root, option)
        if value is None:
            return True
        return isinstance(value, Sequence) and bool(value.items) and self._dash(value) is not None

    def _dash(self, value: Sequence) -> int | None:
        """The column of the dashes of a block list."""
        first = value.items[0].span
        before = self._sheet.lines[first.line - 1][: first.column - 1]
        return before.index("-") if before.strip() == "-" else None

    def text(self, items: list[_Item]) -> str:
        gone = {line for item in items for line in _lines(item.scalar.span)}
        gone |= self._emptied(items)
        kinds = list(dict.fromkeys(item.dump.kind for item in items))
        added: dict[int, list[str]] = {}
        end: list[str] = []
        for kind in kinds:
            dumps = [item.dump for item in items if item.dump.kind == kind]
            value = _option(self._root, f"{kind}_databases")
            if isinstance(value, Sequence):
                column = self._dash(value) or 0
                after = _last_line(value.items[-1].span)
                added[after] = self._written(dumps, column)
            else:
                end += [f"{kind}_databases:", *self._written(dumps, _UNIT)]
        newline, lines = self._sheet.newline, []
        for number, line in enumerate(self._sheet.lines):
            if number not in gone:
                lines.append(line)
            if number in added:
                lines[-1] = lines[-1].rstrip("\r\n") + newline
                lines += [text + newline for text in added[number]]
        if end and lines:
            lines[-1] = lines[-1].rstrip("\r\n") + newline
        return "".join([*lines, *(text + newline for text in end)])

    def _emptied(self, items: list[_Item]) -> set[int]:
        """The lines of entries of which nothing is left, and of `commands` itself."""
        entries = _entries(self._root)
        left = [len(_run(entry)) for entry in entries]
        for item in items:
            left[item.entry] -= 1
        touched = {item.entry for item in items}
        empty = [
            entry for number, entry in enumerate(entries) if number in touched and not left[number]
        ]
        gone = {line for entry in empty for line in _lines(entry.span)}
        if len(empty) == len(entries):
            key = next(key for key, _ in self._root.pairs if key.text == "commands")
            gone.add(key.span.line - 1)
        return {line for line in gone if line not in self._sheet.comments}

    def _written(self, dumps: list[HookDump], column: int) -> list[str]:
        lines = []
        for dump in dumps:
            for number, text in enumerate(lines_of(dump)):
                lines.append(" " * column + ("  " if number else "- ") + text)
        return lines


def _last_line(span: Span) -> int:
    """From 0; a span may end at the beginning of the next line."""
    return span.end_line - (2 if span.end_column == 1 and span.end_line > span.line else 1)


def _lines(span: Span) -> range:
    return range(span.line - 1, _last_line(span) + 1)


def _option(root: Mapping, name: str) -> Node | None:
    return next((value for key, value in root.pairs if key.text == name), None)


def _entries(root: Mapping) -> list[Mapping]:
    """Of `commands:`, if all of them are mappings in the file itself."""
    value = _option(root, "commands")
    items = value.items if isinstance(value, Sequence) else ()
    found = [item for item in items if isinstance(item, Mapping)]
    return found if len(found) == len(items) else []


def _run(entry: Mapping) -> tuple[Node, ...]:
    value = _option(entry, "run")
    return value.items if isinstance(value, Sequence) else ()


def _is_before_backup(pairs: dict[str, Node]) -> bool:
    before, when = pairs.get("before"), pairs.get("when")
    names = when.items if isinstance(when, Sequence) else None
    creates = names is None or "create" in [n.text for n in names if isinstance(n, Scalar)]
    return isinstance(before, Scalar) and before.text in _BEFORE and creates


def _moved(old: Mapping, new: Mapping, items: list[_Item]) -> dict[Span, Span] | None:
    """The places of the commands that are left; None unless the new text has everything else, and the entries."""
    gone = {(item.entry, item.number) for item in items}
    before = [
        [command for place, command in enumerate(_run(entry)) if (number, place) not in gone]
        for number, entry in enumerate(_entries(old))
    ]
    kept = [
        (entry, commands)
        for entry, commands in zip(_entries(old), before, strict=True)
        if commands or not _run(entry)
    ]
    now = [(entry, _run(entry)) for entry in _entries(new)]
    if _option(new, "commands") is not None and not now:
        return None
    if [_heads(entry, commands) for entry, commands in kept] != [_heads(e, c) for e, c in now]:
        return None
    options = {f"{item.dump.kind}_databases" for item in items}
    if _others(old, options) != _others(new, options):
        return None
    for option in options:
        added = [dict(i.dump.options) for i in items if f"{i.dump.kind}_databases" == option]
        if _listed(new, option) != [*_listed(old, option), *added]:
            return None
    pairs = zip(kept, now, strict=True)
    return {n.span: o.span for (_, a), (_, b) in pairs for o, n in zip(a, b, strict=True)}


def _heads(entry: Mapping, commands: object) -> object:
    """An entry without places."""
    listed = commands if isinstance(commands, (list, tuple)) else ()
    return [_data(v) for k, v in entry.pairs if k.text != "run"], [_data(c) for c in listed]


def _others(root: Mapping, options: set[str]) -> list[object]:
    left = {*options, "commands"}
    return [(key.text, _data(value)) for key, value in root.pairs if key.text not in left]


def _listed(root: Mapping, option: str) -> list[object]:
    value = _option(root, option)
    return [_data(item) for item in value.items] if isinstance(value, Sequence) else []


def _data(node: Node) -> object:
    """A value without its place, as Python has it."""
    match node:
        case Scalar(value=value):
            return value
        case Sequence(items=items):
            return [_data(item) for item in items]
        case Mapping(pairs=pairs):
            return {key.text: _data(value) for key, value in pairs}
        case _:
            return node
