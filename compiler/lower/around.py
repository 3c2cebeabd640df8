"""What is acquired around the actions of a scope, and released in any case; loaded further only for files that have such."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..borg.target import Target
from ..config.option_names import SNAPSHOT_NAMES
from ..plan.ids import Names
from ..plan.model import Effect, Phase, Resume, ScopeId, Step, Trigger
from .places import Place
from .repositories import Repositories


class Around:
    """Makes the steps, and keeps those that release until their turn."""

    def __init__(self, repositories: Repositories, names: Names) -> None:
        self._repositories = repositories
        self._names = names
        self._releases: dict[ScopeId, list[Step]] = {}

    def is_separate(self, targets: Sequence[Target], place: Place) -> bool:
        """Whether each repository of a file has snapshots of its own."""
        if place.configuration.settings.by_key.keys().isdisjoint(SNAPSHOT_NAMES):
            return False
        from .snapshots import is_shared

        return not is_shared(targets, place)

    def leading_out(self, place: Place, arranged_for: ScopeId) -> Place:
        """The place in which a failure of the work goes on where things are released, before the after-hooks. Only
        where these run after success alone: then it makes no difference to them."""
        if arranged_for not in self._repositories.arranged:
            return place
        after = (h for h in place.hooks if h.scope is place.kind and h.phase is Phase.EXIT)
        if any(h.trigger is not Trigger.SUCCESS for h in after if h.fits_action(place.action)):
            return place
        work = place.kind, Phase.BODY
        soft, hard = map(_goes_out, place.profile.effects[work])
        effects = {**place.profile.effects, work: (soft, hard)}
        return place._replace(profile=place.profile._replace(effects=effects))

    def acquiring(self, place: Place, arranged_for: ScopeId) -> list[Step]:
        """The steps that acquire in a place what is arranged for a scope, which is that or around it."""
        arranged = self._repositories.arranged.get(arranged_for)
        if arranged is None:
            return []
        from .snapshots import steps_around

        acquire, self._releases[place.scope] = steps_around(arranged, place, self._names)
        return acquire

    def releasing(self, place: Place, phase: Phase) -> Iterator[Step]:
        """The steps of a phase that release what was acquired in a place."""
        return (step for step in self._releases.get(place.scope, ()) if step.phase is phase)


def _goes_out(effect: Effect) -> Effect:
    return effect._replace(resume=Resume.EXIT) if effect.resume is Resume.LEAVE else effect
