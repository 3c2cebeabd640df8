"""Runs of the past as text and as data."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from signal import SIGKILL

from ...compiler.analysis.recovery import PendingCleanup
from ...compiler.plan.exits import Outcome
from ...compiler.plan.index import Index, index
from ...compiler.plan.model import Plan, ScopeKind, Status, Step, StepId
from ...compiler.shell.printable import printable
from ...compiler.support.record import NamedTuple
from ..engine.ended import Report
from ..engine.fates import fates
from ..engine.record_wording import smallness
from ..engine.repositories import NO_FORMER, Former, RepositoryRecord, records
from ..engine.repositories import as_data as record_data
from ..engine.sizes import as_data as as_size
from ..engine.sizes import growth
from ..engine.tally import as_data as as_tally
from ..engine.wording import elapsed, ending, signal_name, subject
from ..journal.records import Run, StepRecord
from ..report.style import Paint, Style
from ..report.wrapping import Verbatim, fitted
from .phrases import count, sized, tidied
from .repositories import blocks
from .run_status import HANDLED, status, status_word

_WORDS: dict[Outcome, tuple[str, Paint]] = {
    Outcome.DONE: ("done", "green"),
    Outcome.SOFT: ("skipped", "yellow"),
    Outcome.HARD: ("FAILED", "red"),
    Outcome.INTERRUPTED: ("interrupted", "red"),
}


class Past(NamedTuple):
    """A run with what is known of its steps; `plan` is None if it can no longer be read. `former`: sizes of the archives
    before those that it made; in a history, of the one before."""

    run: Run
    steps: Sequence[StepRecord]
    owed: Sequence[PendingCleanup]
    plan: Plan | None
    origin: str = ""
    former: Former = NO_FORMER


def render_history(past: Sequence[Past], style: Style, others: int = 0) -> str:
    """A line for each run, and one for each step that failed and each cleanup that is owed. `others`: how many
    runs of other files there are."""
    lines = []
    for each in past:
        run = each.run
        word, colour = _status_and_warnings(each)
        warned = [step for step in each.steps if step.warned]
        files = ", ".join(os.path.basename(path) for path in run.configurations)
        kind = "" if run.kind == "apply" else f" ({run.kind} of {each.origin or 'a deleted run'})"
        lines.append(
            f"{run.id:<18} {_when(run.began)}  {_took(run.seconds):>9}  "
            f"{style.paint(f'{word:<16}', colour)} {printable(files)}{kind}"
        )
        tree = _Numbers(each.plan)
        bad = [step for step in each.steps if step.outcome not in (Outcome.DONE, None)]
        lines += [
            f"{'':20}{printable(tree.name(s.step))}: {printable(_ending(s))}" for s in bad + warned
        ]
        for step in each.steps:
            if step.archive:
                lines.append(f"{'':20}{printable(_archive(step, tree))}")
                if small := _small(each, step):
                    lines.append(style.paint(f"{'':20}{small}", "yellow"))
        lines += [f"{'':20}{told}" for s in each.steps if (told := tidied(s.tally))]
        cut = [s for s in each.steps if s.outcome is None] if not run.goes_on else []
        lines += [f"{'':20}interrupted in {printable(tree.name(s.step))}" for s in cut]
        lines += [
            f"{'':20}outstanding cleanup of {printable(tree.name(take.step))}" for take in each.owed
        ]
        if each.owed:
            lines.append(f"{'':20}borgplan recover {run.id}")
    bad_one = next((each.run for each in past if any(not s.went_well for s in each.steps)), None)
    if bad_one:
        lines.append(f"For the output of the steps: borgplan show {bad_one.id}")
    if not past:
        lines.append(f"No run {'of these files ' if others else ''}is recorded yet.")
    if others:
        lines.append(f"{count(others, 'run')} of other files: borgplan history --all")
    return fitted(lines, style.columns)


def render_run(each: Past, style: Style) -> str:
    """A run step by step, with the last lines of what failed."""
    run = each.run
    word, colour = _status_and_warnings(each)
    lines = [
        f"Run {run.id}: {style.paint(word, colour)}",
        f"  started {_when(run.began)}, took {_took(run.seconds)}, borgplan {run.version}",
        f"  borgplan {_command(run)}",
        f"  directory: {printable(run.directory)}",
        *(f"  configuration: {printable(path)}" for path in run.configurations),
        *(f"  {run.kind} of {each.origin}" for _ in (1,) if each.origin),
        f"  plan id: {run.plan[:16]}",
        *(
            "  Its plan can't be read, or is another version's: steps have their ids."
            for _ in (1,)
            if each.plan is None
        ),
        "",
    ]
    tree = _Numbers(each.plan)
    for step in each.steps:
        name, paint = _WORDS[step.outcome] if step.outcome else _open(run)
        if step.warned:
            name, paint = "warning", "yellow"
        again = f" (attempt {step.attempt})" if step.attempt > 1 else ""
        how = f": {_ending(step)}" if step.outcome and _tells(step) else ""
        how += f": archive {step.archive}" if step.archive else ""
        lines.append(
            f"  {time.strftime('%H:%M:%S', time.localtime(step.began))} {_took(step.seconds):>9}  "
            f"{style.paint(f'{name:<12}', paint)} {printable(tree.name(step.step))}{again}{printable(how)}"
        )
        if not step.went_well:
            lines += [Verbatim(f"{'':24}| {printable(line)}") for line in step.output.splitlines()]
    lines += blocks(_came(each), style)
    lines += [f"  outstanding cleanup of {printable(tree.name(take.step))}" for take in each.owed]
    if each.owed:
        lines.append(f"  To run the outstanding cleanups: borgplan recover {run.id}")
    return fitted(lines, style.columns)


def step_names(plan: Plan | None) -> Callable[[StepId], str]:
    """Names of the steps of a plan by their ids; these themselves without a plan."""
    return _Numbers(plan).name


def _command(run: Run) -> str:
    """The command line, without secrets."""
    words = run.words if run.words[:1] == ("borgmatic",) else (run.kind, *run.words)
    return printable(" ".join(words))


def as_data(each: Past, *, steps: bool) -> dict[str, object]:
    """For JSON. Times in seconds, `began` since 1970; `outcome` null where nobody saw the end; `signal`: the one that ended
    the run; `handled`: whether an interrupted one was recovered or forgotten since."""
    run = each.run
    code = run.exit_code or 0
    data: dict[str, object] = {
        "id": run.id,
        "kind": run.kind,
        "origin": each.origin or None,
        "began": round(run.began, 3),
        "seconds": None if run.seconds is None else round(run.seconds, 3),
        "status": status_word(run),
        "signal": signal_name(code - 128) if code > 128 else None,
        "handled": run.closed if run.closed in HANDLED else None,
        "exit_code": run.exit_code,
        "configurations": list(run.configurations),
        "archives": [s.archive for s in each.steps if s.archive],
        "sizes": [as_size(s.size) for s in each.steps if s.archive],
        "failed": [s.step for s in each.steps if s.outcome not in (Outcome.DONE, None)],
        "warned": [s.step for s in each.steps if s.warned],
        "outstanding_cleanups": [
            {"step": take.step, "released_by": list(take.gives)} for take in each.owed
        ],
    }
    if steps:
        data |= {
            "version": run.version,
            "words": list(run.words),
            "directory": run.directory,
            "plan": run.plan,
            "steps": [_step_data(step) for step in each.steps],
            "repositories": [record_data(record) for record in _came(each)],
        }
    return data


def _came(each: Past) -> list[RepositoryRecord]:
    """What came of it in each repository; nothing while it goes on, of cleanups alone, and without a plan."""
    if each.plan is None or each.run.goes_on or each.run.kind == "recover":
        return []
    code = each.run.exit_code or 0
    signal = code - 128 if code > 128 else SIGKILL if each.run.was_cut else None
    results = {step.step: step.as_result for step in each.steps}
    found = fates(each.plan, Report(Status.OK, results, signal))
    came = records(each.plan, found, each.former)
    return [record for record in came if record.says_something]


def _step_data(step: StepRecord) -> Mapping[str, object]:
    return {
        "id": step.step,
        "attempt": step.attempt,
        "began": round(step.began, 3),
        "seconds": None if step.seconds is None else round(step.seconds, 3),
        "outcome": step.outcome.value if step.outcome else None,
        "code": step.code,
        "note": step.note,
        "output": step.output,
        "archive": step.archive or None,
        "size": as_size(step.size),
        "tally": as_tally(step.tally),
    }


def _small(each: Past, step: StepRecord) -> str:
    """A warning about an archive that has suddenly little in it; empty for others."""
    if step.size is None or not growth(step.size, each.former.get(step.step, ())).shrunk:
        return ""
    return f"WARNING: this backup is {smallness(is_empty=step.size.is_empty)}"


def _archive(step: StepRecord, tree: _Numbers) -> str:
    """Which one, where, and what is in it."""
    place = tree.repository(step.step)
    where = f" in {place}" if place else ""
    size = f": {sized(step.size, step.tally)}" if step.size else ""
    return f"archive {step.archive}{where}{size}"


def _status_and_warnings(each: Past) -> tuple[str, Paint]:
    """The same; of a run that is done also how many warnings it had."""
    word, colour = status(each.run)
    small = [step for step in each.steps if step.archive and _small(each, step)]
    warnings = sum(step.warned for step in each.steps) + len(small)
    if word == "done" and warnings:
        return f"done, {count(warnings, 'warning')}", "yellow"
    return word, colour


def _open(run: Run) -> tuple[str, Paint]:
    return ("running", "cyan") if run.goes_on else ("interrupted", "red")


class _Numbers:
    """Steps as people know them, where the plan is there to tell."""

    def __init__(self, plan: Plan | None) -> None:
        self._steps: dict[str, tuple[int, Step]] = {}
        self._tree: Index | None = index(plan) if plan else None
        if plan:
            self._steps = {step.id: (number, step) for number, step in enumerate(plan.steps, 1)}

    def name(self, step_id: str) -> str:
        if step_id not in self._steps or self._tree is None:
            return step_id
        number, step = self._steps[step_id]
        where = self._tree.name_of(step.scope, ScopeKind.REPOSITORY)
        return f"{number} {subject(step)}" + (f" {where}" if where else "")

    def repository(self, step_id: str) -> str:
        """The one that a step is about: its label, or where it is; empty if that isn't known."""
        if step_id not in self._steps or self._tree is None:
            return ""
        scope = self._tree.around(self._steps[step_id][1].scope, ScopeKind.REPOSITORY)
        return (scope.label or scope.name) if scope else ""


def _tells(step: StepRecord) -> bool:
    return not step.went_well or bool(step.note)


def _ending(step: StepRecord) -> str:
    return ending(step.as_result)


def _when(seconds: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(seconds))


def _took(seconds: float | None) -> str:
    return "-" if seconds is None else elapsed(seconds)
