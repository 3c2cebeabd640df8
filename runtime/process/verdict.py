"""How a step that has ended counts: what its exit code may mean, and whether there is evidence for it.

The one place where an exit code becomes an outcome. A hook's code speaks for itself. A Borg command has done its
work only where nothing speaks against that:

* code 0, and Borg has told no error (a program around it may have swallowed Borg's own code);
* or a code that may be a warning, and Borg itself has told one: what is around Borg ends with such codes, too,
  as does a Borg that dies while it starts;
* nothing that was asked for by name is missing, be it an archive or a path;
* and the proof that the plan asks for is there (`Proof`, `Process.leaves`).
"""

from __future__ import annotations

import os
import stat

from ...compiler.plan.exits import ExitCodes, Outcome
from ...compiler.plan.words import text_of
from ...compiler.plan.work import Process, Proof, Work
from ...compiler.support.record import NamedTuple
from ..system.host import reason
from ..system.trusted_way import touch
from .borg_log import WARNING, BorgLog, lock_held


class Verdict(NamedTuple):
    """`note`: why, where more can be said of it than the exit code."""

    outcome: Outcome
    note: str = ""


def verdict(work: Work, code: int, log: BorgLog, *, answered: bool) -> Verdict:
    """How a step counts that has ended by itself.

    `code`: as the operating system gives it. `log`: what Borg told. `answered`: whether anything came on
    standard output, where that is looked at.
    """
    outcome = work.exits.outcome(code)
    if not isinstance(work, Process) or outcome is Outcome.SOFT:
        return Verdict(outcome)
    if outcome is Outcome.HARD:
        return Verdict(outcome, _problem(log, code))
    doubt = (
        _missing(log, code)
        or _unspoken(work.exits, code, log, proved=bool(log.archive))
        or _unproved(work, code, log, answered=answered)
    )
    return Verdict(Outcome.HARD, doubt) if doubt else Verdict(outcome)


def _problem(log: BorgLog, code: int) -> str:
    """What was in Borg's way."""
    if not lock_held(log.problem, code):
        return ""
    return (
        f"ended with exit code {code}: another process holds Borg's lock; "
        "the option `lock_wait` says how long Borg waits for it"
    )


def _missing(log: BorgLog, code: int) -> str:
    """Borg 1.2 ends with 0 or 1 where there is nothing of what it was asked for."""
    return f"ended with exit code {code}: {log.absent}" if log.absent else ""


def _unspoken(exits: ExitCodes, code: int, log: BorgLog, *, proved: bool) -> str:
    """Why Borg's own word doesn't bear the code out; empty if it does."""
    if code == 0:
        if log.worst in ("", WARNING) or proved or exits.forgives(0):
            return ""
        return "ended with exit code 0, although Borg reported an error"
    if not log.worst:
        return f"ended with exit code {code}, but Borg reported no warning"
    if log.worst != WARNING and not exits.forgives(code):
        return f"ended with exit code {code}, and Borg reported an error"
    return ""


def _unproved(work: Process, code: int, log: BorgLog, *, answered: bool) -> str:
    """What the plan asks for as a proof, and isn't there; empty if all is."""
    lacks = ""
    match work.proof:
        case Proof.ARCHIVE if not log.archive:
            lacks = "Borg did not report a created archive"
        case Proof.ANSWER if not answered:
            lacks = "printed no result"
        case Proof.ITEMS if not log.items:
            lacks = "Borg's log lists nothing that it extracted or deleted"
        case _:
            base = work.directory or "."
            paths = (text_of(product.path) for product in work.leaves)
            gone = [path for path in paths if not _holds_something(os.path.join(base, path))]
            lacks = f"{gone[0]} is missing or empty" if gone else ""
    return f"ended with exit code {code}, but {lacks}" if lacks else ""


def _holds_something(path: str) -> bool:
    """Whether a file isn't empty, or a folder has such a file. A pipe or a device is taken as it is."""
    try:
        status = os.stat(path)
        if not stat.S_ISDIR(status.st_mode):
            return status.st_size > 0 or not stat.S_ISREG(status.st_mode)
        below = (os.path.join(top, name) for top, _, names in os.walk(path) for name in names)
        return any(stat.S_ISREG(one.st_mode) and one.st_size > 0 for one in map(os.lstat, below))
    except (OSError, ValueError):
        return False


def record(work: Work) -> str:
    """Note that a command went well, now; why that could not be done, or empty."""
    try:
        for path in work.records if isinstance(work, Process) else ():
            touch(path)
    except OSError as error:
        return f"the time of the check could not be recorded: {reason(error)}"
    return ""
