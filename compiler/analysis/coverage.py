"""What a plan proves of cleanup and alarms, in a word for each step; for comparing two plans."""

from __future__ import annotations

from collections.abc import Mapping

from ..plan.exits import Outcome
from ..plan.index import index
from ..plan.model import Plan
from ..plan.titles import listed, named
from .alarms import told
from .cleanup import cleanup
from .failures import failures

_AFTER = {
    Outcome.HARD: "failures",
    Outcome.SOFT: "soft failures",
    Outcome.INTERRUPTED: "interrupts",
}


def coverage(plan: Plan) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """When what a command takes is given back, and whether anybody is told of a step's failure; by the
    names of the steps."""
    found = failures(plan)
    proof = cleanup(plan, found)
    tree = index(plan)
    names = [named(step, tree) for step in plan.steps]
    gaps: dict[str, set[Outcome]] = {names[take.step]: set() for take in proof.takes if take.gives}
    for leak in proof.leaks:
        gaps[names[leak.take.step]].add(leak.outcome)
    undone = {name: _undone(outcomes) for name, outcomes in gaps.items()}
    undone |= {names[take.step]: "only after failures" for take in proof.never if take.gives}
    heard: dict[str, str] = {}
    for answer in told(plan, found):
        if answer.failure.outcome is Outcome.HARD:
            for number in answer.failure.steps:
                heard[names[number]] = "no" if answer.silent else "yes"
    return undone, heard


def _undone(gaps: set[Outcome]) -> str:
    if not gaps:
        return "always"
    return (
        f"not after all {listed([words for outcome, words in _AFTER.items() if outcome in gaps])}"
    )
