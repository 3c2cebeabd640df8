"""What is left of a plan after a run that failed or was interrupted.

Pure: a plan, and the steps that went well, to the plan of what is still to be done.

* A scope is finished if every step that a good run needs of it went well, its own and those of the
  scopes within. Finished scopes are left out whole, with their hooks.
* In the others Borg's commands that went well are left out, unless what remains needs their answer.
* The hooks of the others stay, and what is told to monitoring services, in all phases, and so does all that takes something
  or gives it back: what was taken in the run before has been given back.
"""

from __future__ import annotations

from collections.abc import Set

from ..plan.claims import DATABASE, Mode
from ..plan.index import index
from ..plan.model import Plan, Role, ScopeId, Step, StepId
from ..plan.work import Process, keeps
from .failures import is_usual as runs_usually


def remaining(plan: Plan, done: Set[StepId]) -> Plan:
    """`done`: the steps that went well. The plan without any step if nothing is left to do."""
    unfinished = _unfinished(plan, done)
    root = plan.scopes[0].id
    scopes = tuple(s for s in plan.scopes if s.id in unfinished or s.id == root)
    tree = index(plan)
    busy = {
        scope.id
        for step in plan.steps
        if _is_left(step, done)
        for scope in tree.with_ancestors(step.scope)
    }
    steps = tuple(
        step
        for step in plan.steps
        if step.scope in unfinished
        and (
            not isinstance(step.work, Process)
            or _is_left(step, done)
            or _answers(step, busy)
            or _holds(step)
        )
    )
    return plan._replace(scopes=scopes, steps=steps)


def is_usual(step: Step) -> bool:
    """Whether a run in which nothing fails needs the step."""
    return runs_usually(step)


def _is_left(step: Step, done: Set[StepId]) -> bool:
    return isinstance(step.work, Process) and step.id not in done


def _answers(step: Step, busy: Set[ScopeId]) -> bool:
    """Whether it finds out what a command that is left in its scope has to know, or makes what was in scratch files.
    `busy`: scopes in which a command is left."""
    if not isinstance(step.work, Process) or step.scope not in busy:
        return False
    makes = bool(step.work.feeds) or step.role is Role.DUMP or _reads_dump(step)
    return keeps(step.work) or makes


def _reads_dump(step: Step) -> bool:
    """Whether it checks or extracts a dump before databases are restored."""
    return step.role is Role.RESTORE and all(claim.kind != DATABASE for claim in step.claims)


def _holds(step: Step) -> bool:
    """Whether it takes something, or gives it back; that was given back since, and is needed again."""
    return any(claim.mode in (Mode.TAKE, Mode.GIVE) for claim in step.claims)


def _unfinished(plan: Plan, done: Set[StepId]) -> set[ScopeId]:
    tree = index(plan)
    found: set[ScopeId] = set()
    for step in plan.steps:
        is_needed = is_usual(step) and step.condition is None
        if is_needed and step.id not in done and step.scope not in found:
            found.update(scope.id for scope in tree.with_ancestors(step.scope))
    return found
