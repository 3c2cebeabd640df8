"""`--events`: what happens in a run, as it happens, one JSON object a line. See docs/events.md."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime

from ...compiler.plan.index import index
from ...compiler.plan.model import Plan, Scope, ScopeKind, Step
from ...compiler.shell.passwords import hidden
from ..engine.ended import Report
from ..engine.fates import fates
from ..engine.repositories import Former, backup_data, backups, records
from ..engine.repositories import as_data as record_data
from ..engine.runner import Result
from ..engine.sizes import as_data
from ..engine.tally import as_data as tally_data
from .line_queue import SlowReader, Target

VERSION = 1
_PATIENCE = 10.0  # seconds without a single line taken, at the end of a run
_PATIENCE_AT_ONCE = 0.5


class Events:
    """A reporter. No output of steps and no secrets: what a step is, is in the plan."""

    def __init__(self, name: str, target: Target, plan: Plan, run: str) -> None:
        """`name`: of what `target` opens, for people."""
        self.name = name
        self._run = run
        self._start = time.monotonic()
        self._plan = plan
        self._tree = index(plan)
        self._numbers = {step.id: number for number, step in enumerate(plan.steps, 1)}
        self._lines = SlowReader(target, self._dropped)

    def run_started(self, plan: Plan, *, dry_run: bool) -> None:
        self._add(
            "run-started",
            {
                "format": "borgplan-events",
                "version": VERSION,
                "semantics": plan.semantics,
                "actions": list(plan.actions),
                "steps": len(plan.steps),
                "dry_run": dry_run,
            },
        )

    def run_ended(self, report: Report | None, exit_code: int, former: Former) -> None:
        """`report`: None where a second signal ended the run. `former`: sizes of former archives."""
        came = [] if report is None else records(self._plan, fates(self._plan, report), former)
        status = "aborted" if report is None else report.status.value
        signal = exit_code - 128 if report is None else report.signal
        self._add(
            "run-ended",
            {
                "status": status,
                "exit_code": exit_code,
                "signal": signal,
                "backups": [backup_data(backup) for backup in backups(came)],
                "repositories": [record_data(each) for each in came if each.says_something],
            },
        )

    def close(self, *, at_once: bool) -> str:
        """Wait for the reader, within reason; what was lost, in words, or empty."""
        self._lines.close(_PATIENCE_AT_ONCE if at_once else _PATIENCE)
        lost = self._lines.lost
        return f"{lost} events of {self.name} were lost: {self._lines.why}" if lost else ""

    def started(self, step: Step) -> None:
        self._add("step-started", self._about(step))

    def ended(self, step: Step, result: Result) -> None:
        self._add(
            "step-ended",
            {
                **self._about(step),
                "outcome": result.outcome.value,
                "code": result.code,
                "note": result.note,
                "archive": result.archive or None,
                "size": as_data(result.size),
                "tally": tally_data(result.tally),
                "seconds": round(result.seconds, 3),
            },
        )

    def repeated(self, scope: Scope, attempt: int) -> None:
        wait = scope.retry.wait * attempt
        self._add("scope-repeated", {"scope": scope.id, "attempt": attempt, "wait": wait})

    def again(self, step: Step, attempt: int) -> None:
        about = self._about(step)
        self._add("step-repeated", {**about, "attempt": attempt, "wait": step.repeat.wait})

    def _about(self, step: Step) -> dict[str, object]:
        return {
            "step": step.id,
            "number": self._numbers[step.id],
            "scope": step.scope,
            "repository": self._tree.name_of(step.scope, ScopeKind.REPOSITORY),
        }

    def _add(self, event: str, what: Mapping[str, object]) -> None:
        self._lines.add(self._line(event, what))

    def _dropped(self, count: int) -> bytes:
        return self._line("dropped", {"count": count})

    def _line(self, event: str, what: Mapping[str, object]) -> bytes:
        data = {
            "event": event,
            "run": self._run,
            "time": datetime.now(UTC).isoformat(timespec="microseconds"),
            "elapsed": round(time.monotonic() - self._start, 6),
            **what,
        }
        return hidden(json.dumps(data)).encode() + b"\n"
