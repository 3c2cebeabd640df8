"""Steps in words: what they run, how they failed, how long they took."""

from __future__ import annotations

import signal

from ...compiler.plan.command_text import first_line
from ...compiler.plan.exits import Outcome
from ...compiler.plan.model import Step
from ...compiler.plan.work import Shell
from .runner import Result


def subject(step: Step) -> str:
    """What a step runs, short: the hook command, or `borg create`."""
    if isinstance(step.work, Shell):
        line = first_line(step.work.written)
        return f"`{line if len(line) <= 60 else line[:57] + '...'}`"
    return step.title


def describe(step: Step, result: Result) -> str:
    """What went wrong, as one sentence without its full stop."""
    return f"{subject(step)} {ending(result)}"


def ending(result: Result) -> str:
    """How a step ended, as the rest of a sentence."""
    if result.note:
        return result.note
    if result.outcome is Outcome.INTERRUPTED:
        return "was interrupted"
    if result.code is not None and result.code < 0:
        return f"was ended by {signal_name(-result.code)}"
    return f"ended with exit code {result.code}"


def cause(number: int) -> str:
    """What interrupted a run: a signal, or its time limit, which comes as one."""
    return "the run's time limit" if number == signal.SIGALRM else signal_name(number)


def signal_name(number: int) -> str:
    """`SIGTERM` for 15."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def elapsed(seconds: float) -> str:
    """`1.5 s`, `2:05 min`, `3:02:05`."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d} min"
