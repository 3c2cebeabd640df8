"""What another generation of borgmatic would make of the same files: two plans, compared by hook.

Hooks are matched by where they are written, which is the same in both plans; so a hook that hangs
somewhere else is one change and not a removal and an addition.
"""

from __future__ import annotations

from ..plan.command_text import first_line
from ..plan.index import Index, index
from ..plan.model import Phase, Plan, Resume, ScopeKind, Status, Step, Trigger
from ..plan.work import Shell
from ..source.span import Span
from ..support.record import NamedTuple


class Change(NamedTuple):
    """`subject`: a hook command or what else differs; `what`: in words, one thing each."""

    subject: str
    what: tuple[str, ...]
    origin: Span


_AROUND = {
    ScopeKind.RUN: "around everything",
    ScopeKind.CONFIGURATION: "around the file",
    ScopeKind.REPOSITORY: "around each repository",
    ScopeKind.ACTION: "around each {action}",
}
_SIDE = {Phase.ENTER: "before", Phase.EXIT: "after", Phase.RECOVER: "on failure"}


class _Hook(NamedTuple):
    """One hook command of one plan, all its steps together."""

    step: Step
    kind: ScopeKind
    action: str
    times: int
    position: int


def changes(old: Plan, new: Plan) -> list[Change]:
    """What differs for whoever moves from one generation to the other; empty if nothing does."""
    return [*_actions(old, new), *_hooks(old, new), *exit_codes(old, new)]


def _collect(plan: Plan) -> dict[tuple[Span, str], _Hook]:
    tree: Index = index(plan)
    found: dict[tuple[Span, str], _Hook] = {}
    for position, step in enumerate(plan.steps):
        if not isinstance(step.work, Shell):
            continue
        key = step.origin, step.work.written
        scope = tree.scopes[step.scope]
        if key in found:
            found[key] = found[key]._replace(times=found[key].times + 1)
        else:
            action = tree.name_of(step.scope, ScopeKind.ACTION)
            found[key] = _Hook(step, scope.kind, action, 1, position)
    return found


def _hooks(old: Plan, new: Plan) -> list[Change]:
    before, after = _collect(old), _collect(new)
    found = []
    for key, hook in before.items():
        if key not in after:
            found.append(Change(_subject(hook.step), ("no longer runs",), key[0]))
        elif what := _differences(hook, after[key]):
            found.append(Change(_subject(hook.step), what, key[0]))
    for key, hook in after.items():
        if key not in before:
            found.append(Change(_subject(hook.step), ("now runs",), key[0]))
    return sorted(found, key=lambda change: change.origin)


def _subject(step: Step) -> str:
    text = first_line(step.work.written) if isinstance(step.work, Shell) else ""
    return f"{step.title} `{text}`"


def _differences(old: _Hook, new: _Hook) -> tuple[str, ...]:
    found = []
    if (old.kind, old.action) != (new.kind, new.action):
        found.append(f"moves: {_where(old)} -> {_where(new)}")
    if old.times != new.times:
        found.append(f"runs {_times(old.times)} -> {_times(new.times)}")
    if old.step.trigger is not new.step.trigger:
        found.append(_trigger_change(old.step.trigger, new.step.trigger))
    if old.step.phase is Phase.ENTER and old.step.on_hard.resume is not new.step.on_hard.resume:
        found.append(_resume_change(new.step.on_hard.resume))
    if _soft(old) != _soft(new):
        found.append(f"exit code 75: {_soft(old)} -> {_soft(new)}")
    return tuple(found)


def _where(hook: _Hook) -> str:
    around = _AROUND[hook.kind].format(action=hook.action)
    return f"{_SIDE.get(hook.step.phase, '')} {around.removeprefix('around ')}".strip()


def _times(times: int) -> str:
    return "once" if times == 1 else f"{times} times"


def _trigger_change(old: Trigger, new: Trigger) -> str:
    if new is Trigger.ALWAYS:
        return "now also runs after failures"
    if old is Trigger.ALWAYS:
        return "no longer runs after failures" if new is Trigger.SUCCESS else "only after failures"
    return f"runs on {new.value} instead of {old.value}"


def _resume_change(new: Resume) -> str:
    if new is Resume.EXIT:
        return "on failure, the after-hooks of its scope now run"
    return "on failure, the after-hooks of its scope no longer run"


def _soft(hook: _Hook) -> str:
    if not hook.step.work.exits.soft:
        return "a failure like any other"
    effect = hook.step.on_soft
    scope = {
        ScopeKind.RUN: "the run",
        ScopeKind.CONFIGURATION: "the file",
        ScopeKind.REPOSITORY: "the repository",
        ScopeKind.ACTION: "the repository",
    }[hook.kind]
    if effect.status is Status.FAILED:
        return "a failure like any other"
    if effect.resume in (Resume.NEXT, Resume.PHASE):
        return "ignored: the next step runs"
    return f"skips the rest of {scope}"


def _actions(old: Plan, new: Plan) -> list[Change]:
    if old.actions == new.actions:
        return []
    words = f"{', '.join(old.actions)} -> {', '.join(new.actions)}"
    return [Change("actions of the run, in their order", (words,), Span("<run>"))]


def exit_codes(old: Plan, new: Plan) -> list[Change]:
    """Exit codes of Borg that are read differently."""
    found: dict[tuple[str, ...], Change] = {}
    by_id = {step.id: step for step in new.steps}
    for step in old.steps:
        other = by_id.get(step.id)
        if other is None or isinstance(step.work, Shell) or step.work.exits == other.work.exits:
            continue
        codes = (0, 1, 2, 75, *range(99, 109), 128, -15)
        words = tuple(
            f"exit code {code}: {_read(step, code)} -> {_read(other, code)}"
            for code in codes
            if _read(step, code) != _read(other, code)
        )
        subject = step.title
        if words and (subject, *words) not in found:
            found[subject, *words] = Change(subject, words, step.origin)
    return list(found.values())


def _read(step: Step, code: int) -> str:
    if step.work.exits.is_warning(code):
        return "warning"
    return {"done": "done", "soft": "soft failure", "hard": "failure"}[
        step.work.exits.outcome(code).value
    ]
