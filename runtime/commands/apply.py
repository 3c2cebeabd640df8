"""`borgplan apply`: run the plan that `borgplan plan` shows, and nothing else."""

from __future__ import annotations

import gc
import sys

from ...compiler.compile import Compilation
from ...compiler.plan import Plan
from ..arguments import Arguments
from ..console import Console, Log
from ..host import RealHost, reason
from ..interpret import Report, interpret
from ..last_plan import keep, path_of
from ..logfile import LogFile
from ..process import ProcessRunner
from ..render.diagnostics import printable
from ..render.plan import summary
from ..runner import AbortedError, DryRunner, Runner
from ..saved_plans import asked, is_saved, saved
from ..signals import Signals
from ..syslog import syslog_for_run
from .common import Session, compile_all, say, write


def run(arguments: Arguments) -> int:
    """0 all done, 1 something failed or a file was not usable, 2 nothing was run, 128+n a signal."""
    prepared = _prepare(Session(arguments, RealHost()))
    if prepared is None:
        return 2
    session, compilation = prepared
    plan = compilation.plan
    if plan is None or not _may_run(session, compilation, plan):
        return 2
    logs = _logs(session, compilation, plan)
    if logs is None:
        return 2
    if not arguments.apply.quiet:
        say(f"{'Dry run' if arguments.apply.dry_run else 'Running'}: {summary(plan)}.")
    if not arguments.apply.dry_run:
        _keep(session, compilation, plan)
    try:
        report = _run(session, compilation, plan, logs)
    except AbortedError as aborted:
        say("Stopped at once by a second signal; cleanups did not run.")
        return 128 + aborted.number
    for log in logs:
        if isinstance(log, LogFile) and log.lost:
            say(f"The log file {log.path} is incomplete: {log.lost}.")
    broken = compilation.broken
    exit_code = report.exit_code or (1 if broken else 0)
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


def _prepare(session: Session) -> tuple[Session, Compilation] | None:
    """What was asked for, compiled or as it was saved, and who asked; None after saying why not."""
    if any(is_saved(path) for path in session.arguments.configs):
        from .apply_saved import prepare

        return prepare(session)
    if session.arguments.apply.allow_stale:
        say("borgplan apply: --allow-stale is for a saved plan: plan -o FILE makes one")
        return None
    compilation = compile_all(session)
    session.show(compilation, sys.stderr)
    return session, compilation


def _keep(session: Session, compilation: Compilation, plan: Plan) -> None:
    """For `plan` and `diff last`, which compare with it."""
    wish = asked(session.arguments)
    path = path_of(session.arguments, session.host.environment)
    problem = keep(saved(compilation, plan, wish, session.host.home), path)
    if problem:
        say(f"The plan could not be kept for `borgplan diff last`: {path}: {problem}.")


def _may_run(session: Session, compilation: Compilation, plan: Plan) -> bool:
    """Whether nothing speaks against starting; says what does."""
    from ...compiler.graph import verify

    refusals = [f"{asked.origin}: `{asked.what}` is not implemented yet" for asked in plan.refusals]
    refusals += [
        f"the plan is unsound: {broken.rule} ({broken.subject})" for broken in verify(plan)
    ]
    if session.arguments.apply.strict:
        refusals += [f"{path} has errors, and --strict is given" for path in compilation.broken]
    refusals += [d.message for d in compilation.errors if d.code.startswith("BP5")]
    violated = dict.fromkeys(d.span for d in compilation.diagnostics if d.code == "BP901")
    refusals += [f"the plan violates the policy at {span}" for span in violated]
    for refusal in refusals:
        say(f"borgplan refuses to run: {refusal}")
    return not refusals


def _logs(session: Session, compilation: Compilation, plan: Plan) -> list[Log] | None:
    """Where the run is noted, beside the console; None, after saying why, if one can't be written."""
    asked = [c.settings.integer("syslog_verbosity") for c in compilation.configurations]
    level = max((1 if verbosity is None else verbosity for verbosity in asked), default=1)
    syslog = syslog_for_run(session.host.environment, level)
    logs: list[Log] = [] if syslog is None else [syslog]
    for log in plan.logs:
        try:
            logs.append(LogFile(log.path, errors_only=log.errors_only))
        except (OSError, ValueError) as error:
            why = reason(error) if isinstance(error, OSError) else "is not a path"
            say(f"borgplan refuses to run: log file {printable(log.path)}: {why}")
            return None
    return logs


def _run(session: Session, compilation: Compilation, plan: Plan, logs: list[Log]) -> Report:
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
            plan.patterns, compilation.secrets, signals, console, tell=console.tell
        )
        processes.foresee(plan)
        runner: Runner = processes
        if arguments.apply.dry_run:
            runner = DryRunner(runner)
        return interpret(plan, runner, console)


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
