"""What there is to know of a plan before its steps, and what refuses it, in sentences."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence

from ...compiler.plan.index import index
from ...compiler.plan.model import GRACE_SECONDS, Fact, Phase, Plan, Refusal, Role, ScopeKind
from ...compiler.plan.titles import consents, listed
from ...compiler.plan.work import Shell
from ...compiler.semantics import NEWEST
from ...compiler.shell.printable import printable
from .added_flags import added_flags
from .meanings import meanings, names_of
from .phrases import count
from .step_notes import duration

_MOST = 3  # facts of one kind, and places of one refusal, that are all shown
SHOWS = "-v shows them"


def summary(plan: Plan) -> str:
    """The plan in one sentence."""
    kinds = [scope.kind for scope in plan.scopes]
    hooks = sum(isinstance(step.work, Shell) for step in plan.steps)
    repositories = kinds.count(ScopeKind.REPOSITORY)
    tree = index(plan)
    there = {tree.name_of(s.scope, ScopeKind.ACTION) for s in plan.steps if s.phase is Phase.BODY}
    actions = tuple(action for action in plan.actions if action in there)
    files = count(kinds.count(ScopeKind.CONFIGURATION), "configuration file")
    if hooks == len(plan.steps) and not repositories:
        return f"{count(hooks, 'hook')} of {files}, and nothing else"
    none = "nothing to create" if plan.actions == ("repo-create",) else "no Borg command"
    return (
        f"{listed(actions) or none} on {count(repositories, 'repository', 'repositories')} of "
        f"{files}: {count(len(plan.steps), 'command')} ({count(hooks, 'hook')})"
    )


def preamble(plan: Plan, *, every: bool = True) -> list[str]:
    """All of it, refusals first."""
    return [*refusals(plan, every=every), *reasons(plan, every=every)]


def reasons(plan: Plan, *, every: bool) -> Iterator[str]:
    """The releases that hooks follow, what brought Borg's commands into the plan, consents, limits, facts. Without
    `every`, facts of one kind are counted where they are many."""
    if recorded := plan.recorded:
        when = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(recorded.time))
        yield f"Facts: of {printable(recorded.host)}, recorded {when}."
    yield from meanings(plan)
    yield from _actions(plan)
    yield from added_flags(plan)
    for consent in consents(plan):
        yield f"Needs consent (--yes, or an answer at a terminal): {printable(consent)}."
    for log in plan.logs:
        what = "errors only, " if log.errors_only else ""
        yield f"Log: {what}added to {printable(log.path)}."
    if plan.metrics:
        yield f"Metrics: what becomes of the run is written to {printable(plan.metrics)}."
    if plan.limits.timeout is not None:
        yield f"Limit: the run is interrupted after {duration(plan.limits.timeout)}."
    if plan.limits.grace != GRACE_SECONDS:
        grace = duration(plan.limits.grace)
        yield f"Limit: a process that does not stop is killed after {grace}."
    yield from _facts(plan, every=every)
    hooks = any(isinstance(step.work, Shell) for step in plan.steps)
    if hooks and any(name != NEWEST.name for name in names_of(plan)):
        yield (
            "Hook behaviour differs between borgmatic releases; "
            f"compare with: borgplan plan --against-semantics {NEWEST.name}"
        )


def _actions(plan: Plan) -> Iterator[str]:
    """Why Borg's commands are in the plan."""
    tree = index(plan)
    found: dict[str, dict[str, None]] = {}
    for step in plan.steps:
        scope = tree.scopes[step.scope]
        is_work = scope.kind is ScopeKind.ACTION and step.phase is Phase.BODY
        if is_work and step.role is Role.BORG:
            # What has a reason beside that of its action is named by itself.
            first = tree.steps_of(scope, Phase.BODY)[0]
            name = scope.name if step.reason == first.reason else step.title
            found.setdefault(step.reason, {})[name] = None
    for reason, actions in found.items():
        yield f"Why {listed(tuple(actions))}: {reason}."


def _facts(plan: Plan, *, every: bool) -> Iterator[str]:
    """One line each; what many repositories have in common is said of the first ones, and of how many more."""
    repositories = {s.name for s in plan.scopes if s.kind is ScopeKind.REPOSITORY}

    def kind(fact: Fact) -> tuple[str, str]:
        """Equal for facts that are the same but for their repositories."""
        if fact.subject in repositories:
            return "", fact.found
        start, _, name = fact.subject.rpartition(" of ")
        return (start if name in repositories else fact.subject), fact.found

    numbers = Counter(map(kind, plan.facts))
    shown: Counter[tuple[str, str]] = Counter()
    for fact in plan.facts:
        start, found = what = kind(fact)
        shown[what] += 1
        if every or numbers[what] <= _MOST + 1 or shown[what] <= _MOST:
            title = "Repository " if fact.subject in repositories else ""
            yield f"{title}{printable(fact.subject)}: {printable(found)}."
        elif shown[what] == _MOST + 1:
            rest = f"{numbers[what] - _MOST} more"
            title = (
                f"{printable(start)} of {rest} repositories" if start else f"Repository ({rest})"
            )
            yield f"{title}: {printable(found)} ({SHOWS})."


def refusals(plan: Plan, *, every: bool) -> list[str]:
    """A title, then a line for each thing that `apply` refuses the plan for; empty for none."""
    if not plan.refusals:
        return []
    later = any(not refusal.why for refusal in plan.refusals)
    why = "borgplan doesn't implement these options yet" if later else "too little is known"
    alike: dict[tuple[str, str], list[Refusal]] = {}
    for refusal in plan.refusals:
        alike.setdefault((refusal.what, refusal.why), []).append(refusal)
    lines = [f"apply refuses this plan because {why}"]
    for (what, reason), found in alike.items():
        because = f": {reason}" if reason else ""
        lines.append(f"    {printable(what)}{because} ({_places(found, every=every)})")
    return lines


def _places(found: Sequence[Refusal], *, every: bool) -> str:
    places = [printable(str(refusal.origin)) for refusal in found]
    if every or len(places) <= _MOST + 1:
        return ", ".join(places)
    return f"{', '.join(places[:_MOST])} and {len(places) - _MOST} more; {SHOWS}"
