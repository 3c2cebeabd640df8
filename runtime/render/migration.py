"""What `migrate` did: a report for people, and the change line by line."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import fill

from ...compiler.migration.migrate import Migration
from ...compiler.plan.model import By
from ...compiler.shell.printable import printable
from ..engine.difference_kinds import KINDS
from ..engine.equivalence import Difference
from ..report.style import Paint, Style
from .diagnostics import concealed, place
from .meanings import files_of


def report(found: Migration, remaining: Sequence[Difference], would_be: str, style: Style) -> str:
    """Each file on a line, and what is different afterwards. `would_be`: empty if it was done."""
    lines = [
        f"{printable(file.path)}: {f'{would_be}migrated' if file.is_changed else 'nothing to do'}"
        for file in found.files
    ]
    if not any(file.is_changed for file in found.files):
        return "\n".join(lines)
    lines += _meanings(found)
    if not remaining:
        lines.append(
            "The same commands run in the same order as before, also after any single failure."
        )
        return "\n".join(lines)
    lines.append(
        "The same commands run in the same order as before, also after any single failure, except:"
    )
    for kind in dict.fromkeys(difference.kind for difference in remaining):
        lines += ["", _wrapped(f"{kind}: {KINDS[kind]}", style)]
        for difference in remaining:
            if difference.kind == kind:
                where = style.paint(place(difference.span), "dim")
                lines.append(f"    {where}  {printable(difference.text)}")
    return "\n".join(lines)


def _meanings(found: Migration) -> list[str]:
    """What the changed files meant, a line for each generation, and whether that is a guess."""
    changed = [file.path for file in found.files if file.is_changed]
    meanings = found.generations.meanings(changed)
    profiles = {profile.name: profile for profile in map(found.generations.of, changed)}
    lines = []
    for profile in profiles.values():
        here = [m for m in meanings if m.semantics == profile.name]
        files = files_of(here) if len(profiles) > 1 else "the files"
        guess = " (assumed)" if any(m.by is By.GUESSED for m in here) else ""
        lines.append(f"Release: {files} were written for {profile.releases}{guess}.")
    return lines


def _wrapped(text: str, style: Style) -> str:
    return fill(text, style.width, subsequent_indent="  ")


def diff(before: str, after: str, path: str, style: Style) -> str:
    """As `diff -u` writes it, but for the values of secrets; empty if nothing changes."""
    from difflib import unified_diff

    colours: dict[str, Paint] = {"+": "green", "-": "red", "@": "cyan"}
    lines = unified_diff(
        concealed(before).splitlines(), concealed(after).splitlines(), path, path, lineterm=""
    )  # fmt: skip
    return "".join(
        f"{style.paint(printable(line), colours[line[:1]])}\n"
        if line[:1] in colours
        else f"{printable(line)}\n"
        for line in lines
    )
