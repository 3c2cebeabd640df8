"""What `--jobs` would run at the same time, and what not and why."""

from __future__ import annotations

from ...compiler.analysis.concurrency import Overlap
from ...compiler.plan.model import Plan, Scope
from ...compiler.shell.printable import printable


def render(plan: Plan, overlap: Overlap, jobs: int) -> str:
    """Each group of children that may run together; each child that may not, with the reason."""
    scopes = {scope.id: scope for scope in plan.scopes}
    lines = []
    for group in overlap.groups():
        names = ", ".join(_name(scopes[scope]) for scope in group)
        at_most = f", at most {jobs} at once" if jobs < len(group) else ""
        lines.append(f"In parallel{at_most}: {names}.")
    lines += [
        f"{_name(scopes[apart.child])} runs after {_name(scopes[apart.other])}: "
        f"{printable(apart.why)}."
        for apart in overlap.apart
    ]
    if not lines:
        lines = ["--jobs has no effect: there is only one repository."]
    return "".join(f"{line}\n" for line in lines)


def _name(scope: Scope) -> str:
    return printable(scope.label or scope.name)
