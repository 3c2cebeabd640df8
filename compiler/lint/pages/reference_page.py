"""The table of all rules, docs/rules.md, from their pages."""

from __future__ import annotations

from . import Page, codes, page

_HEAD = """\
# Rules

What `borgplan lint` finds, and `plan` and `apply` say. Made from the pages of the rules, `make docs` writes it;
`borgplan rule CODE` shows a page, with an example of the mistake and the same mended.

An error leaves no plan for its file; a warning makes `lint` end with exit code 1; a note explains. The hundreds of a
code tell its subject.
"""
_SUBJECTS = {
    "1": "Files and YAML",
    "2": "Options",
    "3": "Hooks, and values in them",
    "4": "Semantics, and Borg's commands",
    "5": "The plan itself",
    "6": "Safety on this machine",
    "7": "The project file",
    "8": "Proofs",
    "9": "Policies",
}


def table() -> str:
    """The whole page, as Markdown."""
    pages = [page(code) for code in codes()]
    parts = [_HEAD]
    for digit, subject in _SUBJECTS.items():
        rows = [_row(found) for found in pages if found.code[2] == digit]
        if rows:
            parts += [f"\n## {subject}\n\n| | | |\n| --- | --- | --- |\n", *rows]
    return "".join(parts)


def _row(found: Page) -> str:
    link = f"[{found.code}](../compiler/lint/pages/{found.code}.md) `{found.name}`"
    return f"| {link} | {found.severity} | {found.summary} |\n"
