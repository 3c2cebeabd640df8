"""Every spelling of a hook to one record: where it hangs, what calls for it, what it runs."""

from __future__ import annotations

from ..config.hooks import CommandHook
from ..config.model import Configuration
from ..plan.model import Phase, ScopeKind, Trigger
from ..semantics.profile import HookPlace, Profile
from ..source.span import Text
from ..support.record import NamedTuple

_SUCCESS, _FAILURE = "finish", "fail"


class Placement(NamedTuple):
    """Some hook commands of a configuration in their place; see `semantics.profile.HookPlace`.

    `written`: `when` and `states` as they stand there; for an option, as it is rewritten.
    `hook`: its option or its position in `commands:`. `only`: in scopes of actions, those it is
    for; None for all.
    """

    title: str
    hook: str
    scope: ScopeKind
    phase: Phase
    trigger: Trigger
    actions: frozenset[str] | None
    only: frozenset[str] | None
    variables: frozenset[str]
    why: str
    commands: tuple[Text, ...]
    written: tuple[tuple[str, ...] | None, tuple[str, ...] | None] = (None, None)

    def is_called_for(self, requested: frozenset[str]) -> bool:
        return self.actions is None or bool(self.actions & requested)

    def fits_action(self, action: str) -> bool:
        """Whether it hangs on this action's scope; true for all hooks that hang elsewhere."""
        return self.only is None or action in self.only

    @property
    def identity(self) -> object:
        """Equal for hooks in the same place that are written alike; see `written`."""
        texts = tuple(command.text for command in self.commands)
        return self.phase, self.written, texts


def placements(configuration: Configuration, profile: Profile) -> tuple[Placement, ...]:
    """The hooks of a configuration, in the order in which they run within a phase."""
    hooks = {hook.kind: hook for hook in configuration.hooks}
    entries = [
        _entry(number, entry, profile) for number, entry in enumerate(configuration.commands, 1)
    ]
    options = [
        _option(place, hooks[place.kind].commands) for place in profile.hooks if place.kind in hooks
    ]
    return tuple(found for found in (*entries, *options) if found is not None)


def _option(place: HookPlace, commands: tuple[Text, ...]) -> Placement:
    return Placement(
        title=place.kind.value,
        hook=place.kind.value,
        scope=place.scope,
        phase=place.phase,
        trigger=place.trigger,
        actions=place.actions,
        only=None if place.only is None else frozenset({place.only}),
        variables=place.variables,
        why=place.why,
        commands=commands,
        written=(None if place.actions is None else tuple(sorted(place.actions)), None),
    )


def _entry(number: int, entry: CommandHook, profile: Profile) -> Placement | None:
    place = profile.commands.get(entry.position)
    if place is None:
        return None
    trigger = trigger_of(place.phase, entry.states)
    if trigger is None:
        return None
    when = None if entry.when is None else frozenset(entry.when)
    for_action = place.scope is ScopeKind.ACTION and not profile.entries_around_every_action
    return Placement(
        title=f"commands[{number}] {entry.position.value}",
        hook=entry.position.value,
        scope=place.scope,
        phase=place.phase,
        trigger=trigger,
        actions=None if for_action else when,
        only=when if for_action else None,
        variables=place.variables,
        why=_why(place.why, trigger, place.phase, entry.when),
        commands=entry.commands,
        written=(entry.when, entry.states),
    )


def trigger_of(phase: Phase, states: tuple[str, ...] | None) -> Trigger | None:
    """Which statuses let an entry with these states run; None if none does."""
    success = states is None or _SUCCESS in states
    failure = states is None or _FAILURE in states
    if phase is Phase.ENTER:
        return Trigger.SUCCESS
    if phase is Phase.RECOVER:
        return Trigger.FAILURE if failure else None
    if success and failure:
        return Trigger.ALWAYS
    return Trigger.SUCCESS if success else Trigger.FAILURE if failure else None


def _why(why: str, trigger: Trigger, phase: Phase, when: tuple[str, ...] | None) -> str:
    words = [why]
    if phase is Phase.EXIT:
        words.append(
            {
                Trigger.SUCCESS: "if nothing failed",
                Trigger.FAILURE: "after a failure only",
                Trigger.ALWAYS: "also after failures",
            }[trigger]
        )
    if when is not None:
        words.append(f"when {' or '.join(when) or 'nothing'} is requested")
    return ", ".join(words)
