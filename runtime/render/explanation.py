"""`borgplan explain STEP`: one step of a plan in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ...compiler.analysis.explanation import Acquired, Explanation
from ...compiler.diff.fields import RESUMES, STATUSES
from ...compiler.diff.places import where
from ...compiler.plan.command_text import command_text
from ...compiler.plan.conditions import in_words
from ...compiler.plan.exits import Outcome
from ...compiler.plan.index import Index, index
from ...compiler.plan.model import (
    FINAL,
    Effect,
    Phase,
    Plan,
    Role,
    Step,
    Trigger,
)
from ...compiler.plan.titles import listed, named
from ...compiler.plan.work import Process
from ...compiler.shell.printable import printable
from ..report.style import Style
from ..report.wrapping import Verbatim, broken, fitted
from .phrases import count

_COLUMN = 16  # where answers begin, behind questions
_MOST = 6  # steps that are named before they are only counted
_TRIGGERS = {
    Trigger.SUCCESS: "if no earlier step of its scope failed",
    Trigger.FAILURE: "only after a failure in its scope",
    Trigger.ALWAYS: "whether or not something has failed",
    Trigger.WELL: "if nothing within its scope has failed, not even softly",
    Trigger.UNFAILED: "if nothing within its scope has failed but softly",
    Trigger.FAILED: "if any step within its scope failed",
    Trigger.OWN: "if a step of its scope itself has failed, rather than of a scope within",
    Trigger.ENDED: "in any case, whatever has failed",
}
_OUTCOMES = {
    Outcome.HARD: "fails",
    Outcome.SOFT: "exits with 75",
    Outcome.INTERRUPTED: "is interrupted",
}


def render(plan: Plan, found: Explanation, style: Style) -> str:
    """The answer, a question a line."""
    return fitted(
        _Words(plan, found, style).lines(), style.columns, _COLUMN if style.columns else 0
    )


def as_data(plan: Plan, found: Explanation) -> dict[str, object]:
    """For JSON; steps by number from 1."""
    return {
        "format": "borgplan-explanation",
        "version": 1,
        "number": found.number + 1,
        "id": found.step.id,
        "title": found.step.title,
        "role": found.step.role.value,
        "reason": found.step.reason,
        "command": command_text(found.step),
        "origin": {"file": found.step.origin.file, "line": found.step.origin.line},
        "runs_without_failure": found.usual,
        "after": None if found.after is None else found.after + 1,
        "skipped_by": _by_outcome(found.skipped_by),
        "called_by": _by_outcome(found.called_by),
        "acquires": [_acquired(each, "released_by") for each in found.acquires],
        "releases": [_acquired(each, "acquired_by") for each in found.releases],
        "steps": [step.id for step in plan.steps],
    }


def _by_outcome(found: Mapping[Outcome, Sequence[int]]) -> dict[str, list[int]]:
    return {outcome.value: [n + 1 for n in numbers] for outcome, numbers in found.items()}


def _acquired(each: Acquired, others: str) -> dict[str, object]:
    return {"what": each.what, others: [number + 1 for number in each.others]}


class _Words:
    def __init__(self, plan: Plan, found: Explanation, style: Style) -> None:
        self._plan = plan
        self._found = found
        self._style = style
        self._tree: Index = index(plan)

    def lines(self) -> Iterator[str]:
        found, step = self._found, self._found.step
        head = f"Step {found.number + 1}: {step.title}"
        yield self._style.paint(printable(head), "bold")
        yield from self._command()
        yield ""
        yield from self._fact("Written in", str(step.origin))
        yield from self._fact("Runs", self._runs())
        yield from self._fact("Reason", step.reason)
        if found.after is not None:
            earlier = count(len(found.before), "step")
            yield from self._fact(
                "Waits for", f"{self._named([found.after])} ({earlier} before it in all)"
            )
        for name, effects in (("Skipped if", found.skipped_by), ("Runs if", found.called_by)):
            for numbers, ends in _by_steps(effects).items():
                yield from self._fact(name, f"{self._numbers(numbers)} {ends}")
        yield from self._fact("If it fails", _effect(step.on_hard))
        if step.work.exits.soft:
            yield from self._fact("If it exits 75", _effect(step.on_soft))
        for each in found.acquires:
            released = f"released by {self._named(each.others)}" if each.others else "not released"
            yield from self._fact("Acquires", f"{each.what}, {released}")
        for each in found.releases:
            yield from self._fact(
                "Releases", f"{each.what}, acquired by {self._named(each.others)}"
            )
        for claim in step.claims:
            if claim.name and not claim.inferred:
                yield from self._fact("Claims", f"{claim.kind} {claim.name} ({claim.mode.value})")

    def _command(self) -> Iterator[str]:
        """As in the plan: Borg's commands are broken between words, hooks stay as they are."""
        columns, step = self._style.columns, self._found.step
        for line in map(printable, command_text(step).split("\n")):
            is_broken = columns and isinstance(step.work, Process)
            for part in broken(line, columns, 2) if is_broken and columns else (line,):
                yield Verbatim(f"  {part}")

    def _fact(self, name: str, text: str) -> Iterator[str]:
        title = f"{name}:".ljust(_COLUMN - 1)
        yield f"{self._style.paint(title, 'cyan')} {printable(text)}"

    def _runs(self) -> str:
        step = self._found.step
        place = where(self._tree, step)
        if step.role is not Role.HOOK and step.phase is Phase.BODY:
            return place
        return f"{place}, {_trigger(step)}"

    def _numbers(self, numbers: Sequence[int]) -> str:
        """`step 3 (borg create of /x)`, `one of steps 2 to 7`, `one of steps 1, 2 and 9`."""
        if len(numbers) == 1:
            return self._named(numbers)
        if numbers[-1] - numbers[0] == len(numbers) - 1:
            return f"one of steps {numbers[0] + 1} to {numbers[-1] + 1}"
        shown = [str(number + 1) for number in numbers[:_MOST]]
        more = len(numbers) - len(shown)
        return f"one of steps {listed([*shown, f'{more} more'] if more else shown)}"

    def _named(self, numbers: Sequence[int]) -> str:
        """Steps by number and command."""
        shown = [
            f"{number + 1} ({named(self._plan.steps[number], self._tree)})"
            for number in numbers[:_MOST]
        ]
        more = len(numbers) - len(shown)
        return f"step {listed([*shown, f'{more} more'] if more else shown)}"


def _by_steps(effects: Mapping[Outcome, Sequence[int]]) -> dict[tuple[int, ...], str]:
    """How these steps end, those of the same effect together."""
    found: dict[tuple[int, ...], list[str]] = {}
    for outcome, numbers in effects.items():
        found.setdefault(tuple(numbers), []).append(_OUTCOMES[outcome])
    return {numbers: listed(ends, "or") for numbers, ends in found.items()}


def _trigger(step: Step) -> str:
    if step.phase is Phase.RECOVER and step.trigger not in FINAL:
        return "if something in its scope has failed"
    if step.condition is not None:
        return in_words(step.condition)
    return _TRIGGERS[step.trigger]


def _effect(effect: Effect) -> str:
    return f"{STATUSES[effect.status]}; {RESUMES[effect.resume]}"
