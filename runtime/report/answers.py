"""Answers as JSON: what Borg's commands print with `--json`, put together to the one document that standard output
then holds.

Of one repository that is Borg's own document, of several an array of them, in the plan's order, each with the
repository's label. A list of files (`--json-lines`) is an object there: the repository and its `items`. A command that
failed has no place in the array; if the only one did, the array is empty.
"""

from __future__ import annotations

import json

from ...compiler.plan.exits import Outcome
from ...compiler.plan.index import index
from ...compiler.plan.model import Plan, ScopeKind, Step, StepId
from ...compiler.plan.titles import answer_form
from ...compiler.plan.work import Form
from ...compiler.support.record import TYPE_CHECKING
from ..engine.runner import Result

if TYPE_CHECKING:
    from typing import Any


class Answers:
    """Collects the answers of a run. `problems`: in words, the answers that are none."""

    def __init__(
        self,
        plan: Plan,
        *,
        incomplete: bool,
        always_array: bool = False,
        dry_run: bool = False,
    ) -> None:
        """`incomplete`: files are missing in the plan, so that one answer isn't all that was asked for.
        `always_array`: also of one repository. `dry_run`: what makes
        nothing then has no answer either."""
        self._dry_run = dry_run
        self._tree = index(plan)
        self._steps = [step for step in plan.steps if answer_form(step) is not Form.TEXT]
        self._ids = {step.id for step in self._steps}
        several = len(self._steps) > 1 or incomplete
        is_lines = all(_is_lines(step) for step in self._steps)
        self._several = several or (always_array and not is_lines)
        self._data: dict[StepId, list[bytes]] = {}
        self._found: dict[StepId, object] = {}
        self._passes = not self._several and is_lines
        self.problems: list[str] = []

    def takes(self, step: StepId) -> bool:
        """Whether the answer of this step is collected."""
        return step in self._ids and not self._passes

    def streams(self, step: StepId) -> bool:
        """Whether it goes to standard output as it comes: lines about one repository are no document."""
        return step in self._ids and self._passes

    def started(self, step: Step) -> None:
        self._data[step.id] = []
        self._found.pop(step.id, None)

    def add(self, step: StepId, data: bytes) -> None:
        """A piece of an answer."""
        self._data.setdefault(step, []).append(data)

    def ended(self, step: Step, result: Result) -> None:
        """The answer is complete."""
        data = b"".join(self._data.pop(step.id, []))
        if not self.takes(step.id) or result.outcome is not Outcome.DONE or not result.ran:
            return
        if self._dry_run and not data.strip():
            return
        try:
            self._found[step.id] = self._read(step, data)
        except (ValueError, RecursionError):
            where = self._tree.name_of(step.scope, ScopeKind.REPOSITORY)
            self.problems.append(f"Borg's output for {where} is not JSON")

    def text(self) -> str:
        """All of them, as one document; nothing where they have been passed on."""
        if self._passes:
            return ""
        found = [self._found[step.id] for step in self._steps if step.id in self._found]
        if found and not self._several:
            return f"{json.dumps(found[0], indent=4)}\n"
        lines = ",\n".join(json.dumps(answer) for answer in found)
        return f"[\n{lines}\n]\n" if lines else "[]\n"

    def _read(self, step: Step, data: bytes) -> object:
        text = data.decode("utf-8", "replace")
        if not _is_lines(step):
            return self._named(step, json.loads(text))
        items = [json.loads(line) for line in text.splitlines() if line.strip()]
        return {**self._named(step, {}), "items": items}

    def _named(self, step: Step, answer: Any) -> Any:
        """A document of several says which repository it is about."""
        repository = self._tree.around(step.scope, ScopeKind.REPOSITORY)
        if not self._several or repository is None or not isinstance(answer, dict):
            return answer
        own = answer.get("repository")
        named = {"location": repository.name, **(own if isinstance(own, dict) else {})}
        return {**answer, "repository": {**named, "label": repository.label}}


def _is_lines(step: Step) -> bool:
    return answer_form(step) is Form.JSON_LINES
