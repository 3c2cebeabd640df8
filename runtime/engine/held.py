"""What a run has taken at some point, as far as its plan says it exactly: hooks are judged by their texts elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

from ...compiler.plan.claims import Mode
from ...compiler.plan.model import Plan, Step

Thing = tuple[str, str]  # kind and name


class Held:
    """Things that steps have taken and others are to release, with those that they use."""

    def __init__(self, plan: Plan) -> None:
        self._uses: dict[Thing, frozenset[Thing]] = {}
        self._released = {thing for step in plan.steps for thing in _things(step, Mode.GIVE)}

    def __iter__(self) -> Iterator[Thing]:
        return iter(self._uses)

    def in_use_by(self, step: Step) -> Thing | None:
        """What keeps a step from releasing what it is to release; None for nothing."""
        given = _things(step, Mode.GIVE)
        users = (user for user, used in self._uses.items() if used.intersection(given))
        return next(users, None)

    def after(self, step: Step) -> None:
        """A step has done its work."""
        for thing in _things(step, Mode.GIVE):
            self._uses.pop(thing, None)
        used = frozenset(_things(step, Mode.READ))
        taken = self._released.intersection(_things(step, Mode.TAKE))
        self._uses |= dict.fromkeys(sorted(taken), used)


def _things(step: Step, mode: Mode) -> list[Thing]:
    return [(c.kind, c.name) for c in step.claims if c.mode is mode and not c.inferred]
