"""`borgplan recover`: run the outstanding cleanups of an interrupted run."""

from __future__ import annotations

import argparse
import os
import time
from contextlib import chdir

from ...compiler.analysis.recovery import recovery
from ...compiler.driver.compile import Compilation
from ...compiler.plan.index import index
from ...compiler.plan.model import Plan, ScopeKind
from ...compiler.plan.work import Late, Value
from ..cli.parser import parse
from ..engine.runner import AbortedError
from ..engine.wording import subject
from ..journal.at_hand import AtHand, add_at_hand, at_hand
from ..journal.handle import Journal
from ..journal.interrupted import Debt, close, debt_of, debts, groups_named, story
from ..journal.locks import BusyError
from ..journal.recorder import Recorder, Start, begin, stored
from ..journal.records import Run, open_runs, owed_by, runs_named
from ..render.phrases import no_single_run
from ..report.console import Log
from ..report.writer import Outlet
from ..run.configuration_at_run import as_then
from ..run.session import Session, say
from ..system.host import RealHost

PATIENCE = 60  # seconds to wait for a step that outlived its run
_SIGNALLED = 128


def configure(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("words", nargs="*", default=[], metavar="RUN|CONFIG",
        help="a run's id, its beginning, or last (default: all runs with outstanding cleanups); or configuration "
             "files, for their runs")  # fmt: skip
    add_at_hand(parser, positional=False)
    add(
        "-n",
        "--dry-run",
        action="store_true",
        help="show the outstanding cleanups without running them",
    )
    add("--forget", action="store_true",
        help="run nothing and drop the outstanding cleanups, after a repair by hand")  # fmt: skip
    add("--wait", type=int, default=PATIENCE, metavar="SECONDS",
        help=f"wait this long for a step that still runs (default: {PATIENCE})")  # fmt: skip
    add("-q", "--quiet", action="store_true", help="print only failures")


def run(namespace: argparse.Namespace) -> int:
    """0 everything is given back, or nothing was owed; 1 a cleanup failed; 2 none was run; 128+n signal n
    came, after which no other run is recovered."""
    from ..run.run_record import open_journal

    words = ("--quiet",) if namespace.quiet else ()
    session = Session(parse(["apply", *words]), RealHost())
    journal = open_journal(session, begins=False)
    if journal.why:
        return 2
    name, configs = _meant(namespace.words)
    about = at_hand((*configs, *namespace.config), everything=namespace.all)
    found = _chosen(journal, name, about)
    if found is None:
        return 2
    if not found:
        say("No cleanup is outstanding.")
    if not name:
        _tell_of_others(journal, about)
    worst = 0
    for debt in found:
        worst = max(worst, _one(session, journal, debt, namespace))
        if worst > _SIGNALLED:
            break
    journal.close()
    return worst


def _meant(words: list[str]) -> tuple[str, list[str]]:
    """The name of a run, or empty, and the configurations behind it: what is a file is no run."""
    is_named = bool(words) and not (
        words[0].endswith((".yaml", ".yml")) or os.path.lexists(words[0])
    )
    return (words[0], words[1:]) if is_named else ("", words)


def _tell_of_others(journal: Journal, about: AtHand) -> None:
    """What runs of other files owe is theirs; that they do is worth a line."""
    none: list[Debt] = []
    owing = [debt for debt in journal.ask(debts, none) if debt.is_owed]
    others = sum(not about.has(debt.run.configurations) for debt in owing)
    if others:
        owe = "runs of other files have" if others > 1 else "run of other files has"
        say(f"{others} {owe} outstanding cleanups: borgplan recover --all")


def _chosen(journal: Journal, name: str, about: AtHand) -> list[Debt] | None:
    """What is to be recovered; None, after saying why, if the name doesn't tell."""
    none: list[Debt] = []
    if not name:
        owing = [debt for debt in journal.ask(debts, none) if debt.is_owed]
        return [debt for debt in owing if about.has(debt.run.configurations)]
    runs: list[Run] = []
    runs = journal.ask(lambda c: runs_named(c, name, about, recoveries=False), runs)
    if len(runs) != 1:
        say(f"borgplan recover: {no_single_run(name, len(runs), about)}")
        return None
    only = runs[0]
    if only.goes_on:
        say(f"borgplan recover: run {only.id} is still running, as process {only.process.pid}")
        return None
    debt = journal.ask(lambda c: debt_of(c, only), None)
    return [debt] if debt and not only.closed and debt.is_owed else []


def _one(session: Session, journal: Journal, debt: Debt, wishes: argparse.Namespace) -> int:
    for line in story(debt):
        say(line)
    if wishes.forget:
        journal.ask(lambda c: close(c, debt.run, "forgotten"), None)
        say("  Outstanding cleanups dropped.")
        return 0
    if wishes.dry_run:
        for step in debt.steps:
            say(f"  would run: {subject(step)}")
        return 0
    return pay(session, journal, debt, wishes.wait)


def pay(session: Session, journal: Journal, debt: Debt, patience: int = PATIENCE) -> int:
    """Run the cleanups that a run owes, from its own plan; exit code as of `run`."""
    still = wait_for(journal, debt, patience)
    if still is None:
        return 2
    if not still.takes:
        journal.ask(lambda c: close(c, debt.run, "recovered"), None)
        say(f"Run {debt.run.id} has no outstanding cleanups left.")
        return 0
    if still.plan is None:
        say(
            f"  The plan of run {debt.run.id} can't be read: borgplan {debt.run.version} wrote it.\n"
            "  Recover with that version, or repair by hand and: "
            f"borgplan recover --forget {debt.run.id}"
        )
        return 2
    if not os.path.isdir(debt.run.directory):
        say(
            f"  The directory {debt.run.directory}, where run {debt.run.id} was started, no longer "
            f"exists: create it again, or repair by hand and: borgplan recover --forget {debt.run.id}"
        )
        return 2
    with chdir(debt.run.directory):
        return _pay(session, journal, still, recovery(still.plan, still.takes))


def wait_for(journal: Journal, debt: Debt, patience: int) -> Debt | None:
    """The debt once nothing of its run is left; None, after saying what is."""
    until = time.monotonic() + patience
    now = debt
    while now.left and time.monotonic() < until:
        if now is debt:
            say(f"  Waiting for {groups_named(debt.left)} to end, {patience} s at most.")
        time.sleep(0.2)
        now = journal.ask(lambda c: debt_of(c, debt.run), None) or now
    if now.left:
        stop = " ".join(f"-{group}" for group in now.left)
        say(f"  Still running: {groups_named(now.left)}. Wait, or stop it: kill -- {stop}")
        return None
    if now.payer is not None:
        say(f"  Process {now.payer} is already running its cleanups.")
        return None
    return now


def _pay(session: Session, journal: Journal, debt: Debt, plan: Plan) -> int:
    from .apply import locked

    compilation, arguments = as_then(session, debt.run, plan)
    there = Session(arguments._replace(command="recover"), RealHost())
    start = Start("recover", (debt.run.id,), debt.run.configurations, debt.run.number)
    recorder = journal.ask(lambda c: begin(c, plan, stored(plan), start), None)
    if recorder is None:
        say("  No cleanup was run: without a journal, borgplan could not record it.")
        return 2
    if _is_in_the_way(journal, debt, recorder):
        recorder.withdraw()
        return 2
    now = journal.ask(lambda c: debt_of(c, debt.run), debt)
    if now.takes != debt.takes or now.left:
        # Somebody has recovered it between the look and the first line.
        recorder.withdraw()
        return pay(session, journal, now)
    try:
        with locked(there, plan):
            code = _execute(there, compilation, plan, recorder, debt)
    except BusyError as busy:
        say(f"  No cleanup was run: {busy}")
        recorder.withdraw()
        return 2
    owes = journal.ask(lambda c: owed_by(c, debt.run), list(debt.takes))
    if not owes:
        journal.ask(lambda c: close(c, debt.run, "recovered"), None)
        say(f"Run {debt.run.id} has no outstanding cleanups left.")
        return code if code > _SIGNALLED else 0
    say(
        f"Run {debt.run.id} still has {len(owes)} of {len(debt.takes)} cleanups outstanding. For the reason: "
        f"borgplan show {recorder.id}; then run `borgplan recover` again."
    )
    return code or 1


def _is_in_the_way(journal: Journal, debt: Debt, recorder: Recorder) -> bool:
    """Whether another process has begun to recover the same run in the meantime, or runs the same files,
    which would find what it has taken given back; says so."""
    none: list[Run] = []
    files = set(debt.run.configurations)
    for other in journal.ask(open_runs, none):
        if not other.goes_on or other.number == recorder.number:
            continue
        if other.kind == "recover" and other.origin == debt.run.number:
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
    session: Session, compilation: Compilation, plan: Plan, recorder: Recorder, debt: Debt
) -> int:
    from ..process.signals import Signals
    from .apply import execute, logs_for

    with Signals() as signals:
        outlet = Outlet(signals)
        without = plan._replace(logs=())
        logs: list[Log] = logs_for(session, compilation, without, recorder.id, "text", outlet) or []
        try:
            report = execute(
                session, compilation, plan, signals, logs, outlet, recorder=recorder,
                known=_known(debt),
            )  # fmt: skip
        except AbortedError as aborted:
            recorder.finish(128 + aborted.number)
            say("Stopped at once by a second signal.")
            return 128 + aborted.number
        finally:
            outlet.close()
        recorder.finish(report.exit_code)
    return report.exit_code


def _known(debt: Debt) -> dict[Value, str]:
    """What hooks are told of the failure: the run was interrupted, and where."""
    cut = {record.step for record in debt.cut}
    steps = [step for step in debt.plan.steps if step.id in cut] if debt.plan else []
    where = f" in {' and '.join(map(subject, steps))}" if steps else ""
    known = {Late.ERROR: f"the run {debt.run.id} was interrupted{where}"}
    if steps and debt.plan:
        scope = index(debt.plan).around(steps[-1].scope, ScopeKind.REPOSITORY)
        if scope:
            known |= {Late.REPOSITORY: scope.name, Late.LABEL: scope.label}
    return known
