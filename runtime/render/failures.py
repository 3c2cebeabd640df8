"""`plan --failures`: every way in which one step can fail, and what comes of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from ...compiler.analysis.alarms import Some, Told, hurdles, told
from ...compiler.analysis.cleanup import Cleanup, Leak, cleanup
from ...compiler.analysis.failure_records import Failure, Failures, Stretch
from ...compiler.analysis.failures import failures
from ...compiler.plan.exits import Outcome
from ...compiler.plan.index import index
from ...compiler.plan.model import Plan, Role
from ...compiler.plan.titles import listed, named
from ...compiler.shell.printable import printable
from ...compiler.support.record import NamedTuple
from ..report.style import Style
from .phrases import count

Data = dict[str, object]

_ENDS = {Outcome.HARD: "fails", Outcome.SOFT: "exits 75", Outcome.INTERRUPTED: "is interrupted"}
_WIDEST = 8  # numbers or stretches of them in one line


class Answer(NamedTuple):
    """The whole analysis of one plan."""

    plan: Plan
    failures: Failures
    told: list[Told]
    cleanup: Cleanup
    leaks: dict[int, list[Leak]]  # by the identity of their failures

    def hurdles(self, each: Told) -> tuple[int, ...]:
        """See `alarms.hurdles`."""
        return hurdles(self.plan, self.failures, each)


def analysed(plan: Plan) -> Answer:
    """Linear in the plan and in what there is to tell."""
    found = failures(plan)
    left = cleanup(plan, found)
    leaks = _by_failure((*left.leaks, *left.unreleased))
    return Answer(plan, found, told(plan, found), left, leaks)


def left_by(answer: Answer, failure: Failure) -> Sequence[Leak]:
    """What stays after a failure, by those of its steps after which it does."""
    return answer.leaks.get(id(failure), ())


def as_data(plan: Plan, answer: Answer) -> Data:
    """For JSON, documented in docs/failures.md; steps by number from 1."""
    return {
        "format": "borgplan-failures",
        "version": 1,
        "steps": [step.id for step in plan.steps],
        "failures": [_failure(answer, each, left_by(answer, each.failure)) for each in answer.told],
        "never_undone": [
            {"step": take.step + 1, "what": take.claim.what, "kind": take.claim.pair.name}
            for take in answer.cleanup.never
        ],
    }


def _failure(answer: Answer, told: Told, leaks: Sequence[Leak]) -> Data:
    found, failure = answer.failures, told.failure
    last = failure.steps[-1]
    return {
        "steps": [number + 1 for number in failure.steps],
        "outcome": failure.outcome.value,
        "rest_not_run_to": failure.until or None,
        "rest_runs_if_owed": failure.goes_on,
        "not_run": [[first + 1, end] for first, end in failure.skipped],
        "called": [number + 1 for number in found.called(failure, last)],
        "told": [number + 1 for number in told.alarms],
        "told_after": [number + 1 for number in answer.hurdles(told)],
        "pings_missed": [number + 1 for number in told.missed],
        "stays": [
            {
                "step": leak.take.step + 1,
                "what": leak.take.claim.what,
                "kind": leak.take.claim.pair.name,
                "undone_by": [number + 1 for number in leak.take.gives],
                "if_from": leak.first + 1,
                "if_to": leak.last + 1,
            }
            for leak in leaks
        ],
        "status": failure.status.value,
        "exit_code": failure.exit_code,
    }


def _by_failure(leaks: Sequence[Leak]) -> dict[int, list[Leak]]:
    found: dict[int, list[Leak]] = {}
    for leak in leaks:
        found.setdefault(id(leak.failure), []).append(leak)
    return found


class _Case(NamedTuple):
    """Failures that have the same consequences, which `lines` tell."""

    told: list[Told]
    lines: tuple[str, ...]


def render(plan: Plan, answer: Answer, style: Style) -> str:
    """The steps by number, then each case: who fails, what doesn't run, what does, who is told."""
    tree = index(plan)
    lines = [f"{count(len(plan.steps), 'step')}:", ""]
    for number, step in enumerate(plan.steps):
        usual = "" if answer.failures.usual[number] else style.paint("  only after failures", "dim")
        name = style.paint(f"{step.hook}  ", "dim") if step.hook else ""
        lines.append(f"  {number + 1:>4}  {name}{printable(named(step, tree))}{usual}")
    cases = _cases(answer, style)
    for case in cases:
        lines += ["", style.paint(f"{_who(case)}:", "bold"), *case.lines]
    lines += ["", _sum(answer, len(cases))]
    return "".join(f"{line}\n" for line in lines)


def _sum(answer: Answer, cases: int) -> str:
    silent = {
        number
        for each in answer.told
        if each.silent and each.failure.outcome is Outcome.HARD
        for number in each.failure.steps
    }
    left = {(leak.take.step, leak.take.claim) for leak in answer.cleanup.leaks}
    unless = ", unless their own release fails" if answer.cleanup.unreleased else ""
    return (
        f"{count(cases, 'case')}; steps whose failure is reported by the exit code only: {len(silent) or 'none'}; "
        f"resources left stopped or mounted after a failure: {len(left) or 'none'}{unless}."
    )


def _cases(answer: Answer, style: Style) -> list[_Case]:
    leaks = _by_failure(answer.cleanup.leaks)
    unreleased = _by_failure(answer.cleanup.unreleased)
    found: dict[tuple[str, ...], _Case] = {}
    for each in answer.told:
        left = [_stays(leak, each.failure) for leak in leaks.get(id(each.failure), ())]
        left += _unreleased(unreleased.get(id(each.failure), ()))
        lines = tuple(_consequences(answer, each, left, style))
        found.setdefault(lines, _Case([], lines)).told.append(each)
    return list(found.values())


def _consequences(answer: Answer, told: Told, left: Sequence[str], style: Style) -> Iterator[str]:
    found, failure = answer.failures, told.failure
    yield f"    skipped:     {_not_run(found, failure) or 'nothing'}"
    if called := found.called(failure, failure.steps[-1]):
        yield f"    then runs:   {_listed(called)}"
    hears = []
    if told.alarms:
        before = answer.hurdles(told)
        provided = (
            f", if {_listed(before)} {'succeeds' if len(before) == 1 else 'succeed'}"
            if before
            else ""
        )
        services = _services(answer.plan, told.alarms[:_WIDEST])
        names = f" ({', '.join(services)})" if services else ""
        what = "step" if len(told.alarms) == 1 else "steps"
        hears.append(f"{what} {_listed(told.alarms)}{names}{provided}")
    if told.missed:
        services = _services(answer.plan, islice(told.missed, _WIDEST))
        words = f"step {_pings(told.missed)}"
        hears.append(f"missing ping ({', '.join([words, *services])})")
    silent = style.paint("exit code only", "yellow")
    yield f"    reported by: {listed(hears) if hears else silent}"
    for text in left:
        yield style.paint(f"    left behind: {text}", "yellow")


def _who(case: _Case) -> str:
    """Which steps, and how they end: `1 to 3 fails (exit code 1) or is interrupted (128+n)`."""
    ends: dict[tuple[int, ...], list[str]] = {}
    for each in case.told:
        code = "128+n" if each.failure.outcome is Outcome.INTERRUPTED else each.failure.exit_code
        ends.setdefault(each.failure.steps, []).append(
            f"{_ENDS[each.failure.outcome]} (exit code {code})"
        )
    parts: dict[str, list[int]] = {}
    for steps, words in ends.items():
        parts.setdefault(listed(words, "or"), []).extend(steps)
    return "If " + ", or if ".join(
        f"{'one of ' if len(steps) > 1 else ''}{_listed(sorted(steps), 'or')} {words}"
        for words, steps in parts.items()
    )


def _not_run(found: Failures, failure: Failure) -> str:
    """For one failing step its exact numbers; for several, the rest of their list depends on which."""
    first, last = failure.steps[0], failure.steps[-1]
    later = found.not_run(failure, last)
    if failure.goes_on and not any(found.needs_success[first + 1 : failure.until]):
        return _in_words(later, end=found.last_not_run(failure, last))
    end = found.last_not_run(failure, last)
    if len(failure.steps) == 1 or failure.until <= first + 1:
        return _in_words(later, end=end)
    missed = (stretch for stretch in later if stretch[0] >= failure.until)
    return ", and ".join(
        filter(None, (f"the remaining steps up to {failure.until}", _in_words(missed, end=end)))
    )


def _services(plan: Plan, numbers: Iterable[int]) -> list[str]:
    """Of messages among steps: which service hears, and by which state."""
    steps = [plan.steps[number] for number in numbers]
    return list(dict.fromkeys(step.title for step in steps if step.role is Role.NOTIFY))


def _pings(numbers: Some) -> str:
    return _in_words(((n, n + 1) for n in numbers), end=numbers.last)


def _listed(numbers: Sequence[int], last: str = "and") -> str:
    """Ascending numbers of steps, from 1 now, in stretches."""
    return _in_words(((n, n + 1) for n in numbers), last, numbers[-1] if numbers else 0)


def _in_words(stretches: Iterable[Stretch], last: str = "and", end: int = 0) -> str:
    """Ascending ones; of many only the first are looked at. `end`: the last number of all."""
    joined: list[list[int]] = []
    for first, behind in stretches:
        if joined and joined[-1][1] == first - 1:
            joined[-1][1] = behind - 1
        elif len(joined) > _WIDEST:
            break
        else:
            joined.append([first, behind - 1])
    words = [word for first, last_one in joined for word in _stretch(first, last_one)]
    if len(words) <= _WIDEST:
        return listed(words, last)
    return f"{', '.join(words[: _WIDEST - 1])} and more up to {end + 1}"


def _stretch(first: int, last: int) -> list[str]:
    if last - first < 2:
        return [str(number + 1) for number in range(first, last + 1)]
    return [f"{first + 1} to {last + 1}"]


def _unreleased(leaks: Sequence[Leak]) -> list[str]:
    """Where steps differ only in what each releases, the list of steps tells which thing that is. Then what stays
    because something that stays uses it."""
    own = [leak for leak in leaks if leak.first in leak.take.gives]
    things = list(dict.fromkeys(leak.take.claim for leak in own))
    if len(own) == 1:
        first = f"{things[0].pair.name} {things[0].what}, as nothing else releases it"
    else:
        kinds = listed(list(dict.fromkeys(claim.pair.name for claim in things)), "or")
        first = f"the {kinds} that the failing step should release"
    return [printable(first), *_in_use(leaks, len(own))] if own else []


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
        those = f"what {_listed(releasing)} should release, which is in use then"
        many = "one of " if len(steps) > 1 else ""
        yield f"if {many}{_listed(steps, 'or')} fails, also {those}" if alternatives > 1 else those


def _stays(leak: Leak, failure: Failure) -> str:
    take = leak.take
    text = f"{printable(f'{take.claim.pair.name} {take.claim.what}'.strip())} (by step {take.step + 1})"
    if (leak.first, leak.last) == (failure.steps[0], failure.steps[-1]):
        return text
    return f"{text}, if the failure is in {_listed(range(leak.first, leak.last + 1), 'or')}"
