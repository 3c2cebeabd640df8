"""What the hooks of a plan take, by the steps that give it back."""

from __future__ import annotations

from ..plan.model import Plan
from . import cleanup
from .failures import failures
from .recovery import PendingCleanup


def pending_cleanups(plan: Plan) -> list[PendingCleanup]:
    """What the hooks of a plan take and give back."""
    takes = cleanup.takes(plan, failures(plan))
    ids = [step.id for step in plan.steps]
    found = (
        PendingCleanup(ids[take.step], take.claim.what, tuple(ids[give] for give in take.gives))
        for take in takes
        if take.gives
    )
    return list(dict.fromkeys(found))
