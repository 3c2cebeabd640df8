"""A YAML document as written: scalars, sequences and mappings, each with its place in a file."""

from __future__ import annotations

from ..source.span import Span
from ..support.enums import Enum
from ..support.record import NamedTuple
from .scalars import Value


class Late(str):
    """A text in which the value of a variable is still to come, and so may be one of any type then."""

    __slots__ = ()


class Scalar(NamedTuple):
    """`text` is what stands there without quotes, `value` what it means; `plain` if unquoted."""

    value: Value
    text: str
    plain: bool
    span: Span


class Sequence(NamedTuple):
    items: tuple[Node, ...]
    span: Span


class Mapping(NamedTuple):
    """Pairs in the order written. Before `document.merge` keys may repeat and `<<` may be among them."""

    pairs: tuple[tuple[Scalar, Node], ...]
    span: Span


class Include(NamedTuple):
    """`!include FILE` or `!include [FILE, FILE]`; replaced when the document is loaded."""

    paths: tuple[Scalar, ...]
    span: Span


class Mark(Enum):
    """What a value has to say about the merge it takes part in (borgmatic 1.7.12 and later)."""

    RETAIN = "!retain"  # it replaces the merged value instead of joining it
    OMIT = "!omit"  # this item of the merged list goes


class Marked(NamedTuple):
    """A value with such a tag; gone after `document.merge`."""

    mark: Mark
    node: Node
    span: Span


Node = Scalar | Sequence | Mapping | Include | Marked


def is_late(node: Node) -> bool:
    """Whether a value is known only when the plan is applied."""
    return isinstance(node, Scalar) and isinstance(node.value, Late)


def unmarked(node: Node) -> Node:
    """The value itself, whatever it has to say about a merge."""
    while isinstance(node, Marked):
        node = node.node
    return node


def kind(node: Node) -> str:
    """What a node is, in words for messages."""
    if isinstance(node, Mapping):
        return "a mapping"
    if isinstance(node, Sequence):
        return "a list"
    if isinstance(node, Include):
        return "an include"
    if isinstance(node, Marked):
        return kind(node.node)
    match node.value:
        case None:
            return "empty (null)"
        case bool():
            return f"the boolean {node.text}"
        case int() | float():
            return f"the number {node.text}"
        case str():
            return f'the text "{shorten(node.text)}"'


def whole_number(node: object) -> int | None:
    """The whole number that a node is: `7`, and as borgmatic takes them `7.0` and `7e0`; None for anything else."""
    value = node.value if isinstance(node, Scalar) else None
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def shorten(text: str, limit: int = 40) -> str:
    """`text` on one line and not longer than `limit` characters."""
    line = text.encode("unicode_escape").decode("ascii") if not text.isprintable() else text
    return line if len(line) <= limit else line[: limit - 1] + "…"
