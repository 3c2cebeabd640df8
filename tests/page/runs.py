"""Runs of the past, made up: what a journal would say of some nights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from borgplan.compiler.plan.actions import Action
from borgplan.compiler.plan.exits import Outcome
from borgplan.compiler.plan.model import Plan, StepId
from borgplan.compiler.plan.titles import subcommand
from borgplan.runtime.engine.sizes import ArchiveSize
from borgplan.runtime.journal.records import Run, StepRecord
from borgplan.runtime.render.history import Past
from borgplan.runtime.system.process_identity import Process
from tests.compiler.planning import planned

CONFIG = """\
source_directories: [/etc]
repositories:
  - {path: /backups/one, label: "near <b>x</b>"}
  - {path: "ssh://backup@host/./two"}
keep_daily: 7
checks: [{name: repository}]
"""
DAY = 86400.0
NOW = 1_790_000_000.0
GOOD, WARNED, BAD = (Outcome.DONE, 0), (Outcome.DONE, 1), (Outcome.HARD, 2)
Ends = Mapping[str, Sequence[tuple[Outcome, int]]]


def plan(text: str = CONFIG) -> Plan:
    """Create and check on two repositories."""
    return planned(text, actions=(Action.CREATE, Action.CHECK), semantics="2.1")


def night(
    of: Plan,
    days_ago: float,
    ends: Ends,
    size: int = 1_000_000,
    archive: str = "</script><b>",
    seconds: float = 60.0,
) -> Past:
    """A run that many days before `NOW`. `ends`: of `create` and `check`, how each ended by repository; of those that ran.
    `size`: of each archive, in bytes. `seconds`: what the first command takes."""
    began = NOW - days_ago * DAY
    records = [
        StepRecord(
            number, step, 1, began, seconds * number, *ends[action][at], "", "", False,
            archive if action == "create" and ends[action][at] != BAD else "",
            ArchiveSize(120, size, size // 2, size // 10) if action == "create" else None,
        )
        for number, (action, at, step) in enumerate(_borg_steps(of), 1)
        if at < len(ends.get(action, ()))
    ]  # fmt: skip
    is_bad = any(record.outcome is not Outcome.DONE for record in records)
    run = Run(
        int(1000 - days_ago), f"run-{days_ago}", "apply", None, "", (), "/srv", ("/srv/c.yaml",), "0.1.0",
        Process(1, "", ""), began, 300.0, int(is_bad), "ended",
    )  # fmt: skip
    return Past(run, records, [], of)


def _borg_steps(of: Plan) -> list[tuple[str, int, StepId]]:
    found: list[tuple[str, int, StepId]] = []
    for action in ("create", "check"):
        steps = [step.id for step in of.steps if subcommand(step) == action]
        found += [(action, at, step) for at, step in enumerate(steps)]
    return found
