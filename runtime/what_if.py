"""`--fail STEP[=soft|hard|interrupt]` to the outcomes of a script."""

from __future__ import annotations

from collections.abc import Sequence
from signal import SIGTERM

from ..compiler.plan import Outcome, Plan, Step
from .runner import Result


def faults(plan: Plan, wanted: Sequence[str]) -> tuple[dict[str, Result], list[str]]:
    """The results of the steps that are to fail, by id, and what is wrong with the wishes."""
    results: dict[str, Result] = {}
    problems: list[str] = []
    for wish in wanted:
        name, how = _split(wish)
        step = _step(plan, name)
        if step is None:
            problems.append(
                f"there is no step `{name}`; steps are 1 to {len(plan.steps)}, or their ids"
            )
        elif how == "soft" and not step.work.exits.soft:
            problems.append(
                f"step {name} can't fail softly: any exit code but 0 is a failure there"
            )
        elif how == "interrupt":
            results[step.id] = Result(Outcome.INTERRUPTED, -SIGTERM)
        elif how == "soft":
            results[step.id] = Result(Outcome.SOFT, step.work.exits.soft[0][0])
        else:
            results[step.id] = Result(Outcome.HARD, 2)
    return results, problems


def _split(wish: str) -> tuple[str, str]:
    """Ids may hold equals signs; only these endings are taken off."""
    for how in ("soft", "hard", "interrupt"):
        if wish.endswith(f"={how}"):
            return wish.removesuffix(f"={how}"), how
    return wish, "hard"


def _step(plan: Plan, name: str) -> Step | None:
    if name.isascii() and name.isdigit():
        number = int(name)
        return plan.steps[number - 1] if 1 <= number <= len(plan.steps) else None
    return next((step for step in plan.steps if step.id == name), None)
