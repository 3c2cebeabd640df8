"""What Borg's commands become as steps: bound to what earlier ones keep, with their claims and repetitions."""

from __future__ import annotations

from collections.abc import Mapping

from ..borg.action_inputs import NamedCommand
from ..borg.target import Target
from ..config.settings import Settings
from ..plan.claims import OUTPUT, REPOSITORY, Claim, Mode
from ..plan.model import Retry, StepId
from ..plan.words import ForEach, Part, Use, Value, Word
from ..plan.work import OutputUse, Process
from ..semantics import Profile


def retry_of(settings: Settings, profile: Profile) -> Retry:
    """How often a repository is tried again: as configured, for what the release repeats."""
    times = settings.integer("retries") or 0
    if times <= 0:
        return Retry()
    wait = settings.integer("retry_wait") or 0
    return profile.retry._replace(times=times, wait=max(0, wait))


def with_producers(command: Process, producers: Mapping[str, StepId]) -> Process:
    """The command with each late value of its words bound to the step before it that keeps it."""

    def produced(value: Value) -> Value:
        return value if value.producer else value._replace(producer=producers[value.name])

    def bound(part: Part) -> Part:
        if isinstance(part, Use):
            return part._replace(value=produced(part.value))
        if isinstance(part, ForEach):
            return part._replace(names=part.names._replace(value=produced(part.names.value)))
        return part

    def words(found: tuple[Word, ...]) -> tuple[Word, ...]:
        return tuple(w if isinstance(w, str) else tuple(map(bound, w)) for w in found)

    if command.spot is not None:
        sources, sample, sums = (
            None if value is None else produced(value)
            for value in (command.spot.sources, command.spot.sample, command.spot.sums)
        )
        spot = command.spot._replace(sources=sources, sample=sample, sums=sums)
        command = command._replace(spot=spot)
    if not any(isinstance(word, tuple) for word in command.argv):
        return command
    dry = None if command.dry_argv is None else words(command.dry_argv)
    return command._replace(argv=words(command.argv), dry_argv=dry)


def claims_of(named: NamedCommand, target: Target) -> tuple[Claim, ...]:
    """What one of Borg's commands claims: its repository, what its builder says, and the output."""
    answer = (Claim(OUTPUT, "", Mode.WRITE),) if named.command.output.use is OutputUse.SHOW else ()
    used = () if named.mode is None else (Claim(REPOSITORY, target.location, named.mode),)
    return (*used, *named.claims, *answer)
