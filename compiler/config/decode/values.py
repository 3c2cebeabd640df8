"""Nodes to typed values: one decoder per type of option, each keeping the place of what it read.

Decoders record every problem and go on; a value that can't be used is None.
"""

from __future__ import annotations

from ...source.diagnostic import Diagnostics, did_you_mean
from ...source.span import Text
from ...syntax.nodes import Mapping, Node, Scalar, Sequence, is_late, kind, whole_number
from ..options import SECRETS, Option, Type

Decoded = str | int | bool | tuple[Text, ...]  # a `settings.Value` without mappings


def value_of(option: Option, node: Node, diagnostics: Diagnostics) -> Decoded | None:
    """The value of `option` as written in `node`; None if unset or, after a diagnostic, unusable.

    An integer, boolean and text is itself, a umask the integer it means, a list a tuple of `Text`.
    """
    if isinstance(node, Scalar) and node.value is None:
        _empty(option, node, diagnostics)
        return None
    match option.type:
        case Type.TEXT:
            return text_of(option, node, diagnostics)
        case Type.CHOICE:
            return _choice(option, node, diagnostics)
        case Type.INTEGER:
            return _integer(option, node, diagnostics)
        case Type.BOOLEAN:
            return _boolean(option, node, diagnostics)
        case Type.UMASK:
            return _umask(option, node, diagnostics)
        case Type.TEXT_OR_TEXTS if isinstance(node, Scalar):
            text = text_of(option, node, diagnostics)
            return None if text is None else (Text(text, node.span),)
        case (
            Type.TEXTS
            | Type.TEXT_OR_TEXTS
            | Type.COMMANDS
            | Type.REPOSITORIES
            | Type.CHECKS
            | Type.COMMAND_HOOKS
            | Type.EXIT_CODES
            | Type.CONSTANTS
        ):
            return texts_of(option, node, diagnostics)


def mismatch(option: Option, node: Node, diagnostics: Diagnostics, hint: str = "") -> None:
    """Record that `node` isn't of the option's type (BP203); of one that is known later, that isn't known."""
    if is_late(node):
        return
    diagnostics.error(
        "BP203",
        f"`{option.name}` takes {option.type.value}, not {_kind(option, node)}",
        node.span,
        hint,
    )


def _kind(option: Option, node: Node) -> str:
    """What `node` is; of a secret, not what it says."""
    if option.name not in SECRETS or not isinstance(node, Scalar):
        return kind(node)
    words = {bool: "a boolean", int: "a number", float: "a number", str: "a text"}
    return words.get(type(node.value), "empty (null)")


def _empty(option: Option, node: Scalar, diagnostics: Diagnostics) -> None:
    if not option.empty_allowed:
        diagnostics.error(
            "BP202",
            f"`{option.name}` has no value",
            node.span,
            "set a value or remove the line; if every line below it is a comment, it is empty",
        )
    elif option.type is Type.COMMANDS:
        diagnostics.warning(
            "BP302", f"`{option.name}` is empty: no command runs", node.span, "remove the line"
        )


def text_of(option: Option, node: Node, diagnostics: Diagnostics) -> str | None:
    if isinstance(node, Scalar) and isinstance(node.value, str):
        return node.value
    shown = "…" if option.name in SECRETS else getattr(node, "text", "")
    hint = f'quote it: "{shown}"' if isinstance(node, Scalar) else ""
    mismatch(option, node, diagnostics, hint)
    return None


def _integer(option: Option, node: Node, diagnostics: Diagnostics) -> int | None:
    number = whole_number(node)
    if number is None:
        mismatch(option, node, diagnostics)
        return None
    if option.minimum is not None and number < option.minimum:
        diagnostics.error(
            "BP204", f"`{option.name}` can't be less than {option.minimum}", node.span
        )
        return None
    if option.maximum is not None and number > option.maximum:
        diagnostics.error(
            "BP204", f"`{option.name}` can't be more than {option.maximum}", node.span
        )
        return None
    return number


def _choice(option: Option, node: Node, diagnostics: Diagnostics) -> str | None:
    value = node.value if isinstance(node, Scalar) else None
    if isinstance(value, bool) and option.booleans is not None:
        return option.booleans[value]
    if isinstance(value, str) and value in option.choices:
        return value
    if is_late(node):
        return None
    diagnostics.error(
        "BP203",
        f"`{option.name}` takes {' or '.join(option.choices)}, not {kind(node)}",
        node.span,
        did_you_mean(str(value), option.choices),
    )
    return None


def _boolean(option: Option, node: Node, diagnostics: Diagnostics) -> bool | None:
    if isinstance(node, Scalar):
        if isinstance(node.value, bool):
            return node.value
        if node.plain and node.text.lower() in ("yes", "no", "on", "off"):
            meant = "true" if node.text.lower() in ("yes", "on") else "false"
            hint = f"write {meant}; in YAML 1.2, which borgmatic uses, {node.text} is a text"
            mismatch(option, node, diagnostics, hint)
            return None
    mismatch(option, node, diagnostics)
    return None


def _umask(option: Option, node: Node, diagnostics: Diagnostics) -> int | None:
    """A umask's digits are octal however YAML reads them; `0o77` has become 63 and so means 0o63.

    That is what borgmatic makes of it (measured from 1.3.25 to 2.1.10).
    """
    if not isinstance(node, Scalar) or isinstance(node.value, bool | float):
        mismatch(option, node, diagnostics)
        return None
    digits = str(node.value)
    if not digits.isascii() or not digits.isdigit() or not set(digits) <= set("01234567"):
        mismatch(option, node, diagnostics, "use the digits 0 to 7")
        return None
    mask = int(digits, 8)
    if mask > 0o777:
        diagnostics.error("BP204", f"`{option.name}` is more than 0777", node.span)
        return None
    base = node.text.lower().lstrip("+")[:2]
    if base in ("0o", "0x", "0b"):
        diagnostics.warning(
            "BP205",
            f"`{option.name}: {node.text}` is the number {digits}, whose digits are read as octal: {mask:04o}",
            node.span,
            f"write {int(node.text, 0):04o} if you mean that" if base == "0o" else "",
        )
    if mask == 0:
        diagnostics.warning(
            "BP206", f"`{option.name}: 0` counts as unset; the umask does not change", node.span
        )
    return mask


def texts_of(option: Option, node: Node, diagnostics: Diagnostics) -> tuple[Text, ...] | None:
    if not isinstance(node, Sequence):
        hint = "put it on its own line, after `- `" if isinstance(node, Scalar) else ""
        mismatch(option, node, diagnostics, hint)
        return None
    texts = []
    for item in node.items:
        if isinstance(item, Scalar) and isinstance(item.value, str):
            texts.append(Text(item.value, item.span))
        else:
            wrong_item(option, item, diagnostics)
    if not texts and option.type is Type.COMMANDS and not node.items:
        diagnostics.warning(
            "BP302", f"`{option.name}` is empty: no command runs", node.span, "remove the line"
        )
    return tuple(texts)


def wrong_item(option: Option, item: Node, diagnostics: Diagnostics) -> None:
    """Record that an item of a list is no text (BP203)."""
    diagnostics.error(
        "BP203", f"`{option.name}` takes texts, not {kind(item)}", item.span, _item_hint(item)
    )


def _item_hint(item: Node) -> str:
    match item:
        case Scalar(value=None):
            return "remove the empty `-`"
        case Scalar(text=text):
            return f'quote it: "{text}"'
        case Mapping(pairs=((key, _), *_)):
            return f"`{key.text}:` followed by a space starts a mapping; quote the line"
        case _:
            return ""
