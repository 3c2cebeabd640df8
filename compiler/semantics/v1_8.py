"""borgmatic 1.6 to 1.9: hooks hang on each action of each repository, and on the repository.

Source: recorded runs of 1.6.6, 1.7.15, 1.8.14 and 1.9.14, and probes of the releases between.
"""

from __future__ import annotations

from ..config.hooks import HookKind
from ..plan.actions import Action
from ..plan.exits import ExitCodes
from ..plan.model import Phase, Retry, ScopeKind, Status, Trigger
from ..syntax.merge import IncludeMerge
from .effects import (
    FAIL_AND_GO_ON,
    FAIL_AND_LEAVE,
    KEEP_AND_END,
    KEEP_AND_GO_ON,
    KEEP_AND_LEAVE,
    SKIP_AND_LEAVE,
)
from .profile import HookPlace
from .v1_5 import AFTER_EVERYTHING, BEFORE_EVERYTHING, ON_ERROR, V1_5_23

_FILE = frozenset({"configuration_filename"})
_REPOSITORY = _FILE | {"repository", "repositories"}


# Borg's own exit code 75 counts as a soft failure in these releases; borgplan follows where that
# leads, and doesn't call the run a success.
_SOFT = ((75, 75),)


def around_action(action: str, word: str, variables: frozenset[str]) -> tuple[HookPlace, HookPlace]:
    """The hooks of one action, which run around it in each repository."""
    return (
        HookPlace(
            HookKind(f"before_{word}"), ScopeKind.ACTION, Phase.ENTER, Trigger.SUCCESS,
            None, variables, f"before each {action}", action,
        ),
        HookPlace(
            HookKind(f"after_{word}"), ScopeKind.ACTION, Phase.EXIT, Trigger.SUCCESS,
            None, variables, f"after each successful {action}", action,
        ),
    )  # fmt: skip


_AROUND_REPOSITORY = (
    HookPlace(
        HookKind.BEFORE_ACTIONS, ScopeKind.REPOSITORY, Phase.ENTER, Trigger.SUCCESS,
        None, _REPOSITORY, "before the actions on each repository",
    ),
    HookPlace(
        HookKind.AFTER_ACTIONS, ScopeKind.REPOSITORY, Phase.EXIT, Trigger.SUCCESS,
        None, _REPOSITORY, "after the actions on each repository, if nothing failed",
    ),
)  # fmt: skip

V1_6 = V1_5_23._replace(
    name="1.6",
    first=(1, 6, 0),
    releases="borgmatic 1.6.0 to 1.6.6",
    hooks=(
        BEFORE_EVERYTHING,
        *around_action("create", "backup", _REPOSITORY),
        *around_action("prune", "prune", _REPOSITORY),
        *around_action("compact", "compact", _FILE),
        *around_action("check", "check", _REPOSITORY),
        *around_action("extract", "extract", _REPOSITORY),
        ON_ERROR,
        AFTER_EVERYTHING,
    ),
    effects={
        (ScopeKind.RUN, Phase.ENTER): (FAIL_AND_LEAVE, FAIL_AND_LEAVE),
        (ScopeKind.RUN, Phase.EXIT): (FAIL_AND_LEAVE, FAIL_AND_LEAVE),
        (ScopeKind.CONFIGURATION, Phase.RECOVER): (KEEP_AND_END, FAIL_AND_LEAVE),
        (ScopeKind.REPOSITORY, Phase.ENTER): (SKIP_AND_LEAVE, FAIL_AND_LEAVE),
        (ScopeKind.REPOSITORY, Phase.EXIT): (SKIP_AND_LEAVE, FAIL_AND_LEAVE),
        (ScopeKind.ACTION, Phase.ENTER): (SKIP_AND_LEAVE, FAIL_AND_LEAVE),
        (ScopeKind.ACTION, Phase.BODY): (SKIP_AND_LEAVE, FAIL_AND_LEAVE),
        (ScopeKind.ACTION, Phase.EXIT): (SKIP_AND_LEAVE, FAIL_AND_LEAVE),
    },
    child_effects={
        ScopeKind.RUN: (KEEP_AND_GO_ON, FAIL_AND_GO_ON),
        # A soft failure ends the file at once; even error hooks for an earlier failure don't run.
        ScopeKind.CONFIGURATION: (KEEP_AND_END, FAIL_AND_GO_ON),
        ScopeKind.REPOSITORY: (SKIP_AND_LEAVE, FAIL_AND_LEAVE),
        ScopeKind.ACTION: (SKIP_AND_LEAVE, FAIL_AND_LEAVE),
    },
    borg_exits=ExitCodes(_SOFT, warning=((1, 1),), soft_fails_run=True),
    check_exits=ExitCodes(_SOFT, soft_fails_run=True),
    retry=Retry(statuses=(Status.SKIPPED, Status.FAILED)),
    include_merge=IncludeMerge.DEEP,
    pattern_order=("patterns", "exclude_patterns", "patterns_from", "exclude_from"),
    empty_prefix_is_all=False,
    environment=True,
    actions_of_unselected=frozenset({"extract"}),
    check_frequency=30 * 24 * 3600,
)

V1_7 = V1_6._replace(
    name="1.7.0",
    first=(1, 7, 0),
    releases="borgmatic 1.7.0 to 1.7.8",
    hooks=(
        *_AROUND_REPOSITORY,
        *(
            place._replace(variables=_REPOSITORY) if place.scope is ScopeKind.ACTION else place
            for place in V1_6.hooks
        ),
    ),
)

V1_7_9 = V1_7._replace(
    name="1.7.9",
    first=(1, 7, 9),
    releases="borgmatic 1.7.9",
    default_actions=(Action.CREATE, Action.PRUNE, Action.COMPACT, Action.CHECK),
    action_order=None,
    hooks_of_unselected=frozenset({ScopeKind.REPOSITORY}),
)

V1_7_10 = V1_7_9._replace(
    name="1.7.10",
    first=(1, 7, 10),
    releases="borgmatic 1.7.10 and 1.7.11",
    check_repositories_match=False,
    constants=True,
)


def _with_variable(name: str, hooks: tuple[HookPlace, ...]) -> tuple[HookPlace, ...]:
    """Hooks of repositories and their actions know one variable more."""
    inner = (ScopeKind.REPOSITORY, ScopeKind.ACTION)
    return tuple(
        place._replace(variables=place.variables | {name}) if place.scope in inner else place
        for place in hooks
    )


V1_7_12 = V1_7_10._replace(
    name="1.7",
    first=(1, 7, 12),
    releases="borgmatic 1.7.12 to 1.7.15",
    hooks=_with_variable("log_file", V1_7_10.hooks),
)

V1_8 = V1_7_12._replace(
    name="1.8.0",
    first=(1, 8, 0),
    releases="borgmatic 1.8.0 to 1.8.6",
    merged_umask=True,
    reading_filter=True,
    stores_files=True,
)

_WARNINGS = ExitCodes(_SOFT, warning=((1, 1), (100, 125)), soft_fails_run=True)

V1_8_7 = V1_8._replace(
    name="1.8.7",
    first=(1, 8, 7),
    releases="borgmatic 1.8.7 to 1.8.9",
    borg_exits=_WARNINGS,
    check_exits=_WARNINGS,
    borg_codes="modern",
)

V1_8_10 = V1_8_7._replace(
    name="1.8.10",
    first=(1, 8, 10),
    releases="borgmatic 1.8.10 and 1.8.11",
    child_effects={
        **V1_8_7.child_effects,
        # A soft failure ends the file; error hooks for an earlier failure run.
        ScopeKind.CONFIGURATION: (KEEP_AND_LEAVE, FAIL_AND_GO_ON),
    },
)

V1_8_12 = V1_8_10._replace(
    name="1.8",
    first=(1, 8, 12),
    releases="borgmatic 1.8.12 to 1.8.14",
    hooks=_with_variable("repository_label", V1_8_10.hooks),
)

V1_9 = V1_8_12._replace(
    name="1.9",
    first=(1, 9, 0),
    releases="borgmatic 1.9.0 to 1.9.14",
    child_effects={
        **V1_8_12.child_effects,
        # A soft failure ends its repository only.
        ScopeKind.CONFIGURATION: (KEEP_AND_GO_ON, FAIL_AND_GO_ON),
    },
)
