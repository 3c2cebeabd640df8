"""Failures that a command keeps for itself, and removals that can take too much."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ...analysis.claims import claims
from ...analysis.pairs import PAIRS
from ...shell.programs import names_dump
from ...source.diagnostic import Severity
from .finding import Finding
from .tree import Tree, walk

if TYPE_CHECKING:
    from tree_sitter import Node

_NOTHING = (["true"], [":"], ["exit", "0"])
_ALWAYS_SET = frozenset(("HOME", "PWD"))
_EXPANSIONS = ("simple_expansion", "expansion")
_DEFAULTS = frozenset((":-", "-", ":=", "=", ":?", "?"))
_SLASH = re.compile('"?/')
_LITERAL = re.compile(r"[\"']?[^\s\"'$`]")


def hidden(tree: Tree) -> Iterator[Finding]:
    """BP356 (a note): `|| true` behind a dump, or behind what is taken for the backup."""
    for node in walk(tree.root):
        if node.type != "list" or "||" not in (child.type for child in node.children):
            continue
        left, right = node.children[0], node.children[-1]
        if tree.words(right) in _NOTHING and _matters(tree.text(left)):
            yield Finding(
                "BP356",
                Severity.NOTE,
                "if this fails, the hook still succeeds and the backup continues without it",
                tree.span(left)[0],
                tree.span(right)[1],
            )


def _matters(text: str) -> bool:
    return names_dump(text) or any(
        claim.taking
        and claim.pair in PAIRS
        and not (claim.pair.either or claim.pair.name == "file")
        for claim in claims(text)
    )


def removals(tree: Tree) -> Iterator[Finding]:
    """BP357: `rm -r $NAME/…`, which is `rm -r /…` if the variable is empty."""
    if "rm" not in tree.source:
        return
    assigned = {
        tree.text(node.children[0])
        for node in walk(tree.root)
        if node.type == "variable_assignment" and _has_literal(tree, node)
    }
    safe = assigned | _ALWAYS_SET
    for command in walk(tree.root):
        if command.type == "command" and _removes_folders(tree.words(command)):
            for argument in command.named_children:
                name = _variable_before_slash(tree, argument)
                if name and name not in safe:
                    yield Finding(
                        "BP357",
                        Severity.WARNING,
                        f"if {name} is empty or unset, this deletes files from / downwards",
                        *tree.span(argument),
                        f"write ${{{name}:?}}, which stops the command in that case",
                    )


def _removes_folders(words: list[str]) -> bool:
    if "rm" not in (word.rpartition("/")[2] for word in words[:2]):
        return False
    return any(
        word == "--recursive" or re.fullmatch(r"-[a-zA-Z]*[rR][a-zA-Z]*", word) for word in words
    )


def _first_variable(argument: Node) -> Node | None:
    """The variable that an argument begins with, in quotes or not, unless it has a default."""
    node = argument
    while node.type in ("concatenation", "string") and node.named_children:
        node = node.named_children[0]
    if node.type not in _EXPANSIONS or node.start_byte > argument.start_byte + 1:
        return None
    return None if any(child.type in _DEFAULTS for child in node.children) else node


def _variable_before_slash(tree: Tree, argument: Node) -> str:
    """Its name, or empty."""
    variable = _first_variable(argument)
    if variable is None or not _SLASH.match(tree.source, tree.span(variable)[1]):
        return ""
    return next((tree.text(c) for c in variable.named_children if c.type == "variable_name"), "")


def _has_literal(tree: Tree, assignment: Node) -> bool:
    """Whether a value is never empty, as it begins with a text of its own."""
    return _LITERAL.match(tree.text(assignment).partition("=")[2]) is not None
