"""`borgplan apply`: run the plan that `borgplan plan` shows, and nothing else."""

from __future__ import annotations

import gc
import sys

from ...compiler.compile import Compilation
from ...compiler.plan import Plan
from ..arguments import Arguments
from ..console import Console
from ..host import RealHost
from ..interpret import Report, interpret
from ..process import ProcessRunner
from ..render.plan import summary
from ..runner import AbortedError, DryRunner, Runner
from ..signals import Signals
from ..syslog import syslog_for_run
from .common import Session, compile_all, say, write


def run(arguments: Arguments) -> int:
    """0 all done, 1 something failed or a file was not usable, 2 nothing was run, 128+n a signal."""
    session = Session(arguments, RealHost())
    compilation = compile_all(session)
    session.show(compilation, sys.stderr)
    plan = compilation.plan
    if plan is None or not _may_run(session, compilation, plan):
        return 2
    if not arguments.quiet:
        say(f"{'Dry run' if arguments.dry_run else 'Running'}: {summary(plan)}.")
    try:
        report = _run(session, compilation, plan)
    except AbortedError as aborted:
        say("Stopped at once by a second signal; cleanups did not run.")
        return 128 + aborted.number
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


def _may_run(session: Session, compilation: Compilation, plan: Plan) -> bool:
    """Whether nothing speaks against starting; says what does."""
    from ...compiler.graph import verify

    refusals = [
        f"{refusal.origin}: `{refusal.what}` is not implemented yet" for refusal in plan.refusals
    ]
    refusals += [
        f"the plan is unsound: {broken.rule} ({broken.subject})" for broken in verify(plan)
    ]
    if session.arguments.strict:
        refusals += [f"{path} has errors, and --strict is given" for path in compilation.broken]
    refusals += [d.message for d in compilation.errors if d.code.startswith("BP5")]
    for reason in refusals:
        say(f"borgplan refuses to run: {reason}")
    return not refusals


def _run(session: Session, compilation: Compilation, plan: Plan) -> Report:
    arguments = session.arguments
    log = syslog_for_run(session.host.environment)
    console = Console(plan, session.style(sys.stderr, compilation), log, quiet=arguments.quiet)
    gc.enable()
    with Signals() as signals:
        runner: Runner = ProcessRunner(
            plan.patterns, compilation.secrets, signals, console, tell=console.tell
        )
        if arguments.dry_run:
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
    elif exit_code or not session.arguments.quiet:
        style = session.style(sys.stdout, compilation)
        write(render(plan, report, compilation.broken, exit_code, style))
