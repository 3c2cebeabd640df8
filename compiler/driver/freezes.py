"""`freeze` of a project file: what stands still while snapshots are taken."""

from __future__ import annotations

from ..snapshots.freeze import Freeze
from ..source.diagnostic import Diagnostics
from ..source.span import Text
from ..support.regex import naming
from ..syntax.nodes import Mapping, Node, Scalar, Sequence, kind

_KEYS = ("take", "give")
_names_a_freezer = naming("fsfreeze", "xfs_freeze")


def freezes(node: Node, diagnostics: Diagnostics) -> tuple[Freeze, ...]:
    """Pairs of commands; BP701 and BP702 for anything else."""
    if not isinstance(node, Sequence):
        diagnostics.error("BP702", f"`freeze` takes a list, not {kind(node)}", node.span)
        return ()
    return tuple(found for item in node.items if (found := _freeze(item, diagnostics)))


def _freeze(item: Node, diagnostics: Diagnostics) -> Freeze | None:
    values: dict[str, Text] = {}
    for key, value in item.pairs if isinstance(item, Mapping) else ():
        if key.text not in _KEYS or key.text in values:
            problem = "is set twice" if key.text in values else "is not known here"
            diagnostics.error("BP701", f"`{key.text}` {problem}", key.span, "known: take, give")
            return None
        text = _command(key.text, value, diagnostics)
        if text is None:
            return None
        values[key.text] = text
    if len(values) != len(_KEYS):
        diagnostics.error(
            "BP702",
            "an entry of `freeze` needs `take` and `give`",
            item.span,
            "for example: {take: systemctl stop app, give: systemctl start app}",
        )
        return None
    return Freeze(values["take"], values["give"])


def _command(key: str, node: Node, diagnostics: Diagnostics) -> Text | None:
    if not (isinstance(node, Scalar) and isinstance(node.value, str) and node.text.strip()):
        diagnostics.error("BP702", f"`{key}` takes a command, not {kind(node)}", node.span)
        return None
    if _names_a_freezer(node.text):
        diagnostics.error(
            "BP702",
            f"`{key}` can't freeze a file system: taking a snapshot of it would wait for ever",
            node.span,
            "leave it out: file systems are consistent in a snapshot",
        )
        return None
    return Text(node.text, node.span)
