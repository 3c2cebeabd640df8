"""`plan --failures` as text: cases with the same consequences together, the worst first, steps by their names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from ...compiler.analysis.alarms import Some, Told
from ...compiler.analysis.cleanup import Leak
from ...compiler.analysis.failure_records import Failure, Failures, Stretch
from ...compiler.plan.exits import Outcome
from ...compiler.plan.index import index
from ...compiler.plan.model import Plan, Role, ScopeKind
from ...compiler.plan.titles import listed, named
from ...compiler.shell.printable import printable
from ...compiler.support.enums import Enum
from ...compiler.support.record import NamedTuple
from ..report.style import Style
from ..report.wrapping import fitting
from .alike_files import AlikeFiles, alike_files
from .failures import Answer, left_by
from .phrases import count
from .stretches import WIDEST, in_stretches, in_words, plain

_ENDS = {Outcome.HARD: "fails", Outcome.SOFT: "exits 75", Outcome.INTERRUPTED: "is interrupted"}


_COLUMN = 17  # in which consequences begin


class _Kind(Enum):
    """What a failure comes to, the worst first, as the title of its cases."""

    LEFT = "What leaves something behind"
    SILENT = "What nobody is notified of"
    REPORTED = "What an alarm reports"


class _Case(NamedTuple):
    """Failures that have the same consequences, which `lines` say."""

    told: list[Told]
    lines: tuple[str, ...]


def render(plan: Plan, answer: Answer, style: Style, *, every: bool = True) -> str:
    """Each case: who fails, what doesn't run, what does, who is told. Without `every`, of files that are alike only the
    first is shown."""
    text = _Text(plan, answer, style, AlikeFiles() if every else alike_files(plan))
    hang = _COLUMN if style.columns else 0
    lines = (
        part
        for line in text.lines()
        for part in fitting(line, style.columns, hang if line.startswith("    ") else 0)
    )
    return "".join(f"{line}\n" for line in lines)


class _Text:
    def __init__(self, plan: Plan, answer: Answer, style: Style, alike: AlikeFiles) -> None:
        self._plan = plan
        self._answer = answer
        self._style = style
        self._alike = alike
        self._tree = index(plan)
        # Those that stay because the very step fails that should release them.
        self._own = frozenset(map(id, answer.cleanup.unreleased))

    def lines(self) -> Iterator[str]:
        cases = self._cases()
        yield f"What happens if one of {count(len(self._plan.steps), 'step')} fails:"
        for kind, found in cases.items():
            if found:
                yield from (
                    "",
                    self._style.paint(f"{kind.value}: {count(len(found), 'case')}", "bold"),
                )
            for case in found:
                yield from ("", f"{self._who(case)}:", *case.lines)
        for scope, note in self._alike.notes.items():
            yield from ("", f"{printable(self._tree.scopes[scope].name)}: {note}")
        yield from self._steps()
        yield from ("", self._sum(sum(map(len, cases.values()))))

    def _steps(self) -> Iterator[str]:
        """The numbers of all steps, for those that a case doesn't name."""
        yield from ("", self._style.paint("Steps", "bold"), "")
        for number, step in enumerate(self._plan.steps):
            if self._tree.name_of(step.scope, ScopeKind.CONFIGURATION) in self._alike.hidden:
                continue
            name = self._style.paint(f"{step.hook}  ", "dim") if step.hook else ""
            text = printable(named(step, self._tree))
            if not self._answer.failures.usual[number]:
                text = f"{self._style.paint(text, 'yellow')}  only after failures"
            yield f"  {number + 1:>4}  {name}{text}"

    def _cases(self) -> dict[_Kind, list[_Case]]:
        found: dict[_Kind, dict[tuple[str, ...], _Case]] = {kind: {} for kind in _Kind}
        for each in self._answer.told:
            file = self._tree.name_of(each.failure.scope, ScopeKind.CONFIGURATION)
            if file in self._alike.hidden:
                continue
            left = self._left(each.failure)
            kind = _Kind.LEFT if left else _Kind.SILENT if each.silent else _Kind.REPORTED
            lines = tuple(self._consequences(each, left))
            found[kind].setdefault(lines, _Case([], lines)).told.append(each)
        return {kind: list(cases.values()) for kind, cases in found.items()}

    def _left(self, failure: Failure) -> list[str]:
        """What stays after a failure, in words."""
        leaks = left_by(self._answer, failure)
        stays = [self._stays(leak, failure) for leak in leaks if id(leak) not in self._own]
        return [*stays, *self._unreleased([leak for leak in leaks if id(leak) in self._own])]

    def _consequences(self, told: Told, left: Sequence[str]) -> Iterator[str]:
        found, failure = self._answer.failures, told.failure
        yield f"    skipped:     {self._not_run(found, failure) or 'nothing'}"
        if called := found.called(failure, failure.steps[-1]):
            yield f"    then runs:   {self._style.paint(self._listed(called), 'yellow')}"
        hears = []
        if told.alarms:
            before = self._answer.hurdles(told)
            succeed = "succeeds" if len(before) == 1 else "succeed"
            provided = f", if {_numbers(before)} {succeed}" if before else ""
            services = _services(self._plan, told.alarms[:WIDEST])
            names = f" ({', '.join(services)})" if services else ""
            what = "step" if len(told.alarms) == 1 else "steps"
            hears.append(f"{what} {_numbers(told.alarms)}{names}{provided}")
        if told.missed:
            services = _services(self._plan, islice(told.missed, WIDEST))
            words = f"step {_pings(told.missed)}"
            hears.append(f"missing ping ({', '.join([words, *services])})")
        silent = "exit code only" if failure.exit_code else "nothing, not even the exit code"
        yield f"    reported by: {listed(hears) if hears else silent}"
        yield from (f"    left behind: {text}" for text in left)

    def _who(self, case: _Case) -> str:
        """Which steps, and how they end: `step 3 "…" fails (exit code 1) or is interrupted (exit code 128+n)`."""
        ends: dict[tuple[int, ...], list[str]] = {}
        for each in case.told:
            is_interrupt = each.failure.outcome is Outcome.INTERRUPTED
            code = "128+n" if is_interrupt else each.failure.exit_code
            words = f"{_ENDS[each.failure.outcome]} (exit code {code})"
            ends.setdefault(each.failure.steps, []).append(words)
        parts: dict[str, list[int]] = {}
        for steps, found in ends.items():
            parts.setdefault(listed(found, "or"), []).extend(steps)
        return "If " + ", or if ".join(
            f"{'one of steps' if len(steps) > 1 else 'step'} {self._listed(sorted(steps), 'or')} {words}"
            for words, steps in parts.items()
        )

    def _not_run(self, found: Failures, failure: Failure) -> str:
        """For one failing step what exactly; for several, the rest of their list depends on which."""
        first, last = failure.steps[0], failure.steps[-1]
        later = found.not_run(failure, last)
        end = found.last_not_run(failure, last)
        if failure.goes_on and not any(found.needs_success[first + 1 : failure.until]):
            return self._in_words(later, end=end)
        if len(failure.steps) == 1 or failure.until <= first + 1:
            return self._in_words(later, end=end)
        missed = (stretch for stretch in later if stretch[0] >= failure.until)
        rest = f"the remaining steps up to {self._name(failure.until - 1)}"
        return ", and ".join(filter(None, (rest, self._in_words(missed, end=end))))

    def _listed(self, numbers: Sequence[int], last: str = "and") -> str:
        """Ascending steps, numbers from 1 now, with their names."""
        stretches = ((n, n + 1) for n in numbers)
        return self._in_words(stretches, last, numbers[-1] if numbers else 0)

    def _in_words(self, stretches: Iterable[Stretch], last: str = "and", end: int = 0) -> str:
        return in_words(stretches, self._stretch, last, end)

    def _stretch(self, first: int, last: int) -> list[str]:
        if last - first < 2:
            return [self._name(number) for number in range(first, last + 1)]
        return [f"{first + 1} to {last + 1} ({self._title(first)} to {self._title(last)})"]

    def _name(self, number: int) -> str:
        return f"{number + 1} {self._title(number)}"

    def _title(self, number: int) -> str:
        name = printable(named(self._plan.steps[number], self._tree))
        return name if name.startswith("`") else f'"{name}"'

    def _stays(self, leak: Leak, failure: Failure) -> str:
        take = leak.take
        what = printable(f"{take.claim.pair.name} {take.claim.what}".strip())
        text = f"{what} (by step {self._name(take.step)})"
        if (leak.first, leak.last) == (failure.steps[0], failure.steps[-1]):
            return text
        return f"{text}, if the failure is in {_numbers(range(leak.first, leak.last + 1), 'or')}"

    def _unreleased(self, leaks: Sequence[Leak]) -> list[str]:
        """What each step should release; then what stays because something that stays uses it."""
        own = [leak for leak in leaks if leak.first in leak.take.gives]
        things = list(dict.fromkeys(leak.take.claim for leak in own))
        if len(own) == 1:
            first = f"{things[0].pair.name} {things[0].what}, as nothing else releases it"
        else:
            kinds = listed(list(dict.fromkeys(claim.pair.name for claim in things)), "or")
            first = f"the {kinds} that the failing step should release"
        return [printable(first), *_in_use(leaks, len(own))] if own else []

    def _sum(self, cases: int) -> str:
        answer = self._answer
        silent = {number for each in answer.told if each.silent for number in each.failure.steps}
        left = {(leak.take.step, leak.take.claim) for leak in answer.cleanup.leaks}
        unless = ", unless their own release fails" if answer.cleanup.unreleased else ""
        return (
            f"{count(cases, 'case')}; steps whose failure nobody is notified of: {len(silent) or 'none'}; "
            f"resources left stopped or mounted after a failure: {len(left) or 'none'}{unless}."
        )


def _in_use(leaks: Sequence[Leak], alternatives: int) -> Iterator[str]:
    """For each failing step what else stays, steps with the same consequence together. `alternatives`: steps of which one
    fails."""
    later: dict[int, list[int]] = {}
    for leak in leaks:
        if leak.first not in leak.take.gives:
            later.setdefault(leak.first, []).append(leak.take.gives[0])
    alike: dict[tuple[int, ...], list[int]] = {}
    for failing, gives in later.items():
        alike.setdefault(tuple(gives), []).append(failing)
    for releasing, steps in alike.items():
        those = f"what {_numbers(releasing)} should release, which is in use then"
        many = "one of " if len(steps) > 1 else ""
        yield f"if {many}{_numbers(steps, 'or')} fails, also {those}" if alternatives > 1 else those


def _services(plan: Plan, numbers: Iterable[int]) -> list[str]:
    """Of messages among steps: which service hears, and by which state."""
    steps = [plan.steps[number] for number in numbers]
    return list(dict.fromkeys(step.title for step in steps if step.role is Role.NOTIFY))


def _pings(numbers: Some) -> str:
    return in_words(((n, n + 1) for n in numbers), plain, "and", numbers.last)


def _numbers(numbers: Sequence[int], last: str = "and") -> str:
    """Ascending numbers of steps that are named before, from 1 now."""
    return in_stretches([number + 1 for number in numbers], last)
