"""A command as a syntax tree, with offsets in characters.

Placeholders (`{repository}`) are names to the parser: their braces are replaced by underscores, which
leaves all offsets as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

MAX_CHARACTERS = 20_000  # beyond that it is a program and not a command
_PLACEHOLDER = re.compile(r"(?<!\$)\{([A-Za-z_][A-Za-z0-9_-]*)\}")


class Tree:
    """The tree of one command."""

    def __init__(self, text: str, parser: Parser) -> None:
        self.source = without_placeholders(text)
        self._data = self.source.encode("utf-8", "replace")
        self._is_ascii = self.source.isascii()
        self.root = parser.parse(self._data).root_node

    def text(self, node: Node) -> str:
        return self._data[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def span(self, node: Node) -> tuple[int, int]:
        """Where a node starts and ends, in characters of the text."""
        return self.offset(node.start_byte), self.offset(node.end_byte)

    def offset(self, byte: int) -> int:
        return byte if self._is_ascii else len(self._data[:byte].decode("utf-8", "replace"))

    def words(self, command: Node) -> list[str]:
        """The program and its arguments as they are written; empty for what is no simple command."""
        if command.type == "redirected_statement" and command.children:
            command = command.children[0]
        if command.type != "command":
            return []
        kept = (
            c for c in command.named_children if not c.type.endswith(("assignment", "redirect"))
        )
        return [self.text(child) for child in kept]


def without_placeholders(text: str) -> str:
    """`{name}` as `_name_`."""
    return _PLACEHOLDER.sub(r"_\1_", text)


def parsed(text: str) -> Tree | None:
    """The tree of a command; None without the extra `shell`, and for what is too long."""
    parser = _parser()
    return None if parser is None or len(text) > MAX_CHARACTERS else Tree(text, parser)


def is_available() -> bool:
    """Whether the extra `shell` is installed."""
    return _parser() is not None


@cache
def _parser() -> Parser | None:
    try:
        import tree_sitter_bash
        from tree_sitter import Language, Parser
    except ImportError:
        return None
    return Parser(Language(tree_sitter_bash.language()))


def walk(node: Node) -> Iterator[Node]:
    """A node and all below it, in the order of the text."""
    return (found for found, _ in walk_with_parents(node))


def walk_with_parents(node: Node) -> Iterator[tuple[Node, Node | None]]:
    """The same with the node around each; a node itself finds that only from the root on, in long."""
    waiting: list[tuple[Node, Node | None]] = [(node, None)]
    while waiting:
        found = waiting.pop()
        yield found
        waiting.extend((child, found[0]) for child in reversed(found[0].children))


def statements(parent: Node) -> list[Node]:
    """The statements that are directly in a program or a list, without comments."""
    return [child for child in parent.named_children if child.type != "comment"]
