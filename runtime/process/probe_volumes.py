"""Read-only questions about file systems that can be snapshotted, asked before a plan is made."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial

from ...compiler.config.model import Configuration
from ...compiler.config.option_names import SNAPSHOT_NAMES
from ...compiler.config.settings import Settings
from ...compiler.plan.exits import ExitCodes, Outcome
from ...compiler.plan.model import Effect, Phase, Resume, Status, Step, Trigger
from ...compiler.plan.work import SHOWN, Process
from ...compiler.snapshots.kind import Kind, key_of, words_of
from ...compiler.snapshots.kinds import kinds_of
from ...compiler.source.host import Host
from ...compiler.source.span import COMMAND_LINE
from ...compiler.source.volumes import Mounted, Mounts, Volumes
from ..engine.wording import ending
from ..system.host import reason
from ..system.mounts import mounts
from .prompts import answered
from .signals import Signals

_KEEP = Effect(Status.FAILED, Resume.NEXT)


def settings_with_snapshots(configurations: Iterable[Configuration]) -> list[Settings]:
    """The options of each file, and of each repository with options of its own, that turn snapshots on."""
    found = [
        settings
        for file in configurations
        for settings in (file.settings, *(file.of(r).settings for r in file.repositories if r.own))
    ]
    return [s for s in found if not s.by_key.keys().isdisjoint(SNAPSHOT_NAMES)]


def volumes_of(
    several: Iterable[Settings], host: Host
) -> tuple[dict[str, Volumes], tuple[Mounted, ...]]:
    """What the programs of these options tell, by `key_of`, and what is mounted; nothing of what isn't known. Raises
    SystemExit with 128+n when signal n asks to stop."""
    mounted = host.fact("mounts", "", _mounts)
    if mounted is None:
        return {}, ()
    asked = {key_of(kind, s): (kind, s) for s in several for kind in kinds_of(s)}
    found: dict[str, Volumes] = {}
    for key, (kind, settings) in asked.items():
        find = partial(_volumes, kind, words_of(settings, kind.program), mounted)
        answer = host.fact("volumes", key, find)
        if answer is not None:
            found[key] = answer
    return found, mounted.all


def _mounts() -> Mounts:
    try:
        return Mounts(mounts())
    except OSError as error:
        return Mounts((), f"what is mounted can't be read: {reason(error)}")


def _volumes(kind: Kind, program: tuple[str, ...], mounted: Mounts) -> Volumes:
    if mounted.problem:
        return Volumes((), mounted.problem)
    with Signals() as signals:
        return _answer(kind, program, mounted.all, signals)


def _answer(
    kind: Kind, program: tuple[str, ...], mounted: Sequence[Mounted], signals: Signals
) -> Volumes:
    answers = []
    for argv in kind.questions(program, mounted):
        work = Process(argv, None, ExitCodes(), output=SHOWN)
        step = Step("probe", "", Phase.BODY, Trigger.SUCCESS, work, _KEEP, _KEEP, "", COMMAND_LINE)
        result, answer = answered(step, {}, signals)
        if result.outcome is not Outcome.DONE:
            return Volumes((), f"`{' '.join(argv)}` {ending(result)}")
        answers.append(answer.decode("utf-8", "surrogateescape"))
    try:
        return Volumes(tuple(kind.read(mounted, answers)))
    except ValueError as error:
        return Volumes((), str(error))
