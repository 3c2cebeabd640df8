"""Whether it matters which generation a file is compiled for."""

from __future__ import annotations

from ..config.model import Configuration
from ..semantics import NEWEST
from ..semantics.profile import Profile
from .placement import placements


def in_doubt(configuration: Configuration, profile: Profile, *, by_default: bool) -> bool:
    """Whether the newest generation would run something else, at another time or after other endings.

    `by_default`: whether the actions are those that the generation runs if none is asked for.
    """
    if profile is NEWEST:
        return False
    if by_default and profile.default_actions != NEWEST.default_actions:
        return True
    return _hung(configuration, profile) != _hung(configuration, NEWEST)


def _hung(configuration: Configuration, profile: Profile) -> list[object]:
    """Where each hook hangs, when it runs, and what its failures do."""
    return [
        (
            hook.hook, hook.scope, hook.phase, hook.trigger, hook.actions, hook.only,
            profile.effects.get((hook.scope, hook.phase)), profile.hook_exits,
        )
        for hook in sorted(placements(configuration, profile), key=lambda hook: hook.title)
    ]  # fmt: skip
