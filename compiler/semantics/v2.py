"""borgmatic 2: `commands:`, cleanups that run after failures, and the older options rewritten to it.

Source: recorded runs of 2.0.13 and 2.1.10, and probes of the releases between.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..config.hooks import HookKind, Position
from ..plan.actions import PRIMARY
from ..plan.exits import ExitCodes
from ..plan.model import Effect, Phase, ScopeKind, Trigger
from .effects import (
    FAIL_AND_EXIT,
    FAIL_AND_GO_ON,
    FAIL_AND_LEAVE,
    KEEP_AND_GO_ON,
    KEEP_AND_LEAVE,
    KEEP_AND_PASS,
    SKIP_AND_END,
    SKIP_AND_EXIT,
    SKIP_AND_LEAVE,
)
from .profile import CommandPlace, HookPlace
from .v1_8 import V1_9

_FILE = frozenset({"configuration_filename", "log_file"})
_REPOSITORY = _FILE | {"repository", "repository_label", "repositories"}
_FAILURE = _FILE | {"repository", "repository_label", "error", "output"}


def _place(
    kind: HookKind, place: CommandPlace, actions: frozenset[str] | None, only: str | None = None
) -> HookPlace:
    """What an older option is rewritten to: an entry without `states`."""
    trigger = {Phase.ENTER: Trigger.SUCCESS, Phase.RECOVER: Trigger.FAILURE}.get(
        place.phase, Trigger.ALWAYS
    )
    why = f"{place.why}, also after failures" if trigger is Trigger.ALWAYS else place.why
    return HookPlace(kind, place.scope, place.phase, trigger, actions, place.variables, why, only)


_POSITIONS = {
    Position.BEFORE_EVERYTHING: CommandPlace(ScopeKind.RUN, Phase.ENTER, _FILE, "once, before all files"),
    Position.AFTER_EVERYTHING: CommandPlace(ScopeKind.RUN, Phase.EXIT, _FILE, "once, after all files"),
    Position.BEFORE_CONFIGURATION: CommandPlace(ScopeKind.CONFIGURATION, Phase.ENTER, _FILE, "once, before this file's repositories"),
    Position.AFTER_CONFIGURATION: CommandPlace(ScopeKind.CONFIGURATION, Phase.EXIT, _FILE, "once, after this file's repositories"),
    Position.BEFORE_REPOSITORY: CommandPlace(ScopeKind.REPOSITORY, Phase.ENTER, _REPOSITORY, "before the actions on each repository"),
    Position.AFTER_REPOSITORY: CommandPlace(ScopeKind.REPOSITORY, Phase.EXIT, _REPOSITORY, "after the actions on each repository"),
    Position.BEFORE_ACTION: CommandPlace(ScopeKind.ACTION, Phase.ENTER, _REPOSITORY, "before each matching action"),
    Position.AFTER_ACTION: CommandPlace(ScopeKind.ACTION, Phase.EXIT, _REPOSITORY, "after each matching action"),
    Position.AFTER_ERROR: CommandPlace(ScopeKind.CONFIGURATION, Phase.RECOVER, _FAILURE, "only after a failure in this file"),
}  # fmt: skip

_BACKUP = frozenset({"create"})
_WORDS = (
    ("create", "backup"), ("prune", "prune"), ("compact", "compact"), ("check", "check"),
    ("extract", "extract"),
)  # fmt: skip

V2_0_2 = V1_9._replace(
    name="2.0.2",
    first=(2, 0, 2),
    releases="borgmatic 2.0.2",
    hooks=(
        _place(HookKind.BEFORE_ACTIONS, _POSITIONS[Position.BEFORE_REPOSITORY], None),
        _place(HookKind.AFTER_ACTIONS, _POSITIONS[Position.AFTER_REPOSITORY], None),
        *(
            _place(HookKind(f"{side}_{word}"), _POSITIONS[Position(f"{side} action")], None, action)
            for action, word in _WORDS
            for side in ("before", "after")
        ),
        _place(HookKind.ON_ERROR, _POSITIONS[Position.AFTER_ERROR], PRIMARY),
        _place(HookKind.BEFORE_EVERYTHING, _POSITIONS[Position.BEFORE_EVERYTHING], _BACKUP),
        _place(HookKind.AFTER_EVERYTHING, _POSITIONS[Position.AFTER_EVERYTHING], _BACKUP),
    ),
    commands=_POSITIONS,
    effects={
        (ScopeKind.RUN, Phase.ENTER): (FAIL_AND_LEAVE, FAIL_AND_LEAVE),
        (ScopeKind.RUN, Phase.EXIT): (FAIL_AND_LEAVE, FAIL_AND_LEAVE),
        # Before 2.1.9 a soft failure here is an error, and error hooks run.
        (ScopeKind.CONFIGURATION, Phase.ENTER): (FAIL_AND_LEAVE, FAIL_AND_EXIT),
        (ScopeKind.CONFIGURATION, Phase.EXIT): (FAIL_AND_LEAVE, FAIL_AND_LEAVE),
        (ScopeKind.CONFIGURATION, Phase.RECOVER): (KEEP_AND_LEAVE, FAIL_AND_LEAVE),
        **{
            (scope, phase): effects
            for scope in (ScopeKind.REPOSITORY, ScopeKind.ACTION)
            for phase, effects in (
                (Phase.ENTER, (SKIP_AND_LEAVE, FAIL_AND_EXIT)),
                (Phase.BODY, (SKIP_AND_EXIT, FAIL_AND_EXIT)),
                (Phase.EXIT, (SKIP_AND_LEAVE, FAIL_AND_LEAVE)),
            )
        },
    },
    child_effects={
        ScopeKind.RUN: (KEEP_AND_GO_ON, FAIL_AND_GO_ON),
        ScopeKind.CONFIGURATION: (KEEP_AND_GO_ON, FAIL_AND_GO_ON),
        ScopeKind.REPOSITORY: (SKIP_AND_EXIT, FAIL_AND_EXIT),
        ScopeKind.ACTION: (SKIP_AND_EXIT, FAIL_AND_EXIT),
    },
    hooks_without_work=True,
    hooks_of_unselected=frozenset({ScopeKind.REPOSITORY, ScopeKind.ACTION}),
    actions_of_unselected=frozenset(),
    hooks_in_working_directory=True,
    null_hooks=True,
)  # fmt: skip

_INSIDE = (ScopeKind.CONFIGURATION, ScopeKind.REPOSITORY, ScopeKind.ACTION)


def _without_soft_failures(
    effects: Mapping[tuple[ScopeKind, Phase], tuple[Effect, Effect]],
) -> dict[tuple[ScopeKind, Phase], tuple[Effect, Effect]]:
    """2.0.0 and 2.1.8: a hook that fails softly ends its list of hooks, and changes nothing else."""
    passed = {
        (scope, phase): (KEEP_AND_PASS, effects[scope, phase][1])
        for scope in _INSIDE
        for phase in (Phase.ENTER, Phase.EXIT)
    }
    return {**effects, **passed}


V2_0_0 = V2_0_2._replace(
    name="2.0.1",
    first=(2, 0, 0),
    releases="borgmatic 2.0.0 and 2.0.1, where hooks of one action run around every action",
    hooks=tuple(
        place._replace(
            actions=frozenset({place.only}),
            only=None,
            why=place.why.replace("matching action", "action of all"),
        )
        if place.only
        else place
        for place in V2_0_2.hooks
    ),
    effects=_without_soft_failures(V2_0_2.effects),
    entries_around_every_action=True,
    hooks_of_skipped=True,
)

V2_0_3 = V2_0_2._replace(
    name="2.0.3", first=(2, 0, 3), releases="borgmatic 2.0.3", states=True
)  # fmt: skip

V2_0_4 = V2_0_3._replace(
    name="2.0.4", first=(2, 0, 4), releases="borgmatic 2.0.4 to 2.0.10", everything_once=True
)

V2_0 = V2_0_4._replace(
    name="2.0",
    first=(2, 0, 11),
    releases="borgmatic 2.0.11 to 2.0.13",
    hooks_of_unselected=frozenset(),
)  # fmt: skip

_SOFT = ((75, 75),)
_ERRORS_2_1_0 = ExitCodes(_SOFT, ((1, 1), (100, 100), (103, 103), (108, 125)), soft_fails_run=True)
_ERRORS_2_1_3 = ExitCodes(_SOFT, ((1, 1), (100, 100), (103, 103), (107, 125)), soft_fails_run=True)
_CHECK_2_1_2 = ExitCodes(_SOFT, ((100, 100), (103, 103), (108, 125)), soft_fails_run=True)

V2_1_0 = V2_0._replace(
    sources_must_exist=True,
    name="2.1.0",
    first=(2, 1, 0),
    releases="borgmatic 2.1.0 and 2.1.1",
    borg_exits=_ERRORS_2_1_0,
    check_exits=_ERRORS_2_1_0,
)

V2_1_2 = V2_1_0._replace(
    name="2.1.2", first=(2, 1, 2), releases="borgmatic 2.1.2", check_exits=_CHECK_2_1_2
)

V2_1_3 = V2_1_2._replace(
    name="2.1.3",
    first=(2, 1, 3),
    releases="borgmatic 2.1.3 to 2.1.7",
    borg_exits=_ERRORS_2_1_3,
    check_exits=_ERRORS_2_1_3._replace(warning=_ERRORS_2_1_3.warning[1:]),
)

V2_1_8 = V2_1_3._replace(
    name="2.1.8",
    first=(2, 1, 8),
    releases="borgmatic 2.1.8, which ignores soft failures of before-hooks",
    effects=_without_soft_failures(V2_1_3.effects),
)

V2_1_9 = V2_1_3._replace(
    name="2.1.9",
    first=(2, 1, 9),
    releases="borgmatic 2.1.9",
    effects={
        **V2_1_3.effects,
        (ScopeKind.CONFIGURATION, Phase.ENTER): (
            SKIP_AND_END,
            FAIL_AND_EXIT,
        ),
        (ScopeKind.CONFIGURATION, Phase.EXIT): (SKIP_AND_END, FAIL_AND_LEAVE),
    },
)

V2_1 = V2_1_9._replace(
    name="2.1",
    first=(2, 1, 10),
    releases="borgmatic 2.1.10 and later",
    repository_options=True,
)
