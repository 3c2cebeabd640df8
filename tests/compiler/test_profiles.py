"""Every cell of every generation's tables, as they stand in `profiles.txt`.

Runs of real releases (`tests/conformance`) show most of them, random ones only by luck. A difference is either an
error or a fact that was measured: then `UPDATE_PROFILES=1` writes the file anew, and the commit says what was measured.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from borgplan.compiler.lower.selection import ordered_actions
from borgplan.compiler.plan.actions import Action
from borgplan.compiler.plan.exits import ExitCodes
from borgplan.compiler.plan.model import Effect, Phase, ScopeKind
from borgplan.compiler.semantics import PROFILES, Profile
from borgplan.compiler.semantics.monitoring import Monitoring, monitoring_of
from borgplan.compiler.support.enums import Enum

FILE = Path(__file__).with_name("profiles.txt")
CODES = range(-31, 256)
# Fields that are told as they are; all others by what they do.
PLAIN = (
    "borg_codes", "default_actions", "action_order", "include_merge", "pattern_order", "empty_prefix_is_all", "states",
    "everything_once", "entries_around_every_action", "hooks_of_skipped", "hooks_without_work",
    "check_repositories_match", "compacts", "merged_umask", "hooks_in_working_directory", "null_hooks", "lenient",
    "misses_deaths", "constants", "environment", "repository_options", "sources_must_exist", "check_frequency",
    "reading_filter", "stores_files",
)  # fmt: skip
TOLD = {
    "name", "releases", "hooks", "effects", "child_effects", "hook_exits", "borg_exits", "check_exits", "commands",
    "retry", "hooks_of_unselected", "actions_of_unselected",
}  # fmt: skip


def _effect(effect: Effect) -> str:
    return f"{effect.status.value if effect.status else 'keeps'}/{effect.resume.value}"


def _ranges(codes: list[int]) -> str:
    found: list[list[int]] = []
    for code in codes:
        if found and found[-1][1] == code - 1:
            found[-1][1] = code
        else:
            found.append([code, code])
    return ",".join(f"{first}" if first == last else f"{first}-{last}" for first, last in found)


def _codes(exits: ExitCodes) -> str:
    """What each exit code counts as, by asking for it; what isn't named is a hard failure."""
    words = [
        f"{outcome} {_ranges(codes)}"
        for outcome in dict.fromkeys(exits.outcome(code).value for code in CODES)
        if (codes := [code for code in CODES if exits.outcome(code).value == outcome])
        and outcome != "hard"
    ]
    warnings = _ranges([code for code in CODES if exits.is_warning(code)])
    return "; ".join([*words, f"warning {warnings}", f"soft fails the run: {exits.soft_fails_run}"])


def cells(profile: Profile) -> Iterator[tuple[str, str]]:
    for kind in ScopeKind:
        for phase in Phase:
            if (kind, phase) in profile.effects:
                soft, hard = profile.effects[kind, phase]
                yield f"{kind.value} {phase.value}", f"soft {_effect(soft)}, hard {_effect(hard)}"
        skipped, failed = profile.child_effects[kind]
        yield f"{kind.value} child", f"skipped {_effect(skipped)}, failed {_effect(failed)}"
    for name in ("hook_exits", "borg_exits", "check_exits"):
        yield name, _codes(getattr(profile, name))
    statuses = " ".join(status.value for status in profile.retry.statuses)
    yield "retry", f"{statuses or 'never'}, forgives: {profile.retry.forgives}"
    kinds = sorted(kind.value for kind in profile.hooks_of_unselected)
    yield "hooks_of_unselected", " ".join(kinds) or "none"
    yield "actions_of_unselected", " ".join(sorted(profile.actions_of_unselected)) or "none"
    for number, place in enumerate(profile.hooks, 1):
        where = f"{place.scope.value} {place.phase.value} {place.trigger.value}"
        when = "always" if place.actions is None else " ".join(sorted(place.actions))
        only = f", only {place.only}" if place.only else ""
        yield f"option {place.kind.value}", f"{where}, {number}., if {when}{only}"
        yield f"variables of {place.kind.value}", " ".join(sorted(place.variables))
    for position, at in profile.commands.items():
        yield f"commands {position.value}", f"{at.scope.value} {at.phase.value}"
        yield f"variables of {position.value}", " ".join(sorted(at.variables))
    for name in PLAIN:
        yield name, _words(getattr(profile, name))
    for name, value in zip(Monitoring._fields, monitoring_of(profile), strict=True):
        yield f"monitoring {name}", _words(value)


def _words(value: object) -> str:
    if isinstance(value, frozenset):
        return " ".join(sorted(map(str, value)))
    if isinstance(value, tuple):
        return " ".join(map(_words, value))
    return str(value.value if isinstance(value, Enum) else value)


def table() -> str:
    """A profile by what differs from the one before it."""
    before: dict[str, str] = {}
    lines = []
    for profile in PROFILES:
        now = dict(cells(profile))
        lines.append(f"{profile.name} ({profile.releases})")
        lines += [f"  {name}: {text}" for name, text in now.items() if before.get(name) != text]
        lines += [f"  {name}: gone" for name in before if name not in now]
        before = now
    return "".join(f"{line}\n" for line in lines)


def test_no_cell_has_changed() -> None:
    if os.environ.get("UPDATE_PROFILES"):
        FILE.write_text(table())
    assert table() == FILE.read_text()


def test_every_field_has_a_cell() -> None:
    """But `first`, which tests/compiler/test_releases.py compares with the releases that there are."""
    assert {*PLAIN, *TOLD, "first"} == set(Profile._fields)


def test_no_action_that_is_requested_is_dropped() -> None:
    for profile in PROFILES:
        assert set(ordered_actions(Action, profile)) == set(Action)
