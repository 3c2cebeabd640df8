"""Scratch files of two plans: which make a difference, and what they are called."""

from __future__ import annotations

from collections.abc import Mapping

from ..plan.model import Plan
from ..plan.scratch import Scratch, ScratchKind


def compared(plan: Plan) -> list[Scratch]:
    """Those with lines that make a difference: a folder has none, and how a configuration file is called is none."""
    return [file for file in plan.scratch if file.kind is ScratchKind.TEXT and not file.names_files]


def called_before(new: Plan, names: Mapping[str, str]) -> dict[str, str]:
    """What the scratch files of a plan are called in the old one. `names`: of scopes, by their new ids."""
    return {
        file.name: f"{names[file.scope]}{file.name.removeprefix(file.scope)}"
        for file in new.scratch
        if file.scope in names and file.name.startswith(file.scope)
    }
