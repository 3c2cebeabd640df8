"""Databases restored from an archive, as steps of an action."""

from __future__ import annotations

from collections.abc import Iterator

from ..borg.action_inputs import Extent
from ..borg.target import Target
from ..plan.ids import Names
from ..plan.model import Effect, Phase, Resume, Role, Status, Step, Trigger
from .repositories import Repositories

_FAILS = Effect(Status.FAILED, Resume.NEXT)  # in place of what the release has


def restore_steps(
    target: Target, extent: Extent, scope: str, repositories: Repositories, names: Names
) -> Iterator[Step]:
    """The steps that restore what is asked for, in order; their effects are for the caller to set."""
    for planned in repositories.restore(target, extent.options, scope).steps:
        yield Step(
            names.named(scope, Phase.BODY, planned.name), scope, Phase.BODY, Trigger.SUCCESS,
            planned.command, _FAILS, _FAILS, extent.called_for, target.repository.span,
            title=planned.title, role=Role.RESTORE, claims=planned.claims,
        )  # fmt: skip
