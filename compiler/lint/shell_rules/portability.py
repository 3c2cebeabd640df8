"""What bash has and /bin/sh needn't have: on Debian and Ubuntu that is dash."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ...source.diagnostic import Severity
from .finding import Finding
from .tree import Tree, walk, walk_with_parents

if TYPE_CHECKING:
    from tree_sitter import Node

_HINT = "/bin/sh is dash on Debian and Ubuntu; bash -c '…' runs bash"
_ARRAY = "an array"
# Kinds of nodes, what they are called, and what to write instead.
_NODES = {
    "process_substitution": ("<(…)", "use a pipe or a temporary file"),
    "array": (_ARRAY, ""),
    "subscript": (_ARRAY, ""),
    "ansi_c_string": ("$'…'", "printf understands \\n and its like"),
    "translated_string": ('$"…"', ""),
    "herestring_redirect": ("<<<", "printf '%s\\n' … | command"),
    "c_style_for_statement": ("for ((…))", "use `while`, or seq"),
}
_TOKENS = {
    "&>": ("&>", "write >FILE 2>&1; dash runs the command in the background and empties the file"),
    "&>>": ("&>>", "write >>FILE 2>&1; dash runs the command in the background"),
    "|&": ("|&", "write 2>&1 |"),
    "[[": ("[[ … ]]", "use [ … ], or `case` for patterns"),
    "((": ("((…))", 'use [ "$a" -lt "$b" ], or a=$((a + 1))'),
    "function": ("function", "write name() { …; }"),
    "select": ("select", ""),
    "+=": ("+=", 'write a="$a…"'),
}
_PROGRAMS = {
    "source": ("source", "write `.` and a path with a slash"),
    "declare": ("declare", ""),
    "typeset": ("typeset", ""),
    "let": ("let", "write a=$((…))"),
    "pushd": ("pushd", "use (cd DIRECTORY && …)"),
    "popd": ("popd", "use (cd DIRECTORY && …)"),
    "shopt": ("shopt", ""),
    "mapfile": ("mapfile", "use `while read`"),
    "readarray": ("readarray", "use `while read`"),
}
_EXPANSIONS = frozenset(("/", "//", "/#", "/%", ":", "^", "^^", ",", ",,", "!", "@"))
_VARIABLES = frozenset(
    ("PIPESTATUS", "BASH_SOURCE", "RANDOM", "SECONDS", "UID", "EUID", "FUNCNAME")
)


def portability(tree: Tree) -> Iterator[Finding]:
    """BP351: each construct once."""
    said: set[str] = set()
    for node, parent in walk_with_parents(tree.root):
        found = _construct(tree, node, parent)
        if found is None or found[0] in said:
            continue
        name, instead = found
        said.add(name)
        yield Finding(
            "BP351",
            Severity.WARNING,
            f"{name if name == _ARRAY else f'`{name}`'} is bash's, but this runs with /bin/sh",
            *tree.span(node),
            instead or _HINT,
        )


def _construct(tree: Tree, node: Node, parent: Node | None) -> tuple[str, str] | None:
    """What a node is called and what to write instead; None if any shell knows it."""
    if not node.is_named:
        if node.type in _TOKENS and not (node.type == "((" and _is_expansion(parent)):
            return _TOKENS[node.type]
        return _PROGRAMS.get(node.type)
    if node.type == "expansion":
        operator = next((c.type for c in node.children if c.type in _EXPANSIONS), "")
        return (f"${{…{operator}…}}", "sed or cut can do it") if operator else None
    if node.type == "variable_name" and tree.text(node) in _VARIABLES:
        is_read = parent is not None and parent.type in (
            "simple_expansion",
            "expansion",
            "subscript",
        )
        return (f"${tree.text(node)}", "") if is_read else None
    if node.type == "brace_expression":
        return "{1..3}", "use seq"
    if node.type == "concatenation" and _has_alternatives(tree, node):
        return "{a,b}", "write both words"
    if node.type == "test_command" and node.children[0].type == "[":
        compares = any(child.type == "==" for child in walk(node))
        return ("[ a == b ]", "write =") if compares else None
    if node.type == "command":
        return _command(tree.words(node))
    return _NODES.get(node.type)


def _command(words: list[str]) -> tuple[str, str] | None:
    if words[:1] == ["trap"] and {"ERR", "DEBUG", "RETURN"} & set(words[2:]):
        return "trap … ERR", "dash ends here, with 2: use `trap … EXIT`, or `||`"
    if words[:1] == ["set"] and "pipefail" in words:
        return (
            "set -o pipefail",
            "dash before 0.5.13 ends here, with 2: bash -c 'set -o pipefail; …'",
        )
    return _PROGRAMS.get(words[0]) if words else None


def _is_expansion(parent: Node | None) -> bool:
    return parent is None or parent.type in ("arithmetic_expansion", "c_style_for_statement")


def _has_alternatives(tree: Tree, node: Node) -> bool:
    """`{`, a word with a comma and `}` side by side, none of them in quotes."""
    texts = [tree.text(child) if child.type == "word" else "" for child in node.children]
    return any(
        texts[at] == "{" and "," in texts[at + 1] and texts[at + 2] == "}"
        for at in range(len(texts) - 2)
    )
