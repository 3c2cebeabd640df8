"""What a project file says of the steps of a plan and adds to them, put into it."""

from __future__ import annotations

from ..plan.ids import Names
from ..plan.index import index
from ..plan.model import Plan, Role, Step
from ..plan.progress import with_counts
from ..plan.work import Process
from ..source.diagnostic import Diagnostics
from .project_file import Project, StepRule


def with_settings(
    plan: Plan, project: Project, diagnostics: Diagnostics, *, whole: bool = True
) -> Plan:
    """The plan with the project's settings on its steps, named ones under their names, and its messages. `whole`: see
    `with_notices`.

    A selector that chooses nothing is a note (BP704): the run may be one without those actions.
    """
    tree = index(plan)
    steps = list(plan.steps)
    for rule in project.steps:
        chosen = [n for n, step in enumerate(plan.steps) if rule.chooses(step, tree)]
        for number in chosen:
            steps[number] = _with_rule(steps[number], rule)
        if not chosen:
            diagnostics.note(
                "BP704", f"no step of this plan matches `{rule.select.text}`", rule.select.span
            )
    if project.counts_files:
        steps = [_counting(step) for step in steps]
    takes = any(step.role is Role.SNAPSHOT for step in steps)
    if project.freezes and not (takes or plan.refusals):  # of volumes that aren't known, perhaps
        span = project.freezes[0].take.span
        diagnostics.note(
            "BP704", "no step of this plan takes a snapshot, which `freeze` is for", span
        )
    names = Names(step.id for step in steps if not step.name)
    identified = tuple(_identified(step, names) for step in steps)
    plan = plan._replace(
        steps=identified, pairs=project.pairs, limits=project.limits, metrics=project.metrics
    )
    if not project.notices:
        return plan
    from .notices import with_notices

    return with_notices(plan, project.notices, diagnostics, whole=whole)


def _with_rule(step: Step, rule: StepRule) -> Step:
    repeat = step.repeat
    if rule.retries is not None:
        repeat = repeat._replace(times=rule.retries)
    if rule.retry_wait is not None:
        repeat = repeat._replace(wait=rule.retry_wait)
    return step._replace(
        name=step.name if rule.name is None else rule.name,
        timeout=step.timeout if rule.timeout is None else rule.timeout,
        repeat=repeat,
    )


def _counting(step: Step) -> Step:
    work = step.work
    return step._replace(work=with_counts(work)) if isinstance(work, Process) else step


def _identified(step: Step, names: Names) -> Step:
    """A name takes the place of the digest in a step's id, so that its command may change."""
    return step._replace(id=names.named(step.scope, step.phase, step.name)) if step.name else step
