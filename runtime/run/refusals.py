"""Why `apply` refuses a plan, or runs it without one of the files: what `apply` says and `plan` tells beforehand."""

from __future__ import annotations

from collections.abc import Iterator

from ...compiler.driver.compile import Compilation
from ...compiler.plan.model import Plan
from ...compiler.source.diagnostic import ASKS
from .session import Session, refused_for_debts


def refusals(compilation: Compilation, plan: Plan) -> Iterator[str]:
    """In words, what of the plan itself speaks against running it."""
    for asked in plan.refusals:
        yield f"{asked.origin}: `{asked.what}` is not implemented yet"
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
