"""`borgplan apply`: run the plan that `borgplan plan` shows, and nothing else."""

from __future__ import annotations

import gc
import os
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from types import MappingProxyType

from ...compiler.driver.compile import Compilation
from ...compiler.lower.lower import NO_LOG
from ...compiler.plan.model import Plan, ScopeKind
from ...compiler.plan.work import Value
from ...compiler.support.record import TYPE_CHECKING, NamedTuple
from ..cli.arguments import Arguments
from ..engine.reporters import Reporters
from ..engine.runner import AbortedError, DryRunner, InformedRunner, Runner
from ..engine.walk import Lanes, Report, Reporter, interpret
from ..journal.kept_plans import keep, path_of
from ..journal.locks import BusyError, Holder, directory_of_locks, held, real_location, wanted
from ..journal.saved_plans import asked, is_saved
from ..process.guard import GuardedRunner
from ..process.runner import ProcessRunner
from ..process.signals import Signals
from ..render.diagnostics import printable
from ..render.plan import summary
from ..report.console import Console, Log
from ..report.logfile import LogFile, StandardError
from ..report.syslog import syslog_for_run
from ..report.writer import Outlet
from ..run.answering import answer, answers_of
from ..run.guess import guess
from ..run.refusals import refusals
from ..run.run_record import Noted
from ..run.session import Session, compile_all, say, write
from ..system.descriptors import provide
from ..system.host import RealHost, reason
from ..system.run_id import new_run_id

if TYPE_CHECKING:
    from ..journal.recorder import Recorder
    from ..report.answers import Answers
    from ..report.events import Events
    from ..report.line_queue import Target


def run(arguments: Arguments) -> int:
    """0 all done, 1 something failed or a file was not usable, 2 nothing was run, 128+n a signal."""
    try:
        # Before anything else is opened, the journal above all: a number that the caller has left free would
        # be that of one of our own files.
        target = _events_target(arguments)
    except (OSError, ValueError) as error:
        why = reason(error) if isinstance(error, OSError) else error
        say(f"borgplan refuses to run: --events {arguments.apply.events}: {why}")
        return 2
    prepared = _prepare(Session(arguments, RealHost()))
    if prepared is None:
        return 2
    session, compilation = prepared
    plan = compilation.plan
    if plan is None:
        return 2
    return carry_out(session, compilation, plan, Noted(session, compilation, plan), target)


def carry_out(
    session: Session,
    compilation: Compilation,
    plan: Plan,
    noted: Noted,
    target: Target | None = None,
) -> int:
    """Run a plan and tell what became of it; the exit code as of `run`. `target`: for events."""
    if not _may_run(session, compilation, plan, proved=noted.is_proved):
        return 2
    _warn_root(session, compilation, plan)
    try:
        ended = _alone(session, compilation, plan, noted, target)
    except BusyError as busy:
        say(f"borgplan refuses to run: {busy}")
        return 2
    # Without the locks: who reads the summary may take their time.
    return 2 if ended is None else _conclude(session, compilation, plan, ended)


def _alone(
    session: Session, compilation: Compilation, plan: Plan, noted: Noted, target: Target | None
) -> _Ended | None:
    """Run a plan while nobody else uses its repositories; None, after saying why, if it may not begin."""
    while noted.settle():
        with locked(session, plan):
            if noted.is_settled():
                return _apply(session, compilation, plan, noted, target)
        # The run that had the repositories until now has been interrupted, and left something.
    return None


class _Ended(NamedTuple):
    """A run that is over, but for telling of it. `report`: None if a second signal ended it."""

    run: str
    report: Report | None
    exit_code: int
    seconds: float
    logs: list[Log]
    events: Events | None
    outlet: Outlet
    is_noted: bool
    answers: Answers | None


def _apply(
    session: Session, compilation: Compilation, plan: Plan, noted: Noted, target: Target | None
) -> _Ended | None:
    arguments, form, begun = session.arguments, _form(session), time.monotonic()
    report: Report | None = None
    # From the first line in the journal to the last: no signal ends a run that has begun without its end
    # being noted.
    with Signals() as signals:
        if not noted.begin():
            return None
        run = noted.recorder.id if noted.recorder else new_run_id()
        outlet = Outlet(signals)
        logs = logs_for(session, compilation, plan, run, form, outlet)
        if logs is None:
            noted.withdraw()
            return None
        events = _events(session, target, plan, run)
        answers = answers_of(session, compilation, plan)
        if not arguments.apply.quiet and form != "json":
            say(f"{'Dry run' if arguments.apply.dry_run else 'Running'}: {summary(plan)}.")
            if line := guess(compilation, plan, arguments):
                say(line)
        if not arguments.apply.dry_run:
            _keep(session, noted)
        try:
            report = execute(
                session, compilation, plan, signals, logs, outlet, events, noted.recorder,
                answers=answers, mute=form in ("json", "journal"),
            )  # fmt: skip
        except AbortedError as aborted:
            exit_code = 128 + aborted.number
        else:
            exit_code = report.exit_code or (1 if compilation.broken else 0)
        noted.end(exit_code, orderly=report is not None)
    took = time.monotonic() - begun
    is_noted = noted.recorder is not None
    return _Ended(run, report, exit_code, took, logs, events, outlet, is_noted, answers)


def _conclude(session: Session, compilation: Compilation, plan: Plan, ended: _Ended) -> int:
    """Tell what became of a run; its exit code."""
    report, exit_code = ended.report, ended.exit_code
    ended.outlet.close()
    if ended.outlet.gave_up:
        _end_events(ended.events, report, exit_code)
        return exit_code  # nor would anybody read the summary
    if report is None:
        how = f"; run them with: borgplan recover {ended.run}" if ended.is_noted else ""
        say(f"Stopped at once by a second signal; cleanups did not run{how}.")
        _end_events(ended.events, None, exit_code)
        return exit_code
    for log in ended.logs:
        if isinstance(log, LogFile) and log.lost:
            say(f"The log file {log.path} is incomplete: {log.lost}.")
    _end_events(ended.events, report, exit_code)
    try:
        if ended.answers is not None:
            exit_code = answer(ended.answers, exit_code)
        _tell(session, compilation, plan, report, exit_code, ended)
    except BrokenPipeError:
        pass  # nobody reads the summary; the exit code still tells
    except OSError as error:
        say(f"The summary could not be written: {error.strerror}.")
        exit_code = exit_code or 1
    if compilation.broken:
        session.show(compilation, sys.stderr)
    return exit_code


def _prepare(session: Session) -> tuple[Session, Compilation] | None:
    """What was asked for, compiled or as it was saved, and who asked; None after saying why not."""
    if any(is_saved(path) for path in session.arguments.configs):
        from .apply_saved import prepare

        return prepare(session)
    if session.arguments.apply.allow_stale:
        say("borgplan apply: --allow-stale is for a saved plan: plan -o FILE makes one")
        return None
    compilation = compile_all(session, to_run=True)
    session.show(compilation, sys.stderr)
    return session, compilation


def _keep(session: Session, noted: Noted) -> None:
    """For `plan` and `diff last`, which compare with it."""
    path = path_of(session.arguments, session.host)
    problem = keep(path, noted.plan, noted.digest, asked(session.arguments), session.host.home)
    if problem:
        say(f"The plan could not be kept for `borgplan diff last`: {path}: {problem}.")


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


def _may_run(session: Session, compilation: Compilation, plan: Plan, *, proved: bool) -> bool:
    """Whether nothing speaks against starting; says what does. `proved`: the very same plan has been
    verified before."""
    found = [*refusals(compilation, plan)]
    if not proved:
        from ...compiler.analysis.graph import verify

        found += [
            f"the plan is unsound: {broken.rule} ({broken.subject})" for broken in verify(plan)
        ]
    if session.arguments.apply.strict:
        left_out = {d.span.file for d in compilation.left_out}
        found += [
            f"{path} {'is skipped' if path in left_out else 'has errors'}, and --strict is given"
            for path in compilation.broken
        ]
    for refusal in found:
        say(f"borgplan refuses to run: {refusal}")
    return not found


def _warn_root(session: Session, compilation: Compilation, plan: Plan) -> None:
    """Say what of a run of root's somebody else decides."""
    if os.geteuid() != 0:
        return
    from ...compiler.lint.rules.owners import of_files, of_programs
    from ...compiler.source.diagnostic import Diagnostics

    found = Diagnostics()
    saved = [word for word in session.arguments.words if is_saved(word)]
    of_files((*compilation.texts, *saved), session.host, found)
    of_programs(plan, session.host, found)
    session.show(compilation._replace(diagnostics=tuple(found)), sys.stderr)


def _form(session: Session) -> str:
    """How things are said: text, json or journal."""
    form = session.arguments.apply.log_format
    if form != "auto":
        return form
    if "JOURNAL_STREAM" not in session.host.environment:
        return "text"
    from ..report.journald import SOCKET, stderr_is_the_journal

    is_there = os.path.exists(SOCKET) and stderr_is_the_journal(session.host.environment)
    return "journal" if is_there else "text"


def logs_for(
    session: Session, compilation: Compilation, plan: Plan, run: str, form: str, outlet: Outlet
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
        logs.append(StandardError(outlet, errors_only=session.arguments.apply.quiet))
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


def _events_target(arguments: Arguments) -> Target | None:
    """Raises OSError or ValueError where events can't be written."""
    if not arguments.apply.events:
        return None
    from ..report.line_queue import target

    return target(arguments.apply.events)


def _events(session: Session, target: Target | None, plan: Plan, run: str) -> Events | None:
    if target is None:
        return None
    from ..report.events import Events

    asked = session.arguments.apply
    events = Events(asked.events, target, plan, run)
    events.run_started(plan, dry_run=asked.dry_run)
    return events


def _end_events(events: Events | None, report: Report | None, exit_code: int) -> None:
    """`report`: None where the run was ended at once."""
    if events is None:
        return
    events.run_ended(report, exit_code)
    lost = events.close(at_once=report is None)
    if lost:
        say(f"{lost}.")


def execute(
    session: Session,
    compilation: Compilation,
    plan: Plan,
    signals: Signals,
    logs: list[Log],
    outlet: Outlet,
    events: Events | None = None,
    recorder: Recorder | None = None,
    known: Mapping[Value, str] = MappingProxyType({}),
    *,
    answers: Answers | None = None,
    mute: bool = False,
) -> Report:
    """Run a plan. `known`: late values that the run can't know by itself. Raises AbortedError."""
    arguments = session.arguments
    console = Console(
        plan,
        session.style(sys.stderr, compilation),
        logs,
        quiet=arguments.apply.quiet,
        answers_aside=arguments.format == "json",
        answers=answers,
        mute=mute,
        outlet=outlet,
    )
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
    if recorder is not None:
        recorder.tell = console.tell
    processes.foresee(plan.steps)
    runner: Runner = InformedRunner(processes, known) if known else processes
    if arguments.apply.dry_run:
        runner = DryRunner(runner)
    # The journal first: what it doesn't know when the machine dies, nobody gives back.
    others: list[Reporter] = [told for told in (recorder, events) if told is not None]
    lanes = None
    if arguments.apply.jobs > 1:
        lanes = _lanes(arguments, plan, processes, signals, console, others)
    return interpret(plan, GuardedRunner(runner), Reporters(*others, console), lanes)


def _lanes(
    arguments: Arguments,
    plan: Plan,
    processes: ProcessRunner,
    signals: Signals,
    console: Console,
    others: Sequence[Reporter],
) -> Lanes:
    """For what of a plan may run at the same time."""
    from ...compiler.analysis.concurrency import overlap
    from ..run.lanes import ProcessLanes, Threads

    return ProcessLanes(
        overlap(plan, real_location).waves,
        Threads(arguments.apply.jobs),
        processes,
        signals,
        console,
        others,
        dry_run=arguments.apply.dry_run,
    )


def _tell(
    session: Session,
    compilation: Compilation,
    plan: Plan,
    report: Report,
    exit_code: int,
    ended: _Ended,
) -> None:
    if session.arguments.format != "json" and session.arguments.apply.quiet and not exit_code:
        return
    from ..render.summary import as_data, render

    run = ended.run if ended.is_noted else ""
    if session.arguments.format == "json":
        import json

        data = as_data(plan, report, compilation.broken, exit_code, run=run)
        write(json.dumps(data, indent=2, sort_keys=True) + "\n")
    else:
        is_aside = ended.answers is not None  # standard output holds what was asked for
        style = session.style(sys.stderr if is_aside else sys.stdout, compilation)
        text = render(plan, report, compilation.broken, exit_code, style, ended.seconds, run)
        if not is_aside:
            write(text)
        elif (
            session.arguments.apply.log_format != "json"
        ):  # beside lines for programs there is no text
            say(text.removesuffix("\n"))
