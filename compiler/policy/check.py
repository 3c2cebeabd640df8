"""Policies and a plan to findings."""

from __future__ import annotations

from collections.abc import Sequence

from ..plan.model import Plan
from ..source.diagnostic import Diagnostic, Diagnostics, Severity
from .evaluate import Judge
from .records import Policy, Violation


def check(
    plan: Plan, policies: Sequence[Policy], diagnostics: Diagnostics, *, narrowed: bool = False
) -> None:
    """Of a sound plan: what violates a policy (BP901), and which policies have nothing to ask (BP903).

    `narrowed`: the command line chose among actions or repositories, so that steps may well be missing.
    """
    judge = Judge(plan)
    for policy in policies:
        for violation in judge.violations(policy):
            diagnostics.append(_finding(plan, policy, violation))
        for chosen in judge.idle(policy):
            record = diagnostics.note if narrowed else diagnostics.warning
            message = f"no step of this plan matches `{chosen.text}`, so this policy has no effect"
            record("BP903", message, chosen.span)


def _finding(plan: Plan, policy: Policy, violation: Violation) -> Diagnostic:
    return Diagnostic(
        "BP901",
        Severity.WARNING,
        f"policy violated: {violation.message}",
        policy.span,
        f"because {policy.reason}" if policy.reason else "",
        tuple((f"step {number + 1}", plan.steps[number].origin) for number in violation.steps[:5]),
    )
