"""A list of databases, decoded (codes BP380 to BP383)."""

from __future__ import annotations

import shlex

from ...source.diagnostic import Diagnostics, did_you_mean
from ...source.span import Span
from ...support.record import TYPE_CHECKING
from ...syntax.nodes import Mapping, Node, Scalar, Sequence, kind, whole_number
from ..databases import BY_OPTION, Database, DatabaseKind, DatabaseOption, Kind

if TYPE_CHECKING:
    from typing import Any

_LARGEST_PORT = 65535


def databases(key: Scalar, node: Node, diagnostics: Diagnostics) -> tuple[Database, ...]:
    """The entries of one option that are sound; what is wrong with the others is recorded."""
    if not isinstance(node, Sequence):
        message = f"`{key.text}` takes a list of databases, not {kind(node)}"
        diagnostics.error("BP381", message, node.span)
        return ()
    if not node.items:
        hint = "borgmatic fails at this point of every backup; remove the option"
        diagnostics.error("BP382", f"`{key.text}` lists no database", node.span, hint)
    found = [
        _Decoder(BY_OPTION[key.text], number, diagnostics).entry(item)
        for number, item in enumerate(node.items)
    ]
    return tuple(database for database in found if database is not None)


class _Decoder:
    """One entry."""

    def __init__(self, kind: DatabaseKind, number: int, diagnostics: Diagnostics) -> None:
        self._kind = kind
        self._number = number
        self._diagnostics = diagnostics
        self._options: dict[str, Any] = {}
        self._places: dict[str, Span] = {}
        self._is_broken = False

    def entry(self, node: Node) -> Database | None:
        if not isinstance(node, Mapping):
            message = (
                f"an entry of `{self._kind.option}` is a mapping with `name`, not {kind(node)}"
            )
            self._refuse("BP381", message, node.span)
            return None
        for key, value in node.pairs:
            self._option(key, value)
        for option in self._kind.options:
            if option.required and option.name not in self._places:
                message = f"`{option.name}` is missing in an entry of `{self._kind.option}`"
                self._refuse("BP382", message, node.span)
        if self._is_broken:
            return None
        return Database(self._kind.name, self._number, self._options, self._places, node.span)

    def _option(self, key: Scalar, node: Node) -> None:
        option = next((o for o in self._kind.options if o.name == key.text), None)
        if option is None:
            known = [o.name for o in self._kind.options]
            hint = did_you_mean(key.text, known) or f"known: {', '.join(known)}"
            message = f"an entry of `{self._kind.option}` has no option `{key.text}`"
            self._refuse("BP380", message, key.span, hint)
            return
        if key.text in self._places:
            message = f"`{key.text}` occurs twice in an entry of `{self._kind.option}`"
            self._refuse("BP380", message, key.span)
        self._places[key.text] = node.span
        value = self._value(option, node)
        if value is None:
            self._mismatch(option, node)
        else:
            self._options[key.text] = value

    def _value(self, option: DatabaseOption, node: Node) -> Any:
        """None for what doesn't fit."""
        if option.kind is Kind.TEXTS:
            return _texts(node)
        if not isinstance(node, Scalar):
            return None
        value = node.value
        match option.kind:
            case Kind.BOOLEAN:
                return value if isinstance(value, bool) else None
            case Kind.INTEGER:
                number = whole_number(node)
                return number if number and 0 < number <= _LARGEST_PORT else None
            case Kind.NUMBER_OR_TEXT if whole_number(node) is not None:
                return whole_number(node)
            case Kind.WORD:
                return value if value in option.words else None
            case Kind.COMMAND | Kind.WORDS:
                return value if isinstance(value, str) and _splits(value, option.kind) else None
            case _:
                return value if isinstance(value, str) and "\0" not in value else None

    def _mismatch(self, option: DatabaseOption, node: Node) -> None:
        if option.name == "name" and isinstance(node, Sequence):
            message = f"`name` of `{self._kind.option}` is one database, not a list"
            self._refuse("BP381", message, node.span, "each database is an entry of its own")
            return
        words = f": {', '.join(option.words)}" if option.words else ""
        found = "something else" if option.secret else kind(node)
        if isinstance(node, Scalar) and isinstance(node.value, str) and not option.secret:
            found = f"`{node.text}`"
        message = f"`{option.name}` of `{self._kind.option}` takes {option.kind.value}{words}, not {found}"
        self._refuse("BP381", message, node.span)

    def _refuse(self, code: str, message: str, span: Span, hint: str = "") -> None:
        self._is_broken = True
        self._diagnostics.error(code, message, span, hint)


def _texts(node: Node) -> tuple[str, ...] | None:
    if not isinstance(node, Sequence):
        return None
    texts = [i.value for i in node.items if isinstance(i, Scalar) and isinstance(i.value, str)]
    return tuple(texts) if len(texts) == len(node.items) else None


def _splits(text: str, wanted: Kind) -> bool:
    """Whether a shell would find words in it."""
    try:
        words = shlex.split(text)
    except ValueError:
        return False
    return "\0" not in text and (bool(words) or wanted is Kind.WORDS)
