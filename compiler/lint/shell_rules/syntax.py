"""Commands that no shell can read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ...source.diagnostic import Severity
from .finding import Finding
from .tree import Tree, walk

if TYPE_CHECKING:
    from tree_sitter import Node

_QUOTES = re.compile(
    r"""\\[\s\S]|'[^']*'|"(?:\\[\s\S]|[^"\\])*"|(?:^|(?<=[\s;]))\#[^\n]*|(?P<open>['"])""",
    re.MULTILINE,
)
_CLOSERS = {
    "if": "fi", "while": "done", "until": "done", "for": "done", "case": "esac", "{": "}", "(": ")",
    "$(": ")", "((": "))", "$((": "))", "[": "]", "[[": "]]", "${": "}", "`": "`",
}  # fmt: skip
_NAMES = {"\n": "a line's end", "word": "a word"}


def unreadable(tree: Tree) -> Finding:
    """BP350: the first place that can't be read, of a tree with errors."""
    start, end, what = _problem(tree)
    hint = "the shell stops here with an error; complete lines above have already run"
    message = f"not valid shell code: {what}"
    return Finding("BP350", Severity.WARNING, message, start, max(end, start + 1), hint)


def _problem(tree: Tree) -> tuple[int, int, str]:
    """Where it is, and in words what."""
    unclosed = next((m for m in _QUOTES.finditer(tree.source) if m["open"]), None)
    if unclosed is not None:
        return unclosed.start(), unclosed.end(), "this quote is never closed"
    node = _innermost(tree.root)
    opener = _opener_of(node) if node.is_missing else _without_end(node)
    if opener is not None:
        return *tree.span(opener), f"this `{opener.type}` has no `{_CLOSERS[opener.type]}`"
    start, end = tree.span(node)
    if node.is_missing:
        return start, end, f"{_NAMES.get(node.type, node.type)} is missing here"
    line_end = tree.source.find("\n", start)
    return start, end if line_end < 0 else min(end, line_end), "this can't be parsed"


def _innermost(root: Node) -> Node:
    """The first error that has none inside itself."""
    found = root
    for node in walk(root):
        if node.is_missing:
            return node
        if node.type == "ERROR":
            found = node
            if not any(child.has_error for child in node.children):
                break
    return found


def _opener_of(missing: Node) -> Node | None:
    """What a missing word would end."""
    node = missing.parent
    if node is not None and node.type == "do_group":
        node = node.parent
    first = node.children[0] if node is not None and node.children else None
    return first if first is not None and _CLOSERS.get(first.type) == missing.type else None


def _without_end(error: Node) -> Node | None:
    """The last construct that begins in an error and doesn't end there."""
    open_ones: list[Node] = []
    for child in error.children:
        if child.type in _CLOSERS and not (child.type == "`" and open_ones):
            open_ones.append(child)
        elif open_ones and child.type == _CLOSERS[open_ones[-1].type]:
            open_ones.pop()
    return open_ones[-1] if open_ones else None
