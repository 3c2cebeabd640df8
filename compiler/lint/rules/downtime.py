"""Services that are stopped for longer than the backup needs: over prune, compact and check too."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from ...analysis.cleanup import Take
from ...analysis.failure_records import Failures
from ...analysis.pairs import COMPOSE
from ...config.hooks import HookKind
from ...plan.index import Index
from ...plan.model import Plan, ScopeKind, Step
from ...plan.titles import listed, named, subcommand
from ...semantics import NEWEST, Profile, profile_named
from ...source.diagnostic import Diagnostic, Diagnostics, Severity
from ...source.span import Span

_SERVICES = frozenset(("service", "container", COMPOSE.name))
_FAMILIES = frozenset(("stop and start",))
_NO_SERVICES = (
    ".mount",
    ".automount",
    ".timer",
    ".path",
    ".swap",
    ".socket",
    ".target",
    ".device",
    ".slice",
)
_NEEDS_NOTHING = ("prune", "compact", "check", "transfer")  # of what is in the sources


def downtime(
    plan: Plan, tree: Index, taken: Sequence[Take], found: Failures, diagnostics: Diagnostics
) -> None:
    """BP806: one for what is stopped side by side, over the rest or around it. A warning where a hook of the
    generation is closer to create than that; else a note."""
    places: dict[str, list[int]] = {}
    for number, step in enumerate(plan.steps):
        if name := subcommand(step):
            places.setdefault(name, []).append(number)
    if "create" not in places or not any(name in places for name in _NEEDS_NOTHING):
        return
    stretches: dict[Span, list[tuple[int, int]]] = {}
    for take in taken:
        end = next((number for number in take.gives if found.usual[number]), None)
        if end is not None and _is_stopped(take):
            stretches.setdefault(plan.steps[take.step].origin, []).append((take.step, end))
    groups: dict[tuple[str, str, tuple[str, ...]], list[tuple[Step, Step]]] = {}
    for of_one in stretches.values():
        downs = {
            name for name, numbers in places.items() if any(_within(numbers, *s) for s in of_one)
        }
        idle = tuple(name for name in _NEEDS_NOTHING if name in downs)
        if idle and "create" in downs:
            step, giving = (plan.steps[number] for number in of_one[0])
            kind = tree.scopes[step.scope].kind.value
            groups.setdefault((kind, step.phase.value, idle), []).append((step, giving))
    profile = profile_named(plan.semantics) or NEWEST
    for (_, _, idle), steps in groups.items():
        diagnostics.append(_finding(idle, steps, tree, profile))


def _finding(
    idle: Sequence[str], steps: Sequence[tuple[Step, Step]], tree: Index, profile: Profile
) -> Diagnostic:
    """One for what is stopped side by side; each with the step that starts it again."""
    (step, giving), *others = steps
    closer = _can_be_closer(profile)
    return Diagnostic(
        "BP806",
        Severity.WARNING if closer else Severity.NOTE,
        f"what {named(step, tree)} stops also stays down during borg {listed(idle)}; only create needs that",
        step.origin,
        _hint(profile) if closer else "run `create` alone, and the other actions in a separate run",
        (
            ("started again here", giving.origin),
            *(("stopped during this", other.origin) for other, _ in others),
        ),
    )


def _within(numbers: list[int], first: int, end: int) -> bool:
    """Whether one of these ascending numbers lies between two others."""
    return bisect_right(numbers, first) < bisect_left(numbers, end)


def _is_stopped(take: Take) -> bool:
    """Whether a service is down from there on; what is started for the backup is none."""
    claim = take.claim
    if not claim.taking:
        return False
    if claim.pair.name in _SERVICES:
        return not claim.what.endswith(_NO_SERVICES)
    return claim.pair.name in _FAMILIES or "maintenance" in claim.what


def _can_be_closer(profile: Profile) -> bool:
    """Whether hooks can hang on create alone."""
    if profile.commands:
        return True
    return any(
        place.kind is HookKind.BEFORE_BACKUP and place.scope is ScopeKind.ACTION
        for place in profile.hooks
    )


def _hint(profile: Profile) -> str:
    if profile.commands:
        return "stop it in a hook `before: action` with `when: [create]`, and start it in one `after: action`"
    return "stop it in `before_backup`, and start it in `after_backup` and `on_error`"
