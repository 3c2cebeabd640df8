"""A plan walked over with commands that end with given exit codes: what would run, and in which order."""

from __future__ import annotations

from collections.abc import Mapping

from ...compiler.plan.index import Index, index
from ...compiler.plan.model import Plan, ScopeKind, Step, StepId
from ...compiler.plan.words import Late, Value
from ...compiler.plan.work import Shell, keeps
from ...compiler.source.span import Span
from ...compiler.support.record import NamedTuple
from .runner import Result
from .walk import interpret

_TOLD = (Late.REPOSITORY, Late.LABEL)


class Key(NamedTuple):
    """A step as the files have it, whatever it is called in a plan.

    `what`: the place of a hook command, or the part of Borg's step that doesn't change. `number`: of
    several steps that are otherwise the same.
    """

    configuration: str
    repository: str
    action: str
    phase: str
    what: Span | str
    number: int = 0


class Rehearsal(NamedTuple):
    """`trace`: the steps that ran, in order, with what error hooks were told of the repository."""

    trace: tuple[tuple[Key, tuple[str, ...]], ...]
    exit_code: int

    @property
    def keys(self) -> list[Key]:
        return [key for key, _ in self.trace]

    def of(self, known: frozenset[Key]) -> Rehearsal:
        """Without the steps that aren't known."""
        return self._replace(trace=tuple(item for item in self.trace if item[0] in known))


def keys(plan: Plan, moved: Mapping[Span, Span]) -> dict[StepId, Key]:
    """`moved`: for places of hook commands, where they stand in the text that both plans are about."""
    tree = index(plan)
    found: dict[StepId, Key] = {}
    counts: dict[Key, int] = {}
    for step in plan.steps:
        key = _key(step, tree, moved)
        counts[key] = counts.get(key, 0) + 1
        found[step.id] = key._replace(number=counts[key])
    return found


def _key(step: Step, tree: Index, moved: Mapping[Span, Span]) -> Key:
    is_hook = isinstance(step.work, Shell)
    return Key(
        tree.name_of(step.scope, ScopeKind.CONFIGURATION),
        tree.name_of(step.scope, ScopeKind.REPOSITORY),
        tree.name_of(step.scope, ScopeKind.ACTION),
        step.phase.value,
        moved.get(step.origin, step.origin) if is_hook else step.title,
    )


def rehearse(
    plan: Plan,
    named: Mapping[StepId, Key],
    failing: Key | None = None,
    code: int = 0,
    times: int = 0,
) -> Rehearsal:
    """`failing` ends with `code`, the first `times` times or, if that is 0, always; all else with 0."""
    runner = _CodedRunner(named, failing, code, times)
    report = interpret(plan, runner)
    return Rehearsal(tuple(runner.trace), report.exit_code)


class _CodedRunner:
    def __init__(
        self, named: Mapping[StepId, Key], failing: Key | None, code: int, times: int
    ) -> None:
        self.trace: list[tuple[Key, tuple[str, ...]]] = []
        self.signal: int | None = None
        self._named = named
        self._failing = failing
        self._code = code
        self._left = times or -1

    def run(self, step: Step, values: Mapping[Value, str]) -> Result:
        """See Runner.run."""
        key = self._named[step.id]
        late = {value for _, value in step.work.late} if isinstance(step.work, Shell) else set()
        self.trace.append((key, tuple(values.get(v, "") for v in _TOLD if v in late)))
        code = 0
        if key == self._failing and self._left:
            code = self._code
            self._left -= 1
        captured = "archive" if keeps(step.work) else ""
        return Result(step.work.exits.outcome(code), code, captured=captured)

    def wait(self, seconds: float) -> None:
        """No time passes."""
