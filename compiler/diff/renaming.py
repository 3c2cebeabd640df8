"""A part of the new plan with the names that the old one has, so that what still differs is more than a name."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ..plan.model import Plan, ScopeKind
from ..plan.words import ScratchPath, SecretOption, Value
from ..support.record import TYPE_CHECKING
from .scratch import called_before

if TYPE_CHECKING:
    from typing import TypeVar

    from .match_scopes import Matching

    _T = TypeVar("_T")

Names = Mapping[str, str]  # what scopes, steps and files of the new plan are called in the old one


def names_before(matching: Matching, new: Plan) -> Names:
    """What the scopes, steps, files and scratch files of the new plan are called in the old one."""
    names = {pair.new.id: pair.old.id for pair in matching.scopes}
    files = (pair for pair in matching.scopes if pair.new.kind is ScopeKind.CONFIGURATION)
    return {
        **called_before(new, names),
        **names,
        **{pair.new.id: pair.old.id for pair in matching.steps},
        **{pair.new.name: pair.old.name for pair in files},
    }


def renamed(found: _T, names: Names) -> _T:
    """The same record, or any part of one, whatever it is nested in."""
    again: object = found
    match found:
        case ScratchPath():
            again = found._replace(name=names.get(found.name, found.name))
        case Value():
            again = found._replace(producer=names.get(found.producer, found.producer))
        case SecretOption(file, option):
            # Which number an item has is no difference.
            again = SecretOption(names.get(file, file), re.sub(r"\[[0-9]+\]", "[]", option))
        case tuple():
            parts = [renamed(part, names) for part in found]
            again = type(found)._make(parts) if hasattr(found, "_make") else tuple(parts)
        case _:
            pass
    return again  # type: ignore[return-value]
