"""The table of all rules, docs/rules.md, from their pages."""

from __future__ import annotations

from . import Page, codes, page

_HEAD = """\
# Rules

What `borgplan lint`, `plan` and `apply` report. `make docs` generates this page from the pages of
the rules; `borgplan rule CODE` shows one, with a bad and a good example.

A file with an error has no plan; a warning makes `lint` exit with 1; a note is information. The first digit of
a code is its subject.
"""
_SUBJECTS = {
    "1": "Files and YAML",
    "2": "Options",
    "3": "Hooks, and values in them",
    "4": "Releases and Borg commands",
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
