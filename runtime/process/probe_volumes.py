"""Read-only questions about file systems that can be snapshotted, asked before a plan is made."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ...compiler.config.model import Configuration
from ...compiler.config.options import SNAPSHOT_NAMES
from ...compiler.config.settings import Settings
from ...compiler.plan.exits import ExitCodes, Outcome
from ...compiler.plan.model import Effect, Phase, Resume, Status, Step, Trigger
from ...compiler.plan.work import SHOWN, Process
from ...compiler.snapshots.kind import Kind, key_of, words_of
from ...compiler.snapshots.kinds import kinds_of
from ...compiler.source.span import COMMAND_LINE
from ...compiler.source.volumes import Mounted, Volumes
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
    several: Iterable[Settings],
) -> tuple[dict[str, Volumes], tuple[Mounted, ...]]:
    """What the programs of these options tell, by `key_of`, and what is mounted. Raises SystemExit with 128+n when
    signal n asks to stop."""
    asked = {key_of(kind, s): (kind, s) for s in several for kind in kinds_of(s)}
    try:
        mounted = mounts()
    except OSError as error:
        problem = f"what is mounted can't be read: {reason(error)}"
        return {key: Volumes((), problem) for key in asked}, ()
    with Signals() as signals:
        found = {
            key: _answer(kind, words_of(settings, kind.program), mounted, signals)
            for key, (kind, settings) in asked.items()
        }
    return found, mounted


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
