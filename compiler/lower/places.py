"""Where hooks are hung: a configuration and one of its scopes, or the run."""

from __future__ import annotations

from collections.abc import Sequence

from ..borg.target import Target
from ..config.model import Configuration, Repository
from ..plan.actions import Action
from ..plan.model import Phase, ScopeId, ScopeKind
from ..semantics import Profile
from ..source.diagnostic import Diagnostics
from ..source.span import Text
from ..support.record import NamedTuple
from .placement import Placement, placements
from .selection import REQUESTED, LoweringRequest, selects


class Place(NamedTuple):
    """`profile`: the release that is meant there. `request`: what is requested of it. `hooks`: all of the file."""

    configuration: Configuration
    profile: Profile
    request: LoweringRequest
    hooks: tuple[Placement, ...]
    scope: ScopeId
    kind: ScopeKind
    action: str = ""
    repository: Repository | None = None

    @property
    def requested(self) -> frozenset[str]:
        return frozenset(action.value for action in self.request.actions)

    @property
    def is_hooked(self) -> bool:
        """Whether hooks run before its actions, and may create what isn't there."""
        return any(
            hook.phase is Phase.ENTER
            and hook.is_called_for(self.requested)
            and (hook.only is None or bool(hook.only & self.requested))
            for hook in self.hooks
        )

    def at(self, repository: Repository) -> Place:
        """With the options and hooks of a repository that has options of its own."""
        if repository.own is None:
            return self
        own = self.configuration.of(repository)
        return self._replace(configuration=own, hooks=placements(own, self.profile))


def creates(target: Target, place: Place) -> bool:
    """Whether an archive is made in a repository of a file."""
    left_out = {text.text for text in target.settings.texts("skip_actions")}
    return (
        Action.CREATE in place.request.actions
        and Action.CREATE.value not in left_out
        and selects(place.request.repository, target.repository)
    )


def report_skipped(
    skipped: Sequence[Text], place: Place, reported: set[Text], diagnostics: Diagnostics
) -> None:
    """BP439, once for each: an action is requested by name, and `skip_actions` skips it."""
    forced = place.request.options.force
    for text in skipped:
        requested = text.text in place.requested and place.request.called_for == REQUESTED
        if requested and text not in reported and not (forced and text.text == Action.CHECK.value):
            reported.add(text)
            diagnostics.note(
                "BP439", f"`{text.text}` is requested, but `skip_actions` skips it", text.span
            )
