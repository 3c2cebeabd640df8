"""`borgplan apply`: run the plan that `borgplan plan` shows, and nothing else."""

from __future__ import annotations

import gc
import sys
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from ...compiler.compile import Compilation
from ...compiler.plan import Late, Plan
from ..arguments import Arguments
from ..console import Console, Log
from ..host import RealHost, reason
from ..interpret import Report, interpret
from ..logfile import LogFile
from ..process import ProcessRunner
from ..render.plan import summary
from ..reporters import Reporters
from ..runner import AbortedError, DryRunner, InformedRunner, Runner
from ..signals import Signals
from ..syslog import syslog_for_run
from .common import Session, compile_all, say, write
from .noted import Noted

if TYPE_CHECKING:
    from ..journal.recorder import Recorder


def run(arguments: Arguments) -> int:
    """0 all done, 1 something failed or a file was not usable, 2 nothing was run, 128+n a signal."""
    session = Session(arguments, RealHost())
    compilation = compile_all(session)
    session.show(compilation, sys.stderr)
    plan = compilation.plan
    if plan is None:
        return 2
    return carry_out(session, compilation, plan, Noted(session, compilation, plan))


def carry_out(session: Session, compilation: Compilation, plan: Plan, noted: Noted) -> int:
    """Run a plan and tell what became of it; the exit code as of `run`."""
    arguments = session.arguments
    if not _may_run(session, compilation, plan, proved=noted.is_proved):
        return 2
    logs = logs_for(session, compilation, plan)
    if logs is None or not noted.begin():
        return 2
    if not arguments.apply.quiet:
        say(f"{'Dry run' if arguments.apply.dry_run else 'Running'}: {summary(plan)}.")
    broken = compilation.broken
    try:
        report = execute(session, compilation, plan, logs, noted.recorder)
    except AbortedError as aborted:
        say("Stopped at once by a second signal; cleanups did not run.")
        noted.end(128 + aborted.number, orderly=False)
        return 128 + aborted.number
    exit_code = report.exit_code or (1 if broken else 0)
    noted.end(exit_code)
    for log in logs:
        if isinstance(log, LogFile) and log.lost:
            say(f"The log file {log.path} is incomplete: {log.lost}.")
    try:
        _tell(session, compilation, plan, report, exit_code)
    except BrokenPipeError:
        pass  # nobody reads the summary; the exit code still tells
    except OSError as error:
        say(f"The summary could not be written: {error.strerror}.")
        exit_code = exit_code or 1
    if broken:
        session.show(compilation, sys.stderr)
    return exit_code


def _may_run(session: Session, compilation: Compilation, plan: Plan, *, proved: bool) -> bool:
    """Whether nothing speaks against starting; says what does. `proved`: the very same plan has been
    verified before."""
    refusals = [f"{asked.origin}: `{asked.what}` is not implemented yet" for asked in plan.refusals]
    if not proved:
        from ...compiler.graph import verify

        refusals += [
            f"the plan is unsound: {broken.rule} ({broken.subject})" for broken in verify(plan)
        ]
    if session.arguments.apply.strict:
        refusals += [f"{path} has errors, and --strict is given" for path in compilation.broken]
    refusals += [d.message for d in compilation.errors if d.code.startswith("BP5")]
    for refusal in refusals:
        say(f"borgplan refuses to run: {refusal}")
    return not refusals


def logs_for(session: Session, compilation: Compilation, plan: Plan) -> list[Log] | None:
    """Where the run is noted, beside the console; None, after saying why, if one can't be written."""
    asked = [c.settings.integer("syslog_verbosity") for c in compilation.configurations]
    level = max((1 if verbosity is None else verbosity for verbosity in asked), default=1)
    syslog = syslog_for_run(session.host.environment, level)
    logs: list[Log] = [] if syslog is None else [syslog]
    for log in plan.logs:
        try:
            logs.append(LogFile(log.path, errors_only=log.errors_only))
        except OSError as error:
            say(f"borgplan refuses to run: log file {log.path}: {reason(error)}")
            return None
    return logs


def execute(
    session: Session,
    compilation: Compilation,
    plan: Plan,
    logs: list[Log],
    recorder: Recorder | None = None,
    known: Mapping[Late, str] = MappingProxyType({}),
) -> Report:
    """Run a plan. `known`: late values that the run can't know by itself. Raises AbortedError."""
    arguments = session.arguments
    console = Console(
        plan,
        session.style(sys.stderr, compilation),
        logs,
        quiet=arguments.apply.quiet,
        answers_aside=arguments.format == "json",
    )
    gc.enable()
    with Signals() as signals:
        processes = ProcessRunner(
            plan.patterns, compilation.secrets, signals, console, tell=console.tell,
            spawned=recorder.spawned if recorder else None,
        )  # fmt: skip
        processes.foresee(plan)
        runner: Runner = InformedRunner(processes, known) if known else processes
        if arguments.apply.dry_run:
            runner = DryRunner(runner)
        if recorder is None:
            return interpret(plan, runner, console)
        return interpret(plan, runner, Reporters(recorder, console))


def _tell(
    session: Session, compilation: Compilation, plan: Plan, report: Report, exit_code: int
) -> None:
    from ..render.summary import as_data, render

    if session.arguments.format == "json":
        import json

        data = as_data(plan, report, compilation.broken, exit_code)
        write(json.dumps(data, indent=2, sort_keys=True) + "\n")
    elif exit_code or not session.arguments.apply.quiet:
        style = session.style(sys.stdout, compilation)
        write(render(plan, report, compilation.broken, exit_code, style))
