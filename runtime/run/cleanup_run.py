"""The run that gives back what an earlier one took and was cut short before: from that run's own plan.

`recover` starts it, and `apply` and `resume` do with --recover.
"""

from __future__ import annotations

import os
import time
from contextlib import chdir

from ...compiler.analysis.recovery import recovery
from ...compiler.driver.compile import Compilation
from ...compiler.plan.index import index
from ...compiler.plan.model import Plan, ScopeKind
from ...compiler.plan.words import Known, Late, Value
from ..engine.runner import AbortedError
from ..engine.wording import subject
from ..journal.handle import Journal
from ..journal.interrupted import InterruptedRun, close, groups_named, interrupted_run_of
from ..journal.locks import BusyError
from ..journal.recorder import Recorder, Start, begin, stored
from ..journal.records import Run, open_runs
from ..report.console import Log
from ..report.writer import Writer
from ..system.host import RealHost
from .configuration_at_run import as_then
from .execution import execute, locked, logs_for
from .session import Session, say

PATIENCE = 60  # seconds to wait for a step that outlived its run
_GRACE = 5.0  # seconds for what is stopped
SIGNALLED = 128  # exit codes above tell which signal came


def run_cleanups(
    session: Session, journal: Journal, interrupted: InterruptedRun, patience: int = PATIENCE
) -> int:
    """Run the cleanups that a run owes, from its own plan; exit code as of `run`."""
    still = wait_for(journal, interrupted, patience)
    if still is None:
        return 2
    if not still.takes and not still.reports:
        journal.ask(lambda c: close(c, interrupted.run, "recovered"), None)
        say(f"Run {interrupted.run.id} has no outstanding cleanups left.")
        return 0
    if still.plan is None:
        say(
            f"  The plan of run {interrupted.run.id} can't be read: borgplan {interrupted.run.version} wrote it.\n"
            "  Recover with that version, or repair by hand and: "
            f"borgplan recover --forget {interrupted.run.id}"
        )
        return 2
    if not os.path.isdir(interrupted.run.directory):
        say(
            f"  The directory {interrupted.run.directory}, where run {interrupted.run.id} was started, no longer "
            f"exists: create it again, or repair by hand and: borgplan recover --forget {interrupted.run.id}"
        )
        return 2
    with chdir(interrupted.run.directory):
        return _under_locks(
            session, journal, still, recovery(still.plan, still.takes, still.reports)
        )


def wait_for(journal: Journal, interrupted: InterruptedRun, patience: int) -> InterruptedRun | None:
    """The interrupted run once nothing of its run is left; None, after saying what is."""
    from ..process.signals import kill_group, terminate_group

    until = time.monotonic() + patience
    forced = time.monotonic() + min(patience / 2, _GRACE)
    now = interrupted
    while now.left and time.monotonic() < until:
        if now is interrupted:
            say(f"  Waiting for {groups_named(interrupted.left)} to end, {patience} s at most.")
            if now.fed:
                say(f"  Stopping {groups_named(now.fed)}: the input came through the killed run.")
        for group in now.fed:
            (terminate_group if time.monotonic() < forced else kill_group)(group)
        time.sleep(0.2)
        now = journal.ask(lambda c: interrupted_run_of(c, interrupted.run), None) or now
    if now.left:
        stop = " ".join(f"-{group}" for group in now.left)
        say(
            f"  Not ended: {groups_named(now.left)}. Wait for that, or stop what runs: kill -- {stop}"
        )
        return None
    if now.payer is not None:
        say(f"  Process {now.payer} is already running its cleanups.")
        return None
    return now


def _under_locks(
    session: Session, journal: Journal, interrupted: InterruptedRun, plan: Plan
) -> int:
    compilation, arguments = as_then(session, interrupted.run, plan)
    there = Session(arguments._replace(command="recover"), RealHost())
    start = Start(
        "recover", (interrupted.run.id,), interrupted.run.configurations, interrupted.run.number
    )
    recorder = journal.ask(lambda c: begin(c, plan, stored(plan), start), None)
    if recorder is None:
        say("  No cleanup was run: without a journal, borgplan could not record it.")
        return 2
    if _is_in_the_way(journal, interrupted, recorder):
        recorder.withdraw()
        return 2
    now = journal.ask(lambda c: interrupted_run_of(c, interrupted.run), interrupted)
    if now.takes != interrupted.takes or now.reports != interrupted.reports or now.left:
        # Somebody has recovered it between the look and the first line.
        recorder.withdraw()
        return run_cleanups(session, journal, now)
    try:
        with locked(there, plan):
            code = _execute(there, compilation, plan, recorder, interrupted)
    except BusyError as busy:
        say(f"  No cleanup was run: {busy}")
        recorder.withdraw()
        return 2
    return _concluded(journal, interrupted, recorder.id, code)


def _concluded(journal: Journal, interrupted: InterruptedRun, recovering: str, code: int) -> int:
    """What is left after a recovery, in words; its exit code. `code`: that of the run of the cleanups."""
    after = journal.ask(lambda c: interrupted_run_of(c, interrupted.run), interrupted)
    if not after.takes and not after.reports:
        journal.ask(lambda c: close(c, interrupted.run, "recovered"), None)
        say(f"Run {interrupted.run.id} has no outstanding cleanups left.")
        return code if code > SIGNALLED else 0
    pairs = (
        (after.takes, interrupted.takes, "cleanups"),
        (after.reports, interrupted.reports, "reports"),
    )
    left = [f"{len(still)} of {len(before)} {what}" for still, before, what in pairs if still]
    say(
        f"Run {interrupted.run.id} still has {' and '.join(left)} outstanding. For the reason: "
        f"borgplan show {recovering}; then run `borgplan recover` again."
    )
    return code or 1


def _is_in_the_way(journal: Journal, interrupted: InterruptedRun, recorder: Recorder) -> bool:
    """Whether another process has begun to recover the same run in the meantime, or runs the same files,
    which would find what it has taken given back; says so."""
    none: list[Run] = []
    files = set(interrupted.run.configurations)
    for other in journal.ask(open_runs, none):
        if not other.goes_on or other.number == recorder.number:
            continue
        if other.kind == "recover" and other.origin == interrupted.run.number:
            if other.number < recorder.number:
                say(f"  Process {other.process.pid} is already running its cleanups.")
                return True
        elif other.kind != "recover" and files & set(other.configurations):
            say(
                f"  Run {other.id} of the same configuration is running, as process "
                f"{other.process.pid}: no cleanup runs meanwhile."
            )
            return True
    return False


def _execute(
    session: Session,
    compilation: Compilation,
    plan: Plan,
    recorder: Recorder,
    interrupted: InterruptedRun,
) -> int:
    from ..process.signals import Signals

    with Signals() as signals:
        writer = Writer(signals)
        without = plan._replace(logs=())
        logs: list[Log] = logs_for(session, compilation, without, recorder.id, "text", writer) or []
        try:
            report = execute(
                session, compilation, plan, signals, logs, writer, recorder=recorder,
                known=_known(interrupted),
            )  # fmt: skip
        except AbortedError as aborted:
            recorder.finish(128 + aborted.number)
            say("Stopped at once by a second signal.")
            return 128 + aborted.number
        finally:
            writer.close()
        recorder.finish(report.exit_code)
    return report.exit_code


def _known(interrupted: InterruptedRun) -> dict[Value, str]:
    """What hooks are told of the failure: the run was interrupted, and where."""
    cut = {record.step for record in interrupted.cut}
    steps = [step for step in interrupted.plan.steps if step.id in cut] if interrupted.plan else []
    where = f" in {' and '.join(map(subject, steps))}" if steps else ""
    error = f"the run {interrupted.run.id} was interrupted{where}"
    known = dict.fromkeys((Late.ERROR, Known.LOG, Known.WARNINGS, Known.ERRORS), error)
    known[Known.ID] = interrupted.run.id  # what it has acquired is called after it
    if steps and interrupted.plan:
        scope = index(interrupted.plan).around(steps[-1].scope, ScopeKind.REPOSITORY)
        if scope:
            known |= {Late.REPOSITORY: scope.name, Late.LABEL: scope.label}
    return known
