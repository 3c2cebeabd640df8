"""Which changes of a plan both sides could see."""

from __future__ import annotations

from collections.abc import Iterable

from ..borg.action_inputs import Existence
from .plans import Change

_UNSEEN = {known.value for known in (Existence.UNKNOWN, Existence.NOT_ASKED, Existence.LATER)}


def seen_by_both(found: Iterable[Change]) -> list[Change]:
    """Without facts that one side could not see: a revision of git is planned without a look at its repositories."""
    return [change for change in found if not (change.about == "fact" and _is_unseen(change))]


def _is_unseen(change: Change) -> bool:
    return any(words in _UNSEEN for field in change.fields for words in (field.old, field.new))
