"""What only plans with messages need beside the walk, loaded for those alone."""

from __future__ import annotations

from ...compiler.plan.index import Index
from ...compiler.plan.model import Plan, Role
from ...compiler.support.record import TYPE_CHECKING

if TYPE_CHECKING:
    from .account import Account
    from .conditions import Conditions, Past


def account_of(plan: Plan, tree: Index, past: Past | None) -> Account | None:
    """What steps that tell of the run need to know; None for a plan without any."""
    if not any(step.role is Role.NOTIFY for step in plan.steps):
        return None
    from .account import Account

    return Account(plan, tree, past)


def conditions_of(plan: Plan, past: Past | None) -> Conditions | None:
    """What judges the conditions of steps; None for a plan without any."""
    if not any(step.condition is not None for step in plan.steps):
        return None
    from .conditions import Conditions

    return Conditions(plan, past)
