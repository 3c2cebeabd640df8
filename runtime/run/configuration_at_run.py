"""The configuration as an earlier run read it: for its secrets, which no plan and no journal holds."""

from __future__ import annotations

from ...compiler.driver.compile import Compilation
from ...compiler.plan.model import Plan, ScopeKind
from ...compiler.source.diagnostic import Diagnostics
from ..cli.arguments import Arguments, arguments_for
from ..cli.parser import again
from ..journal.recorder import stored
from ..journal.records import Run
from ..journal.saved_plans import is_saved, load
from ..system.host import RealHost
from .session import Session, compile_all, say


def as_then(session: Session, run: Run, plan: Plan) -> tuple[Compilation, Arguments]:
    """What the configuration holds, and the command line of then, to run `plan` of that run.

    Says so where it can't be read. What is wrong with it otherwise doesn't matter to a plan that is there.
    """
    for arguments in (_asked_then(session, run), _of_plan(session, plan)):
        compilation = compile_all(Session(arguments, RealHost()))
        if not compilation.broken and compilation.plan is not None:
            break
    else:
        say("  The configuration of that run can't be read; secrets may appear in the output.")
    return compilation._replace(broken=(), diagnostics=()), arguments


def _asked_then(session: Session, run: Run) -> Arguments:
    """The command line of the run; of a saved plan, the one by which that was made."""
    try:
        then = again(run.words)
    except SystemExit:
        return _reading(session.arguments, session)
    if len(then.configs) == 1 and is_saved(then.configs[0]):
        saved = load(then.configs[0], session.host, Diagnostics())
        if saved is not None and stored(saved.plan).digest == run.plan:
            then = arguments_for(saved.request, then)
    return _reading(then, session)


def _of_plan(session: Session, plan: Plan) -> Arguments:
    """For a command line that says nothing any more, as when a saved plan has been removed."""
    names = tuple(scope.name for scope in plan.scopes if scope.kind is ScopeKind.CONFIGURATION)
    several = {meaning.semantics for meaning in plan.meanings} - {plan.semantics}
    semantics = "" if several else plan.semantics
    return _reading(session.arguments._replace(configs=names, semantics=semantics), session)


def _reading(then: Arguments, session: Session) -> Arguments:
    """Without any option about how to run: nothing but reading is done with it."""
    apply = session.arguments.apply._replace(dry_run=False)
    return then._replace(command="lint", offline=True, format="text", apply=apply)
