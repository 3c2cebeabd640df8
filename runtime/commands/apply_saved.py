"""`borgplan apply FILE` with a saved plan: exactly that plan, if it is still what its inputs give."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

from ...compiler.diff.plans import changes
from ...compiler.driver.compile import Compilation
from ...compiler.driver.request import CompileRequest
from ...compiler.driver.saved_plan import SavedPlan
from ...compiler.driver.staleness import Present, reasons
from ...compiler.plan.model import Plan
from ...compiler.shell.printable import printable
from ...compiler.source.diagnostic import Diagnostic, Diagnostics
from ...compiler.source.host import Host, UnreadableError
from ...compiler.support.digest import sha256
from ...compiler.syntax.load import MAX_BYTES
from ..cli.arguments import Arguments, arguments_for, request_of
from ..journal.saved_plans import load
from ..process.secrets import missing_secrets
from ..render.diff import render
from ..run.session import Session, compile_all, say, write
from ..system.version import VERSION


def prepare(session: Session) -> tuple[Session, Compilation] | None:
    """The saved plan, with what the present configuration holds that no plan may; and who asked.

    None, after saying why, for a plan that isn't to be run.
    """
    problem = _misuse(session.arguments)
    if problem:
        say(f"borgplan apply: {problem}")
        return None
    (path,) = session.arguments.configs
    found = Diagnostics()
    saved = load(path, session.host, found)
    if saved is None:
        session.complain(found)
        return None
    session = session._replace(arguments=arguments_for(saved.request, session.arguments))
    compilation = compile_all(session, to_run=True)
    session.show(compilation, sys.stderr)
    if not _is_fresh(session, saved, compilation, path):
        return None
    missing = missing_secrets(saved.plan, compilation.secrets)
    for secret in missing:
        say(f"borgplan refuses to run: `{secret.option}` of {secret.file} can no longer be read")
    # What the present configuration says has been shown; policies decide whether this plan runs.
    violations = _violations(saved.plan, compilation)
    usable = compilation._replace(plan=saved.plan, broken=(), diagnostics=violations)
    return None if missing else (session, usable)


def _misuse(arguments: Arguments) -> str:
    """What doesn't go with a saved plan, which has been asked for already."""
    if len(arguments.configs) > 1:
        return "a saved plan is applied alone, without other files"
    if request_of(arguments)._replace(configs=()) != CompileRequest(()):
        return "options that change a plan don't apply to a saved one; make a new one: plan -o FILE"
    return ""


def _is_fresh(session: Session, saved: SavedPlan, compilation: Compilation, path: str) -> bool:
    """Whether the plan may be run: nothing has changed, or it doesn't matter. Says what has."""
    now = None if compilation.errors else compilation.plan
    read = compilation.files if now is not None else None
    found = [] if now is None else changes(saved.plan, now)
    present = Present(
        _digests(saved.plan, session.host), read, tuple(found), VERSION, session.host.home,
        os.uname().nodename,
    )  # fmt: skip
    stale = reasons(saved, present)
    if not stale:
        return True
    say(f"The saved plan {printable(path)} is stale:")
    for reason in stale:
        say(f"  {printable(reason)}")
    if found:
        names = path, "the plan from the current files"
        write(render(names, found, session.style(sys.stderr)), sys.stderr)
    elif now is not None:
        say("The plan would be the same.")
    if session.arguments.apply.allow_stale:
        say("Running it anyway (--allow-stale).")
        return True
    say("Nothing was run. Make a new plan (plan -o FILE), or run this one with --allow-stale.")
    return False


def _digests(plan: Plan, host: Host) -> Mapping[str, str | None]:
    found: dict[str, str | None] = {}
    for item in plan.inputs:
        try:
            found[item.path] = sha256(host.read(item.path, MAX_BYTES)).hexdigest()
        except UnreadableError:
            found[item.path] = None
    return found


def _violations(plan: Plan, compilation: Compilation) -> tuple[Diagnostic, ...]:
    """Of the policies, by a plan that need not be what the configuration gives now."""
    if not compilation.policies:
        return ()
    from ...compiler.policy import check

    found = Diagnostics()
    check(plan, compilation.policies, found)
    return tuple(d for d in found if d.code == "BP901")
