"""Which syntax of options a document uses, seen before anything is decoded."""

from __future__ import annotations

from collections.abc import Iterator

from ..support.record import NamedTuple
from ..syntax.nodes import Mapping, Marked, Node, Scalar, Sequence, unmarked
from .option_names import BESIDE
from .options import OPTIONS, SECTIONS

_NAMES = {option.name for option in OPTIONS} | BESIDE.keys()
_BESIDE_SECTIONS = "constants"  # in every form
_DEEPEST = 8  # a mapping may merge one that merges one


class Forms(NamedTuple):
    """`sections`: whether there are any. `flat`: whether options stand outside of them."""

    sections: bool
    flat: bool

    @property
    def mixed(self) -> bool:
        return self.sections and self.flat


def forms(root: Node) -> Forms:
    """Of a document, merged or not."""
    sections = flat = False
    for section, key, _ in pairs_at_the_top(root):
        if not section:
            sections = sections or key.text in SECTIONS
            flat = flat or (key.text in _NAMES and key.text != _BESIDE_SECTIONS)
    return Forms(sections, flat)


def pairs_at_the_top(
    root: Node, section: str = "", depth: int = 0
) -> Iterator[tuple[str, Scalar, Node]]:
    """The pairs at the top of a document, merged or not, each section followed by its own; with the name
    of the section that a pair stands in, or nothing."""
    node = unmarked(root)
    if not isinstance(node, Mapping) or depth > _DEEPEST:
        return
    for key, value in node.pairs:
        if key.plain and key.text == "<<":
            for item in value.items if isinstance(value, Sequence) else (value,):
                yield from pairs_at_the_top(item, section, depth + 1)
            continue
        if section or key.text not in SECTIONS:
            yield section, key, value
        elif isinstance(value, Mapping | Scalar | Marked):
            yield "", key, value
            yield from pairs_at_the_top(value, key.text, depth + 1)
