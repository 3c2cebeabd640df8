"""A monitoring service's mapping, or the text in its place, decoded (codes BP370 to BP373)."""

from __future__ import annotations

from ...source.diagnostic import Diagnostics, did_you_mean
from ...source.span import Span, Text
from ...support.record import TYPE_CHECKING
from ...syntax.nodes import Mapping, Node, Scalar, Sequence, kind, whole_number
from ..services import SERVICES, Kind, Service, ServiceKind, ServiceOption

if TYPE_CHECKING:
    from typing import Any

_TARGET_KEYS = ("url", "label")


def service(
    key: Scalar, node: Node, diagnostics: Diagnostics, known: ServiceKind | None = None
) -> Service | None:
    """One service; None after recording why it is none. `known`: what its options are, if they aren't those of
    configuration files."""
    return _Decoder(known or SERVICES[key.text], diagnostics).service(key, node)


class _Decoder:
    def __init__(self, service: ServiceKind, diagnostics: Diagnostics) -> None:
        self._kind = service
        self._diagnostics = diagnostics
        self._options: dict[str, Any] = {}
        self._places: dict[str, Span] = {}
        self._is_broken = False

    def service(self, key: Scalar, node: Node) -> Service | None:
        name, short = self._kind.name, self._kind.short
        is_short = bool(short) and isinstance(node, Scalar) and node.value is not None
        if is_short:
            self._option(short, Scalar(short, short, plain=True, span=key.span), node)
        elif not isinstance(node, Mapping):
            other = "a text or a mapping" if short else "a mapping"
            self._refuse("BP371", f"`{name}` takes {other}, not {kind(node)}", node.span)
        else:
            self._mapping(node, "")
            for option in self._kind.options:
                group = option.name.rpartition(".")[0]
                is_asked = option.required and (not group or group in self._places)
                if is_asked and option.name not in self._places:
                    place = self._places.get(group, key.span)
                    self._refuse("BP372", f"`{option.name}` is missing in `{name}`", place)
        if self._is_broken:
            return None
        return Service(name, self._options, self._places, key.span, is_short)

    def _mapping(self, node: Mapping, before: str) -> None:
        for key, value in node.pairs:
            name = f"{before}{key.text}"
            if any(option.name.startswith(f"{name}.") for option in self._kind.options):
                self._places[name] = key.span
                self._options[name] = True
                if isinstance(value, Mapping):
                    self._mapping(value, f"{name}.")
                else:
                    self._mismatch(name, "a mapping", value)
            else:
                self._option(name, key, value)

    def _option(self, name: str, key: Scalar, node: Node) -> None:
        option = next((o for o in self._kind.options if o.name == name), None)
        if option is None:
            known = [o.name.rpartition(".")[2] for o in self._kind.options]
            self._refuse(
                "BP370", f"`{self._kind.name}` has no option `{name}`", key.span,
                did_you_mean(key.text, known) or f"known: {', '.join(dict.fromkeys(known))}",
            )  # fmt: skip
            return
        self._places[name] = key.span
        value = self._value(option, node)
        if value is None:
            words = f": {', '.join(option.words)}" if option.words else ""
            self._mismatch(name, f"{option.kind.value}{words}", node, secret=option.secret)
        else:
            self._options[name] = value

    def _value(self, option: ServiceOption, node: Node) -> Any:
        """None for what doesn't fit."""
        match option.kind:
            case Kind.LABELS:
                return _labels(node)
            case Kind.TARGETS:
                return _targets(node)
            case Kind.WORDS:
                if not isinstance(node, Sequence):
                    return None
                words = [item.text for item in node.items if isinstance(item, Scalar)]
                fits = len(words) == len(node.items) and set(words) <= set(option.words)
                return tuple(dict.fromkeys(words)) if fits else None
            case _:
                return _scalar(option, node) if isinstance(node, Scalar) else None

    def _mismatch(self, name: str, wanted: str, node: Node, *, secret: bool = False) -> None:
        found = "something else" if secret else kind(node)
        message = f"`{name}` of `{self._kind.name}` takes {wanted}, not {found}"
        self._refuse("BP371", message, node.span)

    def _refuse(self, code: str, message: str, span: Span, hint: str = "") -> None:
        self._is_broken = True
        self._diagnostics.error(code, message, span, hint)


def _scalar(option: ServiceOption, node: Scalar) -> str | int | bool | None:
    value = node.value
    match option.kind:
        case Kind.BOOLEAN:
            return value if isinstance(value, bool) else None
        case Kind.INTEGER:
            return whole_number(node)
        case Kind.NUMBER_OR_TEXT if whole_number(node) is not None:
            return whole_number(node)
        case Kind.WORD:
            return value if isinstance(value, str) and value in option.words else None
        case _:
            return value if isinstance(value, str) else None


def _labels(node: Node) -> tuple[tuple[str, str], ...] | None:
    if not isinstance(node, Mapping):
        return None
    pairs = [
        (k.text, v.value)
        for k, v in node.pairs
        if isinstance(v, Scalar) and isinstance(v.value, str)
    ]
    return tuple(sorted(pairs)) if len(pairs) == len(node.pairs) else None


def _targets(node: Node) -> tuple[tuple[Text, str], ...] | None:
    """URLs, with the labels that stand for them."""
    if not isinstance(node, Sequence):
        return None
    found = []
    for item in node.items:
        if not isinstance(item, Mapping):
            return None
        texts = {
            k.text: v
            for k, v in item.pairs
            if isinstance(v, Scalar) and isinstance(v.value, str) and k.text in _TARGET_KEYS
        }
        if len(texts) != len(item.pairs) or set(texts) != set(_TARGET_KEYS):
            return None
        url = texts["url"]
        found.append((Text(url.text, url.span), texts["label"].text))
    return tuple(found)
