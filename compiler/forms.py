"""Which syntaxes of hooks a document uses, seen before anything is decoded."""

from .hooks import HookKind
from .nodes import Mapping, Marked, Node, Scalar, Sequence
from .options import LATER_SECTION, OPTIONS, SECTIONS
from .record import NamedTuple

_NAMES = {option.name for option in OPTIONS} | LATER_SECTION.keys()

_KINDS = {kind.value: kind for kind in HookKind}


class Forms(NamedTuple):
    """Which syntaxes of hooks a document uses, seen before anything is decoded."""

    sections: bool
    flat: bool
    kinds: frozenset[HookKind]
    commands: bool


def forms(root: Node) -> Forms:
    """Of a document, merged or not."""
    keys: set[str] = set()
    sections: set[str] = set()
    _collect_keys(root, keys, sections, depth=0)
    top = keys - {f"{section}:" for section in SECTIONS}
    names = {key.rpartition(":")[2] for key in keys}
    return Forms(
        sections=bool(sections),
        flat=any(key in _NAMES for key in top),
        kinds=frozenset(kind for name, kind in _KINDS.items() if name in names),
        commands="commands" in names,
    )


def _collect_keys(node: Node, keys: set[str], sections: set[str], depth: int) -> None:
    """`name` for keys at the top, `section:name` for those in a section."""
    if isinstance(node, Marked):
        node = node.node
    if not isinstance(node, Mapping) or depth > 8:
        return
    for key, value in node.pairs:
        if key.plain and key.text == "<<":
            for item in value.items if isinstance(value, Sequence) else (value,):
                _collect_keys(item, keys, sections, depth + 1)
        elif key.text in SECTIONS and isinstance(value, Mapping | Scalar | Marked):
            sections.add(key.text)
            inner: set[str] = set()
            _collect_keys(value, inner, set(), depth + 1)
            keys.update(f"{key.text}:{name}" for name in inner)
        else:
            keys.add(key.text)
