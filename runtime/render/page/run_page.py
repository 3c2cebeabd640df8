"""A run of the past as a page: when each step ran and how it ended, above the explorer of its plan."""

from __future__ import annotations

import time
from collections.abc import Sequence

from ....compiler.plan.exits import Outcome
from ....compiler.plan.model import Plan
from ...engine.wording import elapsed
from ...journal.records import StepRecord
from ..history import Past, step_names
from ..phrases import sized, tidied
from ..run_status import status
from .explorer import explorer
from .markup import table, text

_WIDTH = 1000  # units of the line of time
_CLASSES = {
    Outcome.DONE: "good",
    Outcome.SOFT: "late",
    Outcome.HARD: "bad",
    Outcome.INTERRUPTED: "bad",
}
_WORDS = {
    Outcome.DONE: "done",
    Outcome.SOFT: "skipped",
    Outcome.HARD: "failed",
    Outcome.INTERRUPTED: "interrupted",
}


def run_page(each: Past, plan: Plan) -> str:
    """`plan`: that of the run."""
    run = each.run
    took = "" if run.seconds is None else f", took {elapsed(run.seconds)}"
    heading = f"Run {run.id}: {status(run)[0]}{took}"
    states = {record.step: _state(record) for record in each.steps}
    return explorer(plan, title=heading, above=_timeline(each, plan), states=states)


def _timeline(each: Past, plan: Plan) -> str:
    """A row for each attempt at a step."""
    steps = each.steps
    begin = min((step.began for step in steps), default=each.run.began)
    end = max((step.began + (step.seconds or 0) for step in steps), default=begin)
    names = step_names(plan)
    rows = "".join(_row(step, names(step.step), begin, end - begin or 1) for step in steps)
    head = ("Started", "Took", "When", "Step", "Result")
    return (
        '<section aria-label="Timeline">\n<h2>Timeline</h2>\n'
        f"{table('Steps over time', head, rows)}</section>\n"
    )


def _row(step: StepRecord, name: str, begin: float, whole: float) -> str:
    kind, word = _state(step)
    again = f" (attempt {step.attempt})" if step.attempt > 1 else ""
    left = _WIDTH * (step.began - begin) / whole
    width = max(3.0, _WIDTH * (step.seconds or 0) / whole)
    took = "-" if step.seconds is None else elapsed(step.seconds)
    bar = (
        f'<svg class="bar" viewBox="0 0 {_WIDTH} 10" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect class="{kind}" x="{min(left, _WIDTH - 3):.1f}" y="1" width="{width:.1f}" height="8"/></svg>'
    )
    started = time.strftime("%H:%M:%S", time.localtime(step.began))
    return (
        f'<tr><td class="number">{started}</td><td class="number">{took}</td><td class="bar">{bar}</td>'
        f"<td>{text(name + again)}</td>"
        f'<td><span class="{kind}">{word}</span>{"".join(_details(step))}</td></tr>\n'
    )


def _details(step: StepRecord) -> Sequence[str]:
    """The exit code, what is said of it, the archive, and the end of the output."""
    code = f"exit code {step.code}" if step.code else ""
    archive = f"archive {step.archive}" if step.archive else ""
    size = sized(step.size, step.tally) if step.archive and step.size else tidied(step.tally)
    found = [f"; {text(words)}" for words in (code, step.note, archive, size) if words]
    if step.output:
        is_open = " open" if step.outcome is not Outcome.DONE else ""
        found.append(
            f"<details{is_open}><summary>Output</summary><pre>{text(step.output)}</pre></details>"
        )
    return found


def _state(step: StepRecord) -> tuple[str, str]:
    if step.outcome is None:
        return "bad", "not known"
    if step.warned:
        return "late", "warning"
    return _CLASSES[step.outcome], _WORDS[step.outcome]
