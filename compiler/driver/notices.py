"""`notify:` of the project file as steps: messages at the end of the run about some of its steps.

Loaded only for a project file that has it. A message stands last in the run, with a condition that names its steps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from ..analysis.conditions import concerned
from ..analysis.failures import is_usual
from ..config.services import Service
from ..lower.messages import bound_steps
from ..notify.services import requests
from ..notify.telling import Said, Telling
from ..plan.conditions import Condition, End, Quiet
from ..plan.ids import ROOT, Names
from ..plan.index import Index, index
from ..plan.model import Effect, Phase, Plan, Resume, Role, ScopeKind, Status, Step, Trigger
from ..plan.words import Known, Late, Part, Secret, Use
from ..semantics import NEWEST
from ..semantics.monitoring import State, monitoring_of
from ..source.diagnostic import Diagnostics
from ..source.span import Span
from ..support.record import NamedTuple

STATES = {
    End.FAILURE: State.FAIL, End.SOFT_FAILURE: State.SKIP, End.SUCCESS: State.FINISH,
    End.RECOVERY: State.FINISH,
}  # fmt: skip
_ENDED = {
    End.FAILURE: "failed", End.SOFT_FAILURE: "was skipped", End.SUCCESS: "succeeded",
    End.RECOVERY: "works again",
}  # fmt: skip
_GO_ON = Effect(Status.FAILED, Resume.NEXT)
_HOST = Use(Known.HOST, otherwise="")
_ERROR = Use(Late.ERROR, otherwise="see the log of the run")
WHOLE_RUN = "the run"  # what it is called in messages
_WITH_LOGS = 1  # verbosity at which everything is in the log

Chooses = Callable[[Step, Index], bool]


class When(NamedTuple):
    """What a message tells of. `chooses`: which steps; None for the whole run. `about`: them in words. `each`: whether
    those of each repository or configuration are looked at by themselves. `row`: see `Condition`."""

    end: End
    chooses: Chooses | None
    about: str
    each: ScopeKind
    row: int
    span: Span


class Notice(NamedTuple):
    """An entry of `notify:`. `within`: where it stands in its file. `lent`: see `Telling`."""

    file: str
    within: str
    service: Service
    whens: tuple[When, ...]
    quiet: Quiet | None
    lent: dict[str, Secret]

    def __repr__(self) -> str:
        """Without what may be secret."""
        return f"Notice(within={self.within!r}, service={self.service.name!r})"


def with_notices(
    plan: Plan, notices: tuple[Notice, ...], diagnostics: Diagnostics, *, whole: bool
) -> Plan:
    """The plan with these messages at its end. `whole`: it is of all files, and nothing of them was left aside; else no
    message says that the whole run went well."""
    tree = index(plan)
    names = Names(step.id for step in plan.steps)
    steps: list[Step] = []
    for notice in notices:
        for when in notice.whens:
            steps += _steps(notice, when, plan, tree, names, diagnostics, whole=whole)
    # Failures last: one of them may be that a signal ends another message.
    ordered = sorted(steps, key=_tells_of_failure)
    return plan._replace(steps=(*plan.steps, *ordered))


def alarms(notices: tuple[Notice, ...]) -> tuple[Step, ...]:
    """What is sent where nothing of the run can be: of failures of the whole run, how many there were before aside."""
    names = Names()
    names.scope(None, ROOT)
    found: list[Step] = []
    for notice in notices:
        for when in notice.whens:
            if when.end is End.FAILURE and when.chooses is None:
                found += _messages(notice, when, Condition(End.FAILURE), "", names)
    return tuple(found)


def _steps(
    notice: Notice, when: When, plan: Plan, tree: Index, names: Names, diagnostics: Diagnostics,
    *, whole: bool,
) -> Iterator[Step]:  # fmt: skip
    quiet = notice.quiet if when.end is End.SUCCESS else None
    if when.chooses is None and when.each is ScopeKind.RUN:
        if when.end in (End.SUCCESS, End.RECOVERY) and not whole:
            diagnostics.note(
                "BP704", "a part of the run says nothing of the whole: this message is not sent",
                when.span,
            )  # fmt: skip
            return
        condition = Condition(when.end, (), when.row, quiet)
        if _can_end_so(condition, concerned(plan, condition)):
            yield from _messages(notice, when, condition, "", names)
        return
    found = _chosen(when, plan, tree)
    if not found:
        diagnostics.note("BP704", f"no step of this plan matches `{when.about}`", when.span)
    for place, ids in found.items():
        condition = Condition(when.end, tuple(ids), when.row, quiet)
        if _can_end_so(condition, concerned(plan, condition)):
            yield from _messages(notice, when, condition, place, names)


def _can_end_so(condition: Condition, steps: Sequence[Step]) -> bool:
    """Whether what is told of can happen: what runs only after failures has no successes, and not everything can end
    softly."""
    if condition.end is End.SOFT_FAILURE:
        return any(step.work.exits.soft for step in steps)
    return bool(steps) and (condition.end is End.FAILURE or any(map(is_usual, steps)))


def _chosen(when: When, plan: Plan, tree: Index) -> dict[str, list[str]]:
    """The ids of the steps that are meant, by the place that they are looked at in."""
    found: dict[str, list[str]] = {}
    for step in plan.steps:
        if step.role is Role.NOTIFY or (when.chooses and not when.chooses(step, tree)):
            continue
        scope = tree.around(step.scope, when.each)
        if scope is None:
            continue  # it is of no single one
        configuration = tree.name_of(scope.id, ScopeKind.CONFIGURATION)
        place = {
            ScopeKind.RUN: "", ScopeKind.CONFIGURATION: configuration,
            ScopeKind.REPOSITORY: f"{scope.label or scope.name} of {configuration}",
        }[when.each]  # fmt: skip
        found.setdefault(place, []).append(step.id)
    return found


def _messages(
    notice: Notice, when: When, condition: Condition, place: str, names: Names
) -> Iterator[Step]:
    state = STATES[when.end]
    about = f"{when.about} in {place}" if place else when.about
    ended = _ENDED[when.end] + (f" in {when.row} runs in a row" if when.row > 1 else "")
    title: tuple[Part, ...] = (_HOST, f": {about} {ended}")
    text = (*title, ": ", _ERROR) if when.end in (End.FAILURE, End.SOFT_FAILURE) else title
    telling = Telling(
        notice.service, state, notice.file, monitoring_of(NEWEST), notice.lent, _WITH_LOGS,
        notice.within, Said(about, title, text),
    )  # fmt: skip
    name = notice.service.name
    yield from bound_steps(
        requests(telling),
        lambda work: Step(
            names.named(ROOT, Phase.RECOVER, f"{state.value}-{name}"), ROOT, Phase.RECOVER,
            trigger_of(condition), work, _GO_ON, _GO_ON, _reason(about, ended, condition),
            when.span, name, title=f"{name} {state.value}", role=Role.NOTIFY, condition=condition,
        ),
    )  # fmt: skip


def _tells_of_failure(message: Step) -> bool:
    return message.condition is not None and message.condition.end is End.FAILURE


def trigger_of(condition: Condition) -> Trigger:
    """What lets a message be sent at all; its condition says when, of those times."""
    if condition.end is End.FAILURE:
        return Trigger.FAILED
    return Trigger.ENDED if condition.steps else Trigger.UNFAILED


def _reason(about: str, ended: str, condition: Condition) -> str:
    when = f"at the end of the run, if {about} {ended}"
    return when if condition.quiet is None else f"{when}, and it is not {condition.quiet}"


def can_tell(notice: Notice, when: When) -> bool:
    """Whether its service has a word for that."""
    return bool(tuple(_messages(notice, when, Condition(when.end), "", Names())))
