"""Which borgmatic release each configuration file is compiled for, in sentences."""

from __future__ import annotations

from collections.abc import Iterator

from ...compiler.plan.model import By, Meaning, Plan
from ...compiler.semantics import profile_named
from ...compiler.shell.printable import printable

_NAMED = 3  # files in one sentence


def names_of(plan: Plan) -> list[str]:
    """The releases of the plan's files, each once."""
    return list(dict.fromkeys(meaning.semantics for meaning in plan.meanings)) or [plan.semantics]


def meanings(plan: Plan) -> Iterator[str]:
    """One line for each release: what hooks follow, in which files, and why that is so unless somebody
    has said it. Where there are several, one on the hooks around all files."""
    names = names_of(plan)
    for name in names:
        profile = profile_named(name)
        releases = profile.releases if profile else f"borgmatic {name}"
        here = [meaning for meaning in plan.meanings if meaning.semantics == name]
        files = f" in {files_of(here)}" if len(names) > 1 else ""
        yield f"Release: hooks{files} follow {releases} (--semantics {name}){_why(here)}."
    if len(names) > 1:
        yield f"Hooks around everything follow borgmatic {plan.semantics}, the newest of these."


def files_of(found: list[Meaning]) -> str:
    """The files by name, as far as there are few."""
    shown = [printable(meaning.configuration) for meaning in found[:_NAMED]]
    more = [f"{len(found) - _NAMED} more"] if len(found) > _NAMED else []
    *first, last = [*shown, *more]
    return f"{', '.join(first)} and {last}" if first else last


def _why(found: list[Meaning]) -> str:
    """The reason, if it is one for all of them."""
    guessed = [meaning for meaning in found if meaning.by is By.GUESSED]
    reasons = list(dict.fromkeys(m.why for m in found if m.by is not By.NAMED))
    if not reasons:
        return ""
    why = printable(reasons[0])
    more = " (and other reasons)" if len(reasons) > 1 else ""
    return f" - assumed: {why}{more}" if guessed else f" - {why}{more}"
