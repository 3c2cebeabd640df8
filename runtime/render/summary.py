"""The end of a run: what ran, what failed, what did not run and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ...compiler.analysis.failures import is_usual
from ...compiler.plan.index import index
from ...compiler.plan.model import Plan, Role, ScopeKind, Step, StepId
from ...compiler.plan.words import Value
from ...compiler.plan.work import Process, Shell
from ...compiler.shell.printable import printable
from ...compiler.support.record import TYPE_CHECKING
from ..engine.ended import Report
from ..engine.fates import Fate, StepFate, fates
from ..engine.record_wording import suddenly_small
from ..engine.repositories import (
    NO_FORMER,
    Backup,
    Former,
    backup_data,
    backups,
    records,
)
from ..engine.repositories import (
    as_data as record_data,
)
from ..engine.wording import cause, elapsed, ending, subject
from ..report.style import Paint, Style
from ..report.wrapping import fitted
from .phrases import count, supposed
from .repositories import blocks

if TYPE_CHECKING:
    from ..engine.runner import Result
    from .dumps import Dumped

_TOLD = (Fate.FAILED, Fate.INTERRUPTED, Fate.SKIPPED, Fate.WARNING, Fate.NOT_RUN)
_SHOWN_BY_STEPS = (Fate.FAILED, Fate.INTERRUPTED, Fate.WARNING)
_COLOURS: dict[Fate, Paint] = {
    Fate.FAILED: "red",
    Fate.INTERRUPTED: "red",
    Fate.WARNING: "yellow",
    Fate.SKIPPED: "yellow",
}


_SUPPOSED = {
    Fate.DONE: "runs",
    Fate.WARNING: "runs",
    Fate.NOTHING: "nothing to do",
    Fate.SKIPPED: "exits 75",
    Fate.FAILED: "fails",
    Fate.INTERRUPTED: "interrupted",
    Fate.NOT_RUN: "doesn't run",
    Fate.NOT_NEEDED: "not needed",
}


def render_supposed(
    plan: Plan,
    report: Report,
    results: Mapping[StepId, Result],
    told: Mapping[StepId, Mapping[Value, str]],
    style: Style,
    reasons: Mapping[StepId, str],
    left: Iterable[tuple[str, str]] = (),
) -> str:
    """How a run would go: every step, what error hooks would be told, what is left, the exit code. `reasons`: of failures
    that follow from others. `left`: kinds and names. `results`: of the steps that are to fail."""
    tree = index(plan)
    found = fates(plan, report)
    lines = [f"{supposed(plan, results)}:", ""]
    for fate in found:
        where = tree.name_of(fate.step.scope, ScopeKind.REPOSITORY)
        what = subject(fate.step) + (f" {where}" if where else "")
        word = style.paint(f"{_SUPPOSED[fate.fate]:<13}", _COLOURS.get(fate.fate, "dim"))
        because = _because(fate, found) if fate.fate is Fate.NOT_RUN else ""
        if fate.step.id in reasons:
            because = f", {printable(reasons[fate.step.id])}"
        lines.append(f"  {word} {fate.number:>4}  {printable(what)}{because}")
        if isinstance(fate.step.work, Shell) and fate.result is not None:
            for late in dict.fromkeys(late for _, late in fate.step.work.late):
                value = printable(told.get(fate.step.id, {}).get(late, "") or "(empty)")
                lines.append(f"{'':22}{{{late.name}}}: {value}")
    lines += ["", *(f"Left behind: {printable(' '.join(thing))}." for thing in left)]
    lines += [f"Exit code {report.exit_code}."]
    return fitted(lines, style.columns)


def render(
    plan: Plan,
    report: Report,
    broken: Sequence[str],
    exit_code: int,
    style: Style,
    seconds: float,
    run: str = "",
    former: Former = NO_FORMER,
) -> str:
    """`broken`: configuration files that could not be used at all. `seconds`: from the run's beginning to its
    end. `run`: its id, if the journal has it. `former`: what new archives are compared with."""
    found = fates(plan, report)
    came = records(plan, found, former)
    wanted = backups(came)
    lines = [_headline(found, wanted, report, broken, style, elapsed(seconds))]
    tree = index(plan)
    shown = [fate for fate in found if fate.fate in _TOLD and not _reports_success(fate)]
    recovered = _after_failure(found)
    for fate in sorted([*shown, *recovered], key=lambda f: f.number):
        where = tree.name_of(fate.step.scope, ScopeKind.REPOSITORY)
        what = subject(fate.step) + (f" {where}" if where else "")
        word = "ran" if fate.fate is Fate.DONE else fate.fate.value
        word = style.paint(f"{word:<11}", _COLOURS.get(fate.fate, "dim"))
        lines.append(f"  {word} {fate.number:>4}  {printable(what + _because(fate, found))}")
    lines += [
        f"  {style.paint('not usable ', 'red')}       {printable(path)}: see its errors above"
        for path in broken
    ]
    lines += _about_dumps(found, style)
    lines += blocks(came, style)
    if run and any(fate.fate in _SHOWN_BY_STEPS for fate in found):
        lines.append(f"For the output of each step: borgplan show {run}")
    if exit_code:
        lines.append(f"Exit code {exit_code}.")
    return fitted(lines, style.columns)


def _dumps(found: list[StepFate]) -> list[Dumped]:
    """What became of each database; what tells it is loaded only where there are any."""
    if not any(_dumps_something(fate.step) for fate in found):
        return []
    from .dumps import dumped

    return dumped(found)


def _dumps_something(step: Step) -> bool:
    return step.role is Role.DUMP or (isinstance(step.work, Process) and bool(step.work.feeds))


def _dumps_as_data(found: list[StepFate]) -> list[dict[str, object]]:
    return [
        {
            "step": one.number,
            "database": one.title,
            "bytes": one.size,
            "problem": one.problem or None,
        }
        for one in _dumps(found)
    ]


def _about_dumps(found: list[StepFate], style: Style) -> list[str]:
    texts = ((one.problem, printable(one.text)) for one in _dumps(found))
    return [f"  {style.paint(text, 'red') if problem else text}" for problem, text in texts]


def _headline(
    found: list[StepFate],
    wanted: Sequence[Backup],
    report: Report,
    broken: Sequence[str],
    style: Style,
    took: str,
) -> str:
    ran = [fate for fate in found if fate.result is not None and fate.result.ran]
    failed = sum(fate.fate in (Fate.FAILED, Fate.INTERRUPTED) for fate in found)
    not_run = sum(fate.fate is Fate.NOT_RUN and not _reports_success(fate) for fate in found)
    total = f"{count(len(ran), 'command')} ran in {took}"
    left = f", {not_run} did not run" if not_run else ""
    if report.signal is not None:
        head = style.paint(f"INTERRUPTED by {cause(report.signal)}", "red")
        return f"{head}: {total}{left}."
    skipped = sum(fate.fate is Fate.SKIPPED for fate in found)
    if failed or broken or report.exit_code:
        head = style.paint("FAILED", "red")
        if skipped and not (failed or broken):  # as around everything in 2.0 and later
            why = f"{count(skipped, 'hook')} exited 75, which counts as a failure there"
            return f"{head}: {total}, {why}{left}."
        bad = f", {failed} failed" if failed else ""
        unusable = f", {count(len(broken), 'configuration file')} not usable" if broken else ""
        return f"{head}: {total}{bad}{left}{unusable}."
    warnings = sum(fate.fate is Fate.WARNING for fate in found)
    rest = f", {count(warnings, 'warning')}" if warnings else ""
    rest += (
        f", {count(skipped, 'hook')} exited 75 and skipped the remaining steps" if skipped else ""
    )
    missing = sum(backup.is_missing for backup in wanted)
    rest += f", but {missing} of {count(len(wanted), 'backup')} not made" if missing else ""
    small = suddenly_small(wanted)
    rest += f", {small}" if small else ""
    head = style.paint("Done", "yellow" if missing or small else "green")
    return f"{head}: {total}, nothing failed{rest}."


def _after_failure(found: list[StepFate]) -> list[StepFate]:
    """Worth telling: hooks that ran although, or because, something had failed."""
    bad = (Fate.FAILED, Fate.INTERRUPTED)
    first = next((fate.number for fate in found if fate.fate in bad), len(found) + 1)
    return [
        fate
        for fate in found
        if fate.fate is Fate.DONE and fate.number > first and isinstance(fate.step.work, Shell)
    ]


def _reports_success(fate: StepFate) -> bool:
    """A message that tells of a good end, and wasn't sent as there was none: that goes without saying."""
    is_message = fate.step.role is Role.NOTIFY and is_usual(fate.step)
    return is_message and fate.fate is Fate.NOT_RUN and fate.cause is not None


def _because(fate: StepFate, found: Sequence[StepFate]) -> str:
    if fate.result is not None and fate.fate not in (Fate.DONE, Fate.NOTHING):
        return f": {ending(fate.result)}"
    if fate.fate is Fate.NOT_RUN:
        if fate.cause is None:
            return ", because the run was interrupted"
        cause = found[fate.cause - 1]
        how = "failed"
        if cause.fate is Fate.SKIPPED and cause.result is not None:
            how = f"exited with {cause.result.code}"
        return f", because step {fate.cause} {how}"
    return ""


def as_data(
    plan: Plan,
    report: Report,
    broken: Sequence[str],
    exit_code: int,
    reasons: Mapping[StepId, str] | None = None,
    run: str = "",
    former: Former = NO_FORMER,
) -> dict[str, object]:
    """For JSON. `code` is negative for a signal, null where nothing was started; times in seconds.
    `reasons`: see `render_supposed`; `run`, `former`: as for `render`.
    """
    found = fates(plan, report)
    came = records(plan, found, former)
    return {
        "format": "borgplan-report",
        "version": 1,
        "run": run or None,
        "status": report.status.value,
        "exit_code": exit_code,
        "signal": report.signal,
        "broken": list(broken),
        "backups": [backup_data(backup) for backup in backups(came)],
        "repositories": [record_data(record) for record in came if record.says_something],
        "dumps": _dumps_as_data(found),
        "steps": [
            {
                "number": fate.number,
                "id": fate.step.id,
                "fate": fate.fate.value,
                "cause": fate.cause,
                "code": fate.result.code if fate.result else None,
                "note": (reasons or {}).get(fate.step.id)
                or (fate.result.note if fate.result else ""),
                "archive": (fate.result.archive or None) if fate.result else None,
                "seconds": round(fate.result.seconds, 3) if fate.result else None,
            }
            for fate in found
        ],
    }
