"""Hook options as entries of `commands:` that mean the same, as far as there are words for it."""

from __future__ import annotations

from ..config.hooks import HookKind
from ..config.options import ACTION_NAMES
from ..plan.model import Phase, ScopeKind, Trigger
from ..semantics import Profile
from ..semantics.profile import HookPlace

_POSITIONS = {
    (ScopeKind.RUN, Phase.ENTER): "before: everything",
    (ScopeKind.RUN, Phase.EXIT): "after: everything",
    (ScopeKind.CONFIGURATION, Phase.ENTER): "before: configuration",
    (ScopeKind.CONFIGURATION, Phase.EXIT): "after: configuration",
    (ScopeKind.CONFIGURATION, Phase.RECOVER): "after: error",
    (ScopeKind.REPOSITORY, Phase.ENTER): "before: repository",
    (ScopeKind.REPOSITORY, Phase.EXIT): "after: repository",
    (ScopeKind.ACTION, Phase.ENTER): "before: action",
    (ScopeKind.ACTION, Phase.EXIT): "after: action",
}
_IN_ORDER = ("create", "prune", "compact", "check")
HOOKS = frozenset(kind.value for kind in HookKind)


def head(place: HookPlace) -> tuple[str, ...]:
    """The keys of an entry, beside its commands."""
    lines = [_POSITIONS[place.scope, place.phase]]
    actions = frozenset({place.only}) if place.only else place.actions
    if actions is not None:
        known = dict.fromkeys((*_IN_ORDER, *ACTION_NAMES))
        lines.append(f"when: [{', '.join(name for name in known if name in actions)}]")
    if place.phase is Phase.EXIT and place.trigger is Trigger.SUCCESS:
        lines.append("states: [finish]")
    return tuple(lines)


def in_order(names: list[str], profile: Profile) -> list[str]:
    """Names of hook options as they stand in the file, unless those in one place run in a different order."""
    places = [place for place in profile.hooks if place.kind.value in names]
    by_name = {place.kind.value: place for place in places}
    groups: dict[object, list[str]] = {}
    for name in names:
        place = by_name[name]
        groups.setdefault((place.scope, place.phase, place.only), []).append(name)
    for key, group in groups.items():
        wanted = [p.kind.value for p in places if (p.scope, p.phase, p.only) == key]
        if group != wanted:
            return [place.kind.value for place in places]
    return names
