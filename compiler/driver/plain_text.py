"""`plain_text` of a project file: commands that run nothing of what they are given."""

from __future__ import annotations

from ..source.diagnostic import Diagnostics
from ..support.regex import lazily
from ..syntax.nodes import Node, Scalar, Sequence, kind

_COMMAND = lazily(r"[^\s/-][^\s/]*|/[^\s]*[^\s/]")


def plain_text(node: Node | None, diagnostics: Diagnostics) -> tuple[str, ...]:
    """Names of commands, or their paths; BP702 for anything else."""
    if node is None:
        return ()
    if not isinstance(node, Sequence):
        diagnostics.error(
            "BP702", f"`plain_text` takes a list of commands, not {kind(node)}", node.span
        )
        return ()
    found = []
    for item in node.items:
        if (
            isinstance(item, Scalar)
            and isinstance(item.value, str)
            and _COMMAND.fullmatch(item.value)
        ):
            found.append(item.value)
            continue
        diagnostics.error(
            "BP702",
            "`plain_text` takes names of commands without their arguments, or whole paths",
            item.span,
            "for example: notify.sh, or /opt/notify/send",
        )
    return tuple(found)
