"""Entries of `commands:` decoded: `before`/`after`, `when`, `states`, `run`."""

from __future__ import annotations

from ...source.diagnostic import Diagnostics, did_you_mean
from ...source.span import Text
from ...syntax.nodes import Mapping, Node, Scalar, Sequence, kind
from ..hooks import CommandHook, Position
from ..options import ACTION_NAMES, BY_SECTION
from .values import mismatch

_STATES = ("finish", "fail")
_KEYS = ("before", "after", "when", "states", "run")
_PLACES = {
    side: [p.value.partition(" ")[2] for p in Position if p.value.startswith(side)]
    for side in ("before", "after")
}


def command_hooks(node: Node, diagnostics: Diagnostics) -> tuple[CommandHook, ...]:
    """The entries of `commands` that are some."""
    if not isinstance(node, Sequence):
        mismatch(BY_SECTION["hooks"]["commands"], node, diagnostics)
        return ()
    found = [command_hook(item, diagnostics) for item in node.items]
    return tuple(hook for hook in found if hook is not None)


def command_hook(item: Node, diagnostics: Diagnostics) -> CommandHook | None:
    """One entry; None after recording why it is none (codes BP22x)."""
    if not isinstance(item, Mapping):
        diagnostics.error(
            "BP220", f"an entry of `commands` must be a mapping, not {kind(item)}", item.span
        )
        return None
    by_key = {key.text: (key, value) for key, value in item.pairs}
    for name, (key, _) in by_key.items():
        if name not in _KEYS:
            hint = did_you_mean(name, _KEYS) or f"known: {', '.join(_KEYS)}"
            diagnostics.error(
                "BP221", f"unknown key `{name}` in an entry of `commands`", key.span, hint
            )
    position = _position(item, by_key, diagnostics)
    commands = _run(item, by_key, diagnostics)
    when = _names(by_key, "when", ACTION_NAMES, "action", diagnostics)
    states = _names(by_key, "states", _STATES, "state", diagnostics)
    if position is None or commands is None:
        return None
    if states is not None and position.value.startswith("before"):
        diagnostics.error(
            "BP225", "`states` has no meaning in a before-hook", by_key["states"][0].span
        )
    return CommandHook(position, when, states, commands, item.span)


def _position(
    item: Mapping, by_key: dict[str, tuple[Scalar, Node]], diagnostics: Diagnostics
) -> Position | None:
    sides = [side for side in ("before", "after") if side in by_key]
    if len(sides) != 1:
        diagnostics.error(
            "BP222", "an entry of `commands` has either `before` or `after`", item.span
        )
        return None
    side = sides[0]
    node = by_key[side][1]
    word = node.text if isinstance(node, Scalar) else ""
    if word not in _PLACES[side]:
        hint = did_you_mean(word, _PLACES[side]) or f"known: {', '.join(_PLACES[side])}"
        diagnostics.error("BP223", f"`{side}` can't be {kind(node)}", node.span, hint)
        return None
    return Position(f"{side} {word}")


def _run(
    item: Mapping, by_key: dict[str, tuple[Scalar, Node]], diagnostics: Diagnostics
) -> tuple[Text, ...] | None:
    if "run" not in by_key:
        diagnostics.error("BP224", "an entry of `commands` needs `run`", item.span)
        return None
    node = by_key["run"][1]
    if not isinstance(node, Sequence):
        diagnostics.error(
            "BP203", f"`run` takes a list of shell commands, not {kind(node)}", node.span
        )
        return None
    if not node.items:
        diagnostics.warning("BP302", "`run` is empty: no command runs", node.span)
    return _texts(node, "run", diagnostics)


def _texts(node: Sequence, name: str, diagnostics: Diagnostics) -> tuple[Text, ...]:
    texts = []
    for item in node.items:
        if isinstance(item, Scalar) and isinstance(item.value, str):
            texts.append(Text(item.value, item.span))
        else:
            diagnostics.error("BP203", f"`{name}` takes texts, not {kind(item)}", item.span)
    return tuple(texts)


def _names(
    by_key: dict[str, tuple[Scalar, Node]],
    name: str,
    known: tuple[str, ...],
    what: str,
    diagnostics: Diagnostics,
) -> tuple[str, ...] | None:
    """The words of `when` or `states`; None if the key isn't there."""
    if name not in by_key:
        return None
    node = by_key[name][1]
    if not isinstance(node, Sequence):
        diagnostics.error("BP203", f"`{name}` takes a list, not {kind(node)}", node.span)
        return None
    words = _texts(node, name, diagnostics)
    for word in words:
        if word.text not in known:
            hint = did_you_mean(word.text, known) or f"known: {', '.join(known)}"
            if word.text == "backup":
                hint = "the name of the action is `create`"
            diagnostics.error("BP226", f"there is no {what} `{word.text}`", word.span, hint)
    return tuple(word.text for word in words)
