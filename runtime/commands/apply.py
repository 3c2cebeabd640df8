"""`borgplan apply`: run the plan that `borgplan plan` shows, and nothing else."""

from __future__ import annotations

import os
import sys
import time

from ...compiler.driver.compile import Compilation
from ...compiler.plan.model import Plan
from ...compiler.plan.words import Known
from ...compiler.support.record import TYPE_CHECKING, NamedTuple
from ..cli.arguments import Arguments, request_of
from ..engine.ended import Report
from ..engine.runner import AbortedError
from ..journal.kept_plans import keep, path_of
from ..journal.locks import BusyError
from ..journal.saved_plans import is_saved
from ..process.signals import Signals
from ..report.console import Log
from ..report.logfile import LogFile
from ..report.writer import Writer
from ..run.answering import answer, answers_of
from ..run.beginning import announce
from ..run.execution import execute, locked, logs_for, verbosity_of
from ..run.measured import Measured
from ..run.refusals import may_run, tell_of_refusal, tell_of_unusable, warn_root
from ..run.run_record import RunRecord
from ..run.session import Session, compile_all, say, write
from ..run.traced import Traced, traced
from ..run.watched import writer_for
from ..system.host import RealHost, reason
from ..system.run_id import new_run_id

if TYPE_CHECKING:
    from ..engine.repositories import Former
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
    asking = Session(arguments, RealHost())
    measured = Measured(asking)
    prepared = _prepare(asking)
    if prepared is None or prepared[1].plan is None:
        return measured.refused(asking, None, 2)
    session, compilation = prepared
    plan = prepared[1].plan
    return carry_out(
        session, compilation, plan, RunRecord(session, compilation, plan), target, measured
    )


def carry_out(
    session: Session,
    compilation: Compilation,
    plan: Plan,
    record: RunRecord,
    target: Target | None = None,
    measured: Measured | None = None,
) -> int:
    """Run a plan and tell what became of it; the exit code as of `run`. `target`: for events."""
    measured = measured or Measured(session)
    ended = _carried_out(session, compilation, plan, record, target)
    if ended is None:
        tell_of_refusal(session, compilation, plan)
        return measured.refused(session, plan, 2)
    # Before the summary, for which a reader may take their time, as they may without the locks.
    measured.end(session, plan, ended.report, ended.exit_code, ended.former)
    if ended.traced is not None:
        ended.traced.send(ended.exit_code)
    return _conclude(session, compilation, plan, ended)


def _carried_out(
    session: Session, compilation: Compilation, plan: Plan, record: RunRecord, target: Target | None
) -> _Ended | None:
    """Run a plan; None, after saying why, if that is refused."""
    if not may_run(session, compilation, plan, proved=record.is_proved):
        return None
    warn_root(session, compilation, plan)
    try:
        return _alone(session, compilation, plan, record, target)
    except BusyError as busy:
        say(f"borgplan refuses to run: {busy}")
        return None


def _alone(
    session: Session, compilation: Compilation, plan: Plan, record: RunRecord, target: Target | None
) -> _Ended | None:
    """Run a plan while nobody else uses its repositories; None, after saying why, if it may not begin."""
    while record.resolve_pending():
        with locked(session, plan):
            if record.is_resolved():
                return _apply(session, compilation, plan, record, target)
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
    writer: Writer
    is_noted: bool
    answers: Answers | None
    traced: Traced | None
    former: Former


def _apply(
    session: Session, compilation: Compilation, plan: Plan, record: RunRecord, target: Target | None
) -> _Ended | None:
    arguments, form, begun = session.arguments, _form(session), time.monotonic()
    report: Report | None = None
    # From the first line in the journal to the last: no signal ends a run that has begun without its end
    # being recorded.
    with Signals() as signals:
        if not record.begin():
            return None
        run = record.recorder.id if record.recorder else new_run_id()
        writer = writer_for(session, signals, form)
        logs = logs_for(session, compilation, plan, run, form, writer)
        if logs is None:
            record.withdraw()
            return None
        events = _events(session, target, plan, run)
        answers = answers_of(session, compilation, plan)
        spans = traced(session, plan, run)
        plain = arguments.apply.plain and verbosity_of(compilation) < 1
        if not arguments.apply.quiet and not plain and form != "json":
            announce(session, compilation, plan)
        if not arguments.apply.dry_run:
            _keep(session, record)
        try:
            report = execute(
                session, compilation, plan, signals, logs, writer, events, record.recorder,
                {Known.ID: run}, answers=answers, mute=form in ("json", "journal"),
                noting=spans.noted if spans else None,
            )  # fmt: skip
        except AbortedError as aborted:
            exit_code = 128 + aborted.number
        else:
            exit_code = report.exit_code or (1 if compilation.broken else 0)
        record.end(exit_code, orderly=report is not None)
    took = time.monotonic() - begun
    is_noted = record.recorder is not None
    return _Ended(
        run, report, exit_code, took, logs, events, writer, is_noted, answers, spans, record.former
    )


def _conclude(session: Session, compilation: Compilation, plan: Plan, ended: _Ended) -> int:
    """Tell what became of a run; its exit code."""
    report, exit_code = ended.report, ended.exit_code
    ended.writer.close()
    if ended.writer.gave_up:
        _end_events(ended, exit_code)
        return exit_code  # nor would anybody read the summary
    if report is None:
        how = f"; run them with: borgplan recover {ended.run}" if ended.is_noted else ""
        say(f"Stopped at once by a second signal; cleanups did not run{how}.")
        _end_events(ended, exit_code)
        return exit_code
    for log in ended.logs:
        if isinstance(log, LogFile) and log.lost:
            say(f"The log file {log.path} is incomplete: {log.lost}.")
    _end_events(ended, exit_code)
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
    tell_of_unusable(session, compilation)
    return session, compilation


def _keep(session: Session, record: RunRecord) -> None:
    """For `plan` and `diff last`, which compare with it."""
    request = request_of(session.arguments)
    path = path_of(request, session.host)
    problem = keep(path, record.plan, record.digest, request, session.host.home)
    if problem:
        say(f"The plan could not be kept for `borgplan diff last`: {path}: {problem}.")


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


def _end_events(ended: _Ended, exit_code: int) -> None:
    events, report = ended.events, ended.report
    if events is None:
        return
    events.run_ended(report, exit_code, ended.former)
    lost = events.close(at_once=report is None)
    if lost:
        say(f"{lost}.")


def _tell(
    session: Session,
    compilation: Compilation,
    plan: Plan,
    report: Report,
    exit_code: int,
    ended: _Ended,
) -> None:
    asked = session.arguments.apply
    hushed = asked.quiet or (asked.plain and verbosity_of(compilation) < 1)
    if session.arguments.format != "json" and hushed and not exit_code:
        return
    from ..render.summary import as_data, render

    run = ended.run if ended.is_noted else ""
    if session.arguments.format == "json":
        import json

        data = as_data(plan, report, compilation.broken, exit_code, run=run, former=ended.former)
        write(json.dumps(data, indent=2, sort_keys=True) + "\n")
    else:
        # Standard output holds what was asked for.
        is_aside = asked.plain or ended.answers is not None
        style = session.style(sys.stderr if is_aside else sys.stdout, compilation)
        text = render(
            plan, report, compilation.broken, exit_code, style, ended.seconds, run, ended.former
        )
        if not is_aside:
            write(text)
        elif asked.log_format != "json":  # beside lines for programs there is no text
            say(text.removesuffix("\n"))
