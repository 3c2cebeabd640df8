"""Snapshots as steps around `create`: loaded only for a file that turns them on.

They are taken last of all before it, so that they hold what hooks have written, and given back first after it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from posixpath import join, normpath

from ..borg.patterns import Selection
from ..borg.target import Target
from ..config.option_names import SNAPSHOT_NAMES
from ..plan.actions import Action
from ..plan.claims import Claim, Mode
from ..plan.command_text import words_text
from ..plan.exits import ExitCodes
from ..plan.ids import Names
from ..plan.model import (
    Effect,
    Phase,
    Refusal,
    Resume,
    Role,
    ScopeKind,
    Status,
    Step,
    Trigger,
)
from ..plan.words import text_of
from ..plan.work import Process
from ..snapshots.arrange import Arrangement, Machine, arrange
from ..snapshots.checks import check_programs
from ..snapshots.freeze import downtimes, freezing, releasing
from ..snapshots.kind import SNAPSHOT, Command, key_of
from ..snapshots.kinds import kinds_of
from ..source.diagnostic import Diagnostics
from ..source.span import Span
from ..support.record import NamedTuple
from .places import Place, creates
from .selection import Once

_GO_ON = Effect(Status.FAILED, Resume.NEXT)  # whatever can't be removed, the rest is tried
_TAKEN = "sources are read from snapshots"
_GIVEN = "snapshots are unmounted and removed, also after failures"
_FROZEN = "frozen only while snapshots are taken"
_RELEASED = "released before Borg runs"
_RELEASED_AFTER_FAILURES = "released also after failures, if it is still frozen"
UNKNOWN = (
    "which volumes there are is not known, as the plan was made without looking at this machine"
)


def arranged(
    target: Target,
    chosen: Selection,
    place: Place,
    refusals: list[Refusal],
    diagnostics: Diagnostics,
) -> Arrangement | None:
    """What is read from snapshots, taken in a place; None for nothing. A refusal where volumes aren't known."""
    facts = place.request.facts
    kinds = kinds_of(target.settings)
    unknown = [kind for kind in kinds if key_of(kind, target.settings) not in facts.volumes]
    if unknown:
        by_key = target.settings.by_key
        refusals += [Refusal(kind.name, by_key[kind.name].span, UNKNOWN) for kind in unknown]
        return None
    machine = Machine(facts.volumes, facts.mounts)
    found = arrange(target, chosen, machine, _owner(target, place), diagnostics)
    if found is not None and place.request.presence:
        argvs = [command.argv for command in (*found.take, *found.give)]
        check_programs(argvs, target.host, target.settings.by_key[kinds[0].name].span, diagnostics)
    if found is not None and place.request.freezes:
        snapshots = sum(command.kind == SNAPSHOT for command in found.take)
        return found._replace(facts=(*found.facts, *downtimes(place.request.freezes, snapshots)))
    return found


def _owner(target: Target, place: Place) -> str:
    """What the folder of the snapshots is called after: the file, wherever it is read from, and the repository where
    each has its own."""
    path = normpath(join(target.host.directory, place.configuration.path))
    return path if place.kind is ScopeKind.CONFIGURATION else f"{path}#{target.location}"


def is_shared(targets: Sequence[Target], place: Place) -> bool:
    """Whether all repositories of a file are given the same snapshots. Not where hooks run before each: what they
    write would not be in it; nor for a single one, as its other actions need none."""
    alike = [t for t in targets if t.repository.own is None and creates(t, place)]
    once = place.request.snapshots
    if len(alike) < 2 or once is Once.REPOSITORY:
        return False
    return once is Once.RUN or not _is_hooked_within(place)


def _is_hooked_within(place: Place) -> bool:
    """Whether hooks run before each repository, or before `create` of each."""
    return any(
        hook.phase is Phase.ENTER
        and hook.scope in (ScopeKind.REPOSITORY, ScopeKind.ACTION)
        and hook.is_called_for(place.requested)
        and hook.fits_action(Action.CREATE.value)
        for hook in place.hooks
    )


def steps_around(
    arrangement: Arrangement, place: Place, names: Names
) -> tuple[list[Step], list[Step]]:
    """The steps that take, and those that give back whatever comes."""
    leaving, trigger = _way_out(place)
    failed = Resume.EXIT if leaving is Phase.EXIT else Resume.LEAVE
    ending = Effect(Status.FAILED, failed)
    taking = _Where(place, names, Phase.ENTER, Trigger.SUCCESS, ending)
    giving = _Where(place, names, leaving, trigger, _GO_ON)
    if not place.request.freezes:
        enter = _steps(arrangement.take, Mode.TAKE, taking, _TAKEN)
        return enter, _steps(arrangement.give, Mode.GIVE, giving, _GIVEN)
    moment = [command for command in arrangement.take if command.kind == SNAPSHOT]
    rest = [command for command in arrangement.take if command.kind != SNAPSHOT]
    freezes = list(enumerate(place.request.freezes, 1))

    def released(where: _Where, why: str) -> list[Step]:
        return [
            step
            for number, f in reversed(freezes)
            for step in _steps(
                [releasing(f, arrangement.name, number)], Mode.GIVE, where, why, f.give.span
            )
        ]

    enter = [
        *(
            step
            for number, f in freezes
            for step in _steps(
                freezing(f, arrangement.name, number), Mode.TAKE, taking, _FROZEN, f.take.span
            )
        ),
        *_steps(moment, Mode.TAKE, taking, _TAKEN),
        *released(taking, _RELEASED),
        *_steps(rest, Mode.TAKE, taking, _TAKEN),
    ]
    leave = [
        *released(giving, _RELEASED_AFTER_FAILURES),
        *_steps(arrangement.give, Mode.GIVE, giving, _GIVEN),
    ]
    return enter, leave


class _Where(NamedTuple):
    """Where in a plan steps stand, and what becomes of their scope if they fail."""

    place: Place
    names: Names
    phase: Phase
    trigger: Trigger
    ending: Effect


def _way_out(place: Place) -> tuple[Phase, Trigger]:
    """Where in a scope what was taken is given back in any case: some releases pass over what comes after a failure."""
    profile = place.profile
    effects = list(profile.effects.get((place.kind, Phase.BODY), ()))
    if place.kind is not ScopeKind.ACTION:  # which has no children
        effects += profile.child_effects[place.kind]
    if any(effect.resume in (Resume.LEAVE, Resume.END) for effect in effects):
        return Phase.RECOVER, Trigger.ENDED
    return Phase.EXIT, Trigger.ALWAYS


def _steps(
    commands: Iterable[Command], mode: Mode, where: _Where, why: str, origin: Span | None = None
) -> list[Step]:
    place, ending = where.place, where.ending
    return [
        Step(
            where.names.step(place.scope, where.phase, where.trigger, words_text(command.argv)),
            place.scope, where.phase, where.trigger, _process(command), ending, ending, why,
            origin or _origin(place), title=command.title, role=Role.SNAPSHOT,
            claims=_claims(command, mode),
        )
        for command in commands
    ]  # fmt: skip


def _claims(command: Command, mode: Mode) -> tuple[Claim, ...]:
    """What a command takes or gives back, and what it needs to stay until then."""
    own = (Claim(command.kind, text_of(thing), mode) for thing in command.things)
    return (*own, *(Claim(kind, text_of(name), Mode.READ) for kind, name in command.uses))


def _origin(place: Place) -> Span:
    by_key = place.configuration.settings.by_key
    return next(by_key[name].span for name in SNAPSHOT_NAMES if name in by_key)


def _process(command: Command) -> Process:
    return Process(
        command.argv, None, ExitCodes(), required=True, makes=command.makes, removes=command.removes
    )
