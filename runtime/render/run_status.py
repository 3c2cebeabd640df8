"""How a run of the past ended, in a word."""

from __future__ import annotations

from ..engine.wording import signal_name
from ..journal.records import Run
from ..report.style import Paint

HANDLED = ("recovered", "forgotten")  # what became of an interrupted run


def status(run: Run) -> tuple[str, Paint]:
    """How a run ended, and the colour of that."""
    if run.goes_on:
        return "running", "cyan"
    if run.was_cut:
        how = f", {run.closed}" if run.closed in HANDLED else ""
        return f"INTERRUPTED{how}", "yellow" if how else "red"
    code = run.exit_code or 0
    if code > 128:
        return f"interrupted ({signal_name(code - 128)})", "red"
    return ("done", "green") if code == 0 else ("FAILED", "red")


def status_word(run: Run) -> str:
    """How a run ended, for programs."""
    if run.goes_on:
        return "running"
    if run.was_cut or (run.exit_code or 0) > 128:
        return "interrupted"
    return "failed" if run.exit_code else "done"
