"""What a plan does for good, and whether somebody has agreed to it: by `--yes`, or at the terminal."""

from __future__ import annotations

import sys

from ...compiler.plan.index import index
from ...compiler.plan.model import Plan, ScopeKind
from ...compiler.plan.work import Process
from .session import Session, say


def refused_consent(session: Session, plan: Plan) -> str:
    """Why a plan may not run: nobody has agreed to what it does; empty if somebody has, or it does nothing for good.

    At a terminal each repository is typed by its label or location.
    """
    asked = session.arguments.apply
    if asked.yes or asked.dry_run:
        return ""
    tree = index(plan)
    for step in plan.steps:
        consent = step.work.consent if isinstance(step.work, Process) else ""
        if not consent:
            continue
        repository = tree.around(step.scope, ScopeKind.REPOSITORY)
        name = (repository.label or repository.name) if repository else "yes"
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            return f"it {consent}: that needs --yes, or a terminal"
        if not _agrees(consent, name):
            return f"it {consent}: nobody agreed to that"
    return ""


def _agrees(consent: str, name: str) -> bool:
    say(f"This run {consent}.\nTo agree, type {name}")
    try:
        return sys.stdin.readline().strip() == name
    except (OSError, KeyboardInterrupt, ValueError):
        return False
