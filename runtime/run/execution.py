"""Running a plan under its locks: where it is reported, what starts its steps, and the interpreter."""

from __future__ import annotations

import gc
import sys
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from types import MappingProxyType

from ...compiler.driver.compile import Compilation
from ...compiler.lower.logs import NO_LOG
from ...compiler.plan.model import Plan, ScopeKind
from ...compiler.plan.words import Value
from ...compiler.plan.work import Request
from ...compiler.shell.printable import printable
from ...compiler.support.record import TYPE_CHECKING
from ..cli.arguments import Arguments
from ..engine.ended import Report
from ..engine.lanes import Lanes
from ..engine.reporters import Reporter, Reporters
from ..engine.runner import around
from ..engine.walk import interpret
from ..journal.locks import BusyError, Holder, directory_of_locks, held, real_location, wanted
from ..process.guard import GuardedRunner
from ..process.runner import ProcessRunner
from ..process.signals import Signals
from ..report.console import Console, Log
from ..report.logfile import LogFile, StandardError
from ..report.style import Style
from ..report.syslog import syslog_for_run
from ..report.writer import Writer
from ..system.descriptors import provide
from ..system.host import reason
from .session import Session, say
from .watched import Watching

if TYPE_CHECKING:
    from ..engine.conditions import Past
    from ..journal.recorder import Recorder
    from ..process.log_streams import LogStreams
    from ..report.answers import Answers
    from ..report.events import Events


def locked(session: Session, plan: Plan) -> AbstractContextManager[None]:
    """The locks of a plan's repositories. Raises BusyError on entering if another run has one, and at once if
    the system doesn't give as many open files as the run may need."""
    apply = session.arguments.apply
    host = session.host
    locks = wanted(plan, dry_run=apply.dry_run)
    if too_few := provide(len(locks), min(apply.jobs, len(plan.scopes)), len(plan.logs)):
        raise BusyError(too_few)
    configurations = " ".join(s.name for s in plan.scopes if s.kind is ScopeKind.CONFIGURATION)
    return held(
        locks,
        directory_of_locks(host.environment, host.home),
        Holder.of_this_process(f"borgplan {session.arguments.command} {configurations}"),
        apply.lock_wait,
        say,
    )


def execute(
    session: Session,
    compilation: Compilation,
    plan: Plan,
    signals: Signals,
    logs: list[Log],
    writer: Writer,
    events: Events | None = None,
    recorder: Recorder | None = None,
    known: Mapping[Value, str] = MappingProxyType({}),
    *,
    answers: Answers | None = None,
    mute: bool = False,
    noting: Reporter | None = None,
) -> Report:
    """Run a plan. `known`: late values that the run can't know by itself. `noting`: is told, too. Raises
    AbortedError."""
    arguments = session.arguments
    style = session.style(sys.stderr, compilation)
    streams = _streams(plan)
    every = logs if streams is None else [*logs, streams]
    console = _console(arguments, style, compilation, plan, every, writer, answers, mute=mute)
    gc.freeze()  # the plan stays to the end: not to be looked through again and again
    gc.enable()
    signals.limit(plan.limits.timeout)
    processes = ProcessRunner(
        plan.scratch,
        compilation.secrets,
        signals,
        console,
        plan.limits.grace,
        tell=console.tell,
        spawned=recorder.spawned if recorder else None,
        meanwhile=recorder.look if recorder else None,
    )
    processes.streams = streams
    if recorder is not None:
        recorder.tell = console.tell
    watching = Watching(arguments.apply, plan, writer, style, recorder)
    processes.watcher = lane = watching.lane(console)
    processes.foresee(plan.steps)
    asked = arguments.apply.dry_run
    runner = GuardedRunner(around(processes, known, watched=watching.done_before, dry_run=asked))
    # The journal first: what it doesn't know when the machine dies, nobody gives back.
    others: list[Reporter] = [told for told in (recorder, events, noting) if told is not None]
    reporters = Reporters(*others, console, *([] if lane is None else [lane]))
    lanes = _lanes(arguments, plan, processes, signals, console, others, known, watching)
    try:
        return interpret(plan, runner, reporters, lanes, processes.left, _past(plan, recorder))
    finally:
        watching.close()
        processes.close()


def _console(
    arguments: Arguments,
    style: Style,
    compilation: Compilation,
    plan: Plan,
    logs: Sequence[Log],
    writer: Writer,
    answers: Answers | None,
    *,
    mute: bool,
) -> Console:
    return Console(
        plan,
        style,
        logs,
        quiet=arguments.apply.quiet,
        answers_aside=arguments.format == "json",
        answers=answers,
        mute=mute,
        writer=writer,
        plain=arguments.apply.plain,
        verbosity=verbosity_of(compilation),
    )


def _streams(plan: Plan) -> LogStreams | None:
    """Where its log is sent as it comes; None where it isn't."""
    works = (step.work for step in plan.steps)
    if not any(isinstance(work, Request) and work.stream is not None for work in works):
        return None
    from ..process.log_streams import LogStreams

    return LogStreams(plan)


def _past(plan: Plan, recorder: Recorder | None) -> Past | None:
    """What conditions of messages ask about earlier runs; without a journal nobody knows."""
    if all(step.condition is None for step in plan.steps):
        return None
    from ..journal.past import JournalPast

    if recorder is None:
        return JournalPast(lambda _: None)
    return JournalPast(recorder.ask, recorder.number)


def verbosity_of(compilation: Compilation) -> int:
    """The highest that the configurations or the command line ask for."""
    asked = [c.settings.integer("verbosity") or 0 for c in compilation.configurations]
    return max(asked, default=0)


def _lanes(
    arguments: Arguments,
    plan: Plan,
    processes: ProcessRunner,
    signals: Signals,
    console: Console,
    others: Sequence[Reporter],
    known: Mapping[Value, str],
    watching: Watching,
) -> Lanes | None:
    """For what of a plan may run at the same time; None if nothing is to."""
    if arguments.apply.jobs <= 1:
        return None
    from ...compiler.analysis.concurrency import overlap
    from .lanes import ProcessLanes, Threads

    return ProcessLanes(
        overlap(plan, real_location).waves,
        Threads(arguments.apply.jobs),
        processes,
        signals,
        console,
        others,
        known,
        watching,
        dry_run=arguments.apply.dry_run,
    )


def logs_for(
    session: Session, compilation: Compilation, plan: Plan, run: str, form: str, writer: Writer
) -> list[Log] | None:
    """Where the run is noted, beside the console; None, after saying why, if one can't be written."""
    asked = [c.settings.integer("syslog_verbosity") for c in compilation.configurations]
    level = max((1 if verbosity is None else verbosity for verbosity in asked), default=1)
    logs: list[Log] = []
    if form == "journal" and level > NO_LOG:
        from ..report.journald import JournalLog

        try:
            logs.append(JournalLog(run, errors_only=level < 1))
        except OSError as error:
            say(f"borgplan refuses to run: the journal of systemd: {reason(error)}")
            return None
    elif form == "json":
        logs.append(StandardError(writer, errors_only=session.arguments.apply.quiet))
    if form != "journal" and (syslog := syslog_for_run(session.host.environment, level)):
        logs.append(syslog)
    for log in plan.logs:
        try:
            logs.append(LogFile(log.path, errors_only=log.errors_only, as_json=form == "json"))
        except (OSError, ValueError) as error:
            why = reason(error) if isinstance(error, OSError) else "is not a path"
            say(f"borgplan refuses to run: log file {printable(log.path)}: {why}")
            return None
    return logs
