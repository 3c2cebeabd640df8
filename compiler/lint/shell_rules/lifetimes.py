"""What ends with a hook's shell and what goes on after it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ...source.diagnostic import Severity
from .finding import Finding
from .tree import Tree, statements, walk, walk_with_parents

if TYPE_CHECKING:
    from tree_sitter import Node

# Commands that change nothing but the shell that they run in.
_OF_SHELL = frozenset(("cd", "umask", "set", "ulimit", "alias", "unset"))
_ASSIGNING = frozenset(
    ("declaration_command", "unset_command", "variable_assignment", "variable_assignments")
)
_INERT = frozenset(("function_definition", "comment"))


def background(tree: Tree) -> Iterator[Finding]:
    """BP352: the first process that is left running, by a command that doesn't wait or keep its number."""
    if "&" not in tree.source:
        return
    nodes = list(walk_with_parents(tree.root))
    if any(_knows(tree, node) for node, _ in nodes):
        return
    for node, parent in nodes:
        before = node.prev_named_sibling if node.type == "&" else None
        if before is not None and parent is not None and parent.type != "binary_expression":
            yield Finding(
                "BP352",
                Severity.WARNING,
                "this continues after the hook: nothing waits for it, and its failure is not noticed",
                tree.span(before)[0],
                tree.span(node)[1],
                "remove the `&`, or `wait` for it at the end",
            )
            return


def _knows(tree: Tree, node: Node) -> bool:
    """Whether this is `wait`, or `$!`."""
    if node.type == "command_name":
        return tree.text(node) == "wait"
    return node.type == "special_variable_name" and tree.text(node) == "!"


def unreachable(tree: Tree) -> Iterator[Finding]:
    """BP353: what stands after an `exit` or `exec` that always comes."""
    ended_by: Node | None = None
    for statement in statements(tree.root):
        if statement.type in _INERT or tree.words(statement)[:1] == [":"]:
            continue  # `: <<END` is how scripts carry texts
        if ended_by is not None:
            word = tree.words(ended_by)[0]
            yield Finding(
                "BP353",
                Severity.WARNING,
                f"this never runs: `{word}` in line {ended_by.start_point[0] + 1} ends the command",
                *tree.span(statement),
                "put each command into its own item of the list",
            )
            return
        words = tree.words(statement)
        if not _goes_on_alongside(statement) and (
            words[:1] == ["exit"] or (words[:1] == ["exec"] and words[1:])
        ):
            ended_by = statement


def _goes_on_alongside(statement: Node) -> bool:
    """Whether it runs in the background, in a shell of its own."""
    return statement.next_sibling is not None and statement.next_sibling.type == "&"


def carried_over(tree: Tree) -> Iterator[Finding]:
    """BP354: the last thing a command does is to change its own shell. For commands that others follow."""
    last = next(reversed(statements(tree.root)), None)
    if last is None:
        return
    words = tree.words(last)
    if last.type in _ASSIGNING:
        if any(node.type == "command_substitution" for node in walk(last)):
            return
        what = "the variable" if "assignment" in last.type else f"`{tree.text(last).split()[0]}`"
    elif words[:1] and words[0] in _OF_SHELL:
        what = f"`{words[0]}`"
    else:
        return
    yield Finding(
        "BP354",
        Severity.WARNING,
        f"{what} is lost at the end of this item: each item of a list runs in its own shell",
        *tree.span(last),
        "put these commands into one item: `- |` and the lines below it",
    )
