"""What hooks take has to be given back, whatever fails: the cleanup proof as findings."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

from ...analysis.alarms import can_fail
from ...analysis.claims import claims
from ...analysis.cleanup import Leak, Take, cleanup
from ...analysis.failure_records import Failures
from ...analysis.pairs import COMPOSE
from ...plan.exits import Outcome
from ...plan.index import Index
from ...plan.model import Plan, Step
from ...plan.titles import named
from ...plan.work import Shell
from ...shell.behind import SHELLS, behind, code
from ...shell.lexer import SPEAKING, Words, program, simple_commands
from ...shell.telling import tells
from ...source.diagnostic import Diagnostic, Diagnostics, Severity
from ...source.span import Span
from ...support.record import NamedTuple
from ...support.regex import lazily
from .downtime import downtime

_STARTED = frozenset(("service", "container", COMPOSE.name, "stop and start"))
_CLEANING = lazily(
    r"(?i)clean|undo|restore|recover|teardown|unmount|unlock|resume|rollback|post[-_]?backup"
)
_CODES = {Outcome.HARD: "BP801", Outcome.SOFT: "BP802", Outcome.INTERRUPTED: "BP803"}
_ENDS = {
    Outcome.HARD: "fails",
    Outcome.SOFT: "exits 75",
    Outcome.INTERRUPTED: "is interrupted",
}


class _Subject(NamedTuple):
    """One thing that one hook takes, in however many repositories it does."""

    place: Span
    what: str
    pair: str


def cleanup_proof(plan: Plan, tree: Index, found: Failures, diagnostics: Diagnostics) -> None:
    """BP801: not given back after a failure. BP802: after a soft failure only. BP803: after an
    interrupt only. BP804: not even if all goes well. BP805: nothing ever gives it back, a note unless
    something else that was taken with it is given back. BP806: see `downtime`."""
    result = cleanup(plan, found)
    if not result.takes:
        return
    downtime(plan, tree, result.takes, found, diagnostics)
    halves = _given_back(plan, result.takes)
    for take in result.never:
        _never(plan, tree, take, halves, diagnostics)
    fallible = _Fallible(plan)
    subjects: dict[_Subject, dict[Outcome, list[Leak]]] = {}
    for leak in result.leaks:
        if _counts(plan, found, leak, fallible):
            place = plan.steps[leak.take.step].origin
            subject = _Subject(place, leak.take.claim.what, leak.take.claim.pair.name)
            by_outcome = subjects.setdefault(subject, {})
            by_outcome.setdefault(leak.failure.outcome, []).append(leak)
    for by_outcome in subjects.values():
        outcome = next(outcome for outcome in _CODES if outcome in by_outcome)
        diagnostics.append(_leaks(plan, tree, outcome, by_outcome[outcome], fallible))


class _Fallible:
    """The steps that can fail at all, as numbers. Most leaks are about all the rest of a list of hooks, so
    they are counted without looking at each."""

    def __init__(self, plan: Plan) -> None:
        self._numbers = [n for n, step in enumerate(plan.steps) if can_fail(step)]

    def of(self, leak: Leak) -> Sequence[int]:
        """Those by whose failure something is left."""
        failing = _failing(leak)
        if failing[-1] - failing[0] == len(failing) - 1:
            first = bisect_left(self._numbers, failing[0])
            return self._numbers[first : bisect_right(self._numbers, failing[-1])]
        return [n for n in failing if n in self]

    def __contains__(self, number: int) -> bool:
        place = bisect_left(self._numbers, number)
        return place < len(self._numbers) and self._numbers[place] == number


def _failing(leak: Leak) -> Sequence[int]:
    steps = leak.failure.steps
    return steps[bisect_left(steps, leak.first) : bisect_right(steps, leak.last)]


def _counts(plan: Plan, found: Failures, leak: Leak, fallible: _Fallible) -> bool:
    """Leaves out what is true and of no use: failures that don't happen, cleanups that can't be seen."""
    if leak.failure.outcome is Outcome.SOFT and not any(
        leaves_quietly(plan.steps[n]) for n in _failing(leak)
    ):
        return False
    if not fallible.of(leak):
        return False
    return not any(
        _may_clean_up(plan.steps[n], leak.take) for n in found.called(leak.failure, leak.first)
    )


def leaves_quietly(step: Step) -> bool:
    """Whether a step may end softly. Borg's own 75 (NotMyLock) is a rarity; a hook has to say it."""
    return isinstance(step.work, Shell) and "75" in step.work.written


def _may_clean_up(step: Step, take: Take) -> bool:
    """Whether a step runs a script that may clean up for all one can see from here, and isn't one that tells;
    or starts what was stopped by another name, as `docker compose up` does for a container."""
    if not isinstance(step.work, Shell):
        return False
    if take.claim.pair.name in _STARTED and any(
        claim.pair.name in _STARTED - {take.claim.pair.name} and not claim.taking
        for claim in claims(step.work.written)
    ):
        return True
    commands = [behind(words) for words in simple_commands(step.work.written)]
    return any(_is_opaque(words) and not tells(words) for words in commands if words)


def _is_opaque(words: Words) -> bool:
    name = program(words[0])
    if name in SHELLS and code(words) is None:
        return len(words) > 1
    if name in SPEAKING:
        return False
    return "/" in words[0].removeprefix("/usr").removeprefix("/bin/").removeprefix(
        "/sbin/"
    ) or bool(_CLEANING.search(name))


def _leaks(
    plan: Plan, tree: Index, outcome: Outcome, leaks: list[Leak], fallible: _Fallible
) -> Diagnostic:
    take = leaks[0].take
    step = plan.steps[take.step]
    giving = plan.steps[take.gives[0]]
    # No step fails in two of them, as they are of one outcome.
    failing = [numbers for leak in leaks if (numbers := fallible.of(leak))]
    begins = plan.steps[min(numbers[0] for numbers in failing)]
    first = named(begins, tree)
    others = sum(map(len, failing)) - 1
    more = (
        ("", " (or 1 other step)")[others] if others < 2 else f" (or one of {others} other steps)"
    )
    return Diagnostic(
        _CODES[outcome],
        Severity.WARNING,
        f"{named(step, tree)} is not undone if {first}{more} {_ENDS[outcome]}: "
        f"{named(giving, tree)} (line {giving.origin.line}) does not run then",
        step.origin,
        "undo it in a hook that also runs after failures: on_error or an after-hook for all states",
        (("undone here", giving.origin), ("fails here", begins.origin)),
    )


_Company = tuple[str, bool, str, str]


def _given_back(plan: Plan, taken: Iterable[Take]) -> dict[_Company, Take]:
    """What is given back, by what it has in common with others that should be."""
    found: dict[_Company, Take] = {}
    for take in taken:
        if take.gives:
            found.setdefault(_company(plan, take), take)
    return found


def _company(plan: Plan, take: Take) -> _Company:
    """The kind of thing, what is done to it, in which file, and before or after the backup."""
    step = plan.steps[take.step]
    return take.claim.pair.name, take.claim.taking, step.origin.file, step.phase.value


def _never(
    plan: Plan,
    tree: Index,
    take: Take,
    given: dict[_Company, Take],
    diagnostics: Diagnostics,
) -> None:
    step = plan.steps[take.step]
    if take.gives:
        giving = plan.steps[take.gives[0]]
        diagnostics.warning(
            "BP804",
            f"{named(step, tree)} is undone by {named(giving, tree)} only after failures",
            step.origin,
            "also undo it in an after-hook",
        )
        return
    if not take.claim.pair.owed:
        return
    what = f"{take.claim.pair.name} {take.claim.what}"
    other = given.get(_company(plan, take))
    if other is None:
        diagnostics.note(
            "BP805", f"nothing in this run undoes {named(step, tree)} ({what})", step.origin
        )
        return
    giving = plan.steps[other.gives[0]]
    diagnostics.append(
        Diagnostic(
            "BP805",
            Severity.WARNING,
            f"nothing in this run undoes {what}, acquired by {named(step, tree)}; {named(giving, tree)} "
            f"undoes only {other.claim.pair.name} {other.claim.what}",
            step.origin,
            f"also undo {take.claim.what} there",
            (("undone here", giving.origin),),
        )
    )
