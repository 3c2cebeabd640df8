"""Why `apply` refuses a plan, or runs it without one of the files: what `apply` says and `plan` tells beforehand."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

from ...compiler.driver.compile import Compilation
from ...compiler.plan.model import Plan, Role
from ...compiler.source.diagnostic import ASKS
from ..journal.saved_plans import is_saved
from .consent import refused_consent
from .session import Session, refused_for_debts, say


def refusals(compilation: Compilation, plan: Plan) -> Iterator[str]:
    """In words, what of the plan itself speaks against running it."""
    for asked in plan.refusals:
        yield f"{asked.origin}: `{asked.what}`{f': {asked.why}' if asked.why else ' is not implemented yet'}"
    yield from (d.message for d in compilation.errors if d.code.startswith("BP5"))
    violated = dict.fromkeys(d.span for d in compilation.diagnostics if d.code == "BP901")
    yield from (f"the plan violates the policy at {span}" for span in violated)


def verdict(session: Session, compilation: Compilation, plan: Plan) -> int:
    """The exit code of `plan`: 0 if `apply` would run this plan for all files; 1 if it would refuse, or leave
    a file out; 2 if a file can't be read or understood."""
    if compilation.errors:
        return 2
    would_ask = any(d.code == ASKS for d in compilation.diagnostics)
    would_refuse = would_ask or compilation.left_out or any(refusals(compilation, plan))
    return 1 if would_refuse or refused_for_debts(session, plan) else 0


def may_run(session: Session, compilation: Compilation, plan: Plan, *, proved: bool) -> bool:
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
    if not found and (refusal := refused_consent(session, plan)):
        found.append(refusal)
    for refusal in found:
        say(f"borgplan refuses to run: {refusal}")
    return not found


def warn_root(session: Session, compilation: Compilation, plan: Plan) -> None:
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


def tell_of_refusal(session: Session, compilation: Compilation, plan: Plan) -> None:
    """Tell monitoring services that a run was refused, where a plan has any."""
    if any(step.role is Role.NOTIFY for step in plan.steps):
        from .told_of_refusal import tell_refusal

        tell_refusal(session, compilation, plan)


def tell_of_unusable(session: Session, compilation: Compilation) -> None:
    """Tell monitoring services of files that can't be run, where there are such files."""
    if compilation.broken:
        from .told_of_refusal import tell_unusable

        tell_unusable(session, compilation)
