"""Whether a rewritten text says what it should: nothing is handed on that was not read again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

import yaml

from ..config.options import SECTIONS
from ..source.diagnostic import Diagnostics
from ..source.span import Span
from ..syntax.compose import parse
from ..syntax.nodes import Include, Mapping, Marked, Node, Scalar, Sequence
from .hooks import HOOKS
from .layout import Part
from .sheet import UnableError, comments
from .values import CHANGING


def parsed(path: str, text: str) -> Mapping:
    """Raises UnableError for what is no YAML."""
    problems = Diagnostics()
    root = parse(path, text.encode("utf-8"), problems)
    if not isinstance(root, Mapping):
        what = problems[0].message if problems else "the result would be empty"
        raise UnableError(f"the result would not be YAML ({what})", Span(path))
    return root


def verify_comments(path: str, before: str, after: str) -> None:
    """Raises UnableError if one is lost or something has become one."""
    if _texts(before) != _texts(after):
        raise UnableError("some of its comments would be lost", Span(path))


def _texts(text: str) -> list[str]:
    try:
        return sorted(comment.text for comment in comments(text))
    except yaml.YAMLError as error:
        raise UnableError("the result would not be YAML", Span("<text>")) from error


def verify_values(path: str, parts: Iterable[Part], after: Mapping) -> None:
    """Raises UnableError if an option that is only moved doesn't have the value that it had."""
    before = Counter((part.name, _data(part.value)) for part in parts if _stays(part.name))
    now = Counter((key.text, _data(value)) for key, value in _options(after) if _stays(key.text))
    if before != now:
        names = ", ".join(sorted({name for name, _ in (before - now) + (now - before)}))
        raise UnableError(f"some values of {names} would be lost", Span(path))


def _stays(name: str) -> bool:
    return name not in CHANGING and name not in HOOKS and name not in SECTIONS


def _options(root: Mapping) -> Iterator[tuple[Scalar, Node]]:
    """At the top, and in sections that stay."""
    for key, value in root.pairs:
        if key.text in SECTIONS and isinstance(value, Mapping):
            yield from value.pairs
        else:
            yield key, value


def _data(node: Node) -> object:
    """A value without its place."""
    match node:
        case Scalar(value=value, text=text):
            return type(value).__name__, text
        case Sequence(items=items):
            return "list", tuple(_data(item) for item in items)
        case Mapping(pairs=pairs):
            return "mapping", tuple((key.text, _data(value)) for key, value in pairs)
        case Include(paths=paths):
            return "include", tuple(path.text for path in paths)
        case Marked(mark=mark, node=inner):
            return mark, _data(inner)


def verified_hooks(
    path: str, parts: Iterable[Part], hooks: Iterable[Part], after: Mapping
) -> dict[Span, Span]:
    """Where hook commands stand now, with where they stood. `hooks`: those that became entries, in
    order. Raises UnableError unless all are there with the same commands."""
    before = [_run(entry) for part in parts for entry in _entries(part.key, part.value)]
    before += [part.value for part in hooks]
    now = [_run(entry) for key, value in _options(after) for entry in _entries(key, value)]
    if len(before) != len(now) or any(key.text in HOOKS for key, _ in _options(after)):
        raise UnableError("some of its hooks would be lost", Span(path))
    moved: dict[Span, Span] = {}
    for old, new in zip(before, now, strict=True):
        if isinstance(old, Sequence) and isinstance(new, Sequence):
            if [_command(item) for item in old.items] != [_command(item) for item in new.items]:
                raise UnableError("some of its hooks would be lost", old.span)
            moved.update({n.span: o.span for n, o in zip(new.items, old.items, strict=True)})
    return moved


def _entries(key: Scalar, value: Node) -> tuple[Node, ...]:
    return value.items if key.text == "commands" and isinstance(value, Sequence) else ()


def _run(entry: Node) -> Node | None:
    pairs = entry.pairs if isinstance(entry, Mapping) else ()
    return next((value for key, value in pairs if key.text == "run"), None)


def _command(item: Node) -> object:
    """However its variables are escaped."""
    return item.text.replace("\\${", "${") if isinstance(item, Scalar) else _data(item)
