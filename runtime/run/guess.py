"""Telling that nothing says which generation of borgmatic the files are meant for."""

from __future__ import annotations

from ...compiler.driver.compile import Compilation
from ...compiler.plan.model import By, Plan
from ...compiler.semantics import profile_named
from ..cli.arguments import Arguments
from ..render.meanings import files_of


def guess(compilation: Compilation, plan: Plan, arguments: Arguments) -> str:
    """One line with the meaning that was guessed, where another would run something else; else nothing."""
    guessed = {m.configuration: m for m in plan.meanings if m.by is By.GUESSED}
    if not guessed:
        return ""
    from ...compiler.lower.doubt import in_doubt

    found = []
    for configuration in compilation.configurations:
        meaning = guessed.get(configuration.path)
        profile = profile_named(meaning.semantics) if meaning else None
        if (
            meaning
            and profile
            and in_doubt(configuration, profile, by_default=not arguments.actions)
        ):
            found.append(meaning)
    if not found:
        return ""
    names = list(dict.fromkeys(meaning.semantics for meaning in found))
    parts = [f"{name} in {files_of([m for m in found if m.semantics == name])}" for name in names]
    pin = names[0] if len(names) == 1 else "NAME"
    return (
        f"No borgmatic release is specified; assuming {', '.join(parts)}. "
        f"Specify it: `semantics: {pin}` in borgplan.yaml, or --semantics {pin}."
    )
