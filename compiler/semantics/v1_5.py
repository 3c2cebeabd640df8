"""borgmatic 1.3 to 1.5: hooks hang on the configuration file, and on the run.

Source: recorded runs of 1.3.25 and 1.5.24, and probes of the releases between. One thing is not
copied: 1.3 doesn't notice when Borg dies by a signal, and reports success.
"""

from __future__ import annotations

from ..config.hooks import HookKind
from ..plan.actions import PRIMARY, Action
from ..plan.exits import ExitCodes
from ..plan.model import Phase, Retry, ScopeKind, Status, Trigger
from ..syntax.merge import IncludeMerge
from .effects import (
    FAIL_AND_EXIT,
    FAIL_AND_GO_ON,
    FAIL_AND_LEAVE,
    KEEP_AND_END,
    KEEP_AND_GO_ON,
    SKIP_AND_END,
)
from .profile import HookPlace, Profile

_BACKUP = frozenset({"create"})
_FILE = frozenset({"configuration_filename"})
_FAILURE = _FILE | {"repository", "error", "output"}


BEFORE_EVERYTHING = HookPlace(
    HookKind.BEFORE_EVERYTHING, ScopeKind.RUN, Phase.ENTER, Trigger.SUCCESS,
    _BACKUP, _FILE, "once, before all files",
)  # fmt: skip
AFTER_EVERYTHING = HookPlace(
    HookKind.AFTER_EVERYTHING, ScopeKind.RUN, Phase.EXIT, Trigger.ALWAYS,
    _BACKUP, _FILE, "once, after all files, also after failures",
)  # fmt: skip
ON_ERROR = HookPlace(
    HookKind.ON_ERROR, ScopeKind.CONFIGURATION, Phase.RECOVER, Trigger.FAILURE,
    PRIMARY, _FAILURE, "only after a failure in this file",
)  # fmt: skip


def _around_file(action: str, word: str, variables: frozenset[str]) -> tuple[HookPlace, HookPlace]:
    """The hooks of one action, which run once around all repositories of a file."""
    called = frozenset({action})
    return (
        HookPlace(
            HookKind(f"before_{word}"), ScopeKind.CONFIGURATION, Phase.ENTER, Trigger.SUCCESS,
            called, variables, "once, before this file's repositories",
        ),
        HookPlace(
            HookKind(f"after_{word}"), ScopeKind.CONFIGURATION, Phase.EXIT, Trigger.SUCCESS,
            called, variables, "once, after this file's repositories, if nothing failed",
        ),
    )  # fmt: skip


# Whatever the command line says; actions that came later are at the end.
_IN_ORDER = (
    Action.REPO_CREATE, Action.TRANSFER, Action.PRUNE, Action.COMPACT, Action.CREATE, Action.CHECK,
    Action.EXTRACT, Action.EXPORT_TAR, Action.RESTORE, Action.REPO_LIST, Action.LIST, Action.REPO_INFO, Action.INFO,
    Action.BREAK_LOCK, Action.KEY_EXPORT, Action.BORG, Action.DIFF, Action.DELETE,
    Action.RECREATE, Action.KEY_IMPORT, Action.KEY_CHANGE_PASSPHRASE, Action.MOUNT, Action.UMOUNT,
    Action.REPO_DELETE,
)  # fmt: skip
# Whatever else there is comes last: it has no place in what was measured.
FIXED_ORDER = (*_IN_ORDER, *(action for action in Action if action not in _IN_ORDER))

V1_3 = Profile(
    name="1.3",
    first=(1, 3, 22),
    releases="borgmatic 1.3.22 to 1.4.11",
    hooks=(
        BEFORE_EVERYTHING,
        *_around_file("create", "backup", _FILE),
        ON_ERROR._replace(actions=None),
        AFTER_EVERYTHING,
    ),
    # Exit code 75 is a failure like any other in this family: soft and hard failures do the same.
    effects={
        (ScopeKind.RUN, Phase.ENTER): (FAIL_AND_LEAVE, FAIL_AND_LEAVE),
        (ScopeKind.RUN, Phase.EXIT): (FAIL_AND_LEAVE, FAIL_AND_LEAVE),
        (ScopeKind.CONFIGURATION, Phase.ENTER): (FAIL_AND_LEAVE, FAIL_AND_LEAVE),
        (ScopeKind.CONFIGURATION, Phase.EXIT): (FAIL_AND_LEAVE, FAIL_AND_LEAVE),
        (ScopeKind.CONFIGURATION, Phase.RECOVER): (FAIL_AND_LEAVE, FAIL_AND_LEAVE),
        (ScopeKind.ACTION, Phase.BODY): (FAIL_AND_EXIT, FAIL_AND_EXIT),
    },
    child_effects={
        ScopeKind.RUN: (FAIL_AND_GO_ON, FAIL_AND_GO_ON),
        ScopeKind.CONFIGURATION: (FAIL_AND_GO_ON, FAIL_AND_GO_ON),
        ScopeKind.REPOSITORY: (FAIL_AND_EXIT, FAIL_AND_EXIT),
        ScopeKind.ACTION: (FAIL_AND_EXIT, FAIL_AND_EXIT),
    },
    hook_exits=ExitCodes(),
    borg_exits=ExitCodes(warning=((1, 1),)),
    check_exits=ExitCodes(warning=((1, 1),)),
    borg_codes="legacy",
    default_actions=(Action.PRUNE, Action.CREATE, Action.CHECK),
    action_order=FIXED_ORDER,
    include_merge=IncludeMerge.SHALLOW,
    pattern_order=("patterns_from", "patterns", "exclude_from", "exclude_patterns"),
    empty_prefix_is_all=True,
    lenient=True,
    misses_deaths=True,
)

V1_4_12 = V1_3._replace(
    name="1.4.12",
    first=(1, 4, 12),
    releases="borgmatic 1.4.12 to 1.4.20",
    misses_deaths=False,
    check_exits=ExitCodes(),  # a check that ends with 1 has failed
)

V1_4_21 = V1_4_12._replace(
    name="1.4",
    first=(1, 4, 21),
    releases="borgmatic 1.4.21 and 1.4.22",
    hooks=(BEFORE_EVERYTHING, *_around_file("create", "backup", _FILE), ON_ERROR, AFTER_EVERYTHING),
)

_REPOSITORIES = _FILE | {"repositories"}

V1_5 = V1_4_21._replace(
    name="1.5.0",
    first=(1, 5, 0),
    lenient=False,
    releases="borgmatic 1.5.0 to 1.5.22",
    # All before-hooks of the requested actions first, then all repositories, then all after-hooks.
    hooks=(
        BEFORE_EVERYTHING,
        *_around_file("prune", "prune", _REPOSITORIES),
        *_around_file("create", "backup", _REPOSITORIES),
        *_around_file("check", "check", _REPOSITORIES),
        *_around_file("extract", "extract", _REPOSITORIES),
        ON_ERROR,
        AFTER_EVERYTHING,
    ),
    effects={
        **V1_3.effects,
        (ScopeKind.CONFIGURATION, Phase.ENTER): (SKIP_AND_END, FAIL_AND_LEAVE),
        (ScopeKind.CONFIGURATION, Phase.EXIT): (SKIP_AND_END, FAIL_AND_LEAVE),
        (ScopeKind.CONFIGURATION, Phase.RECOVER): (KEEP_AND_END, FAIL_AND_LEAVE),
    },
    child_effects={**V1_3.child_effects, ScopeKind.RUN: (KEEP_AND_GO_ON, FAIL_AND_GO_ON)},
    hook_exits=ExitCodes(soft=((75, 75),)),
    null_hooks=False,
    # An error counts at once in this family, even if a later attempt makes it good.
    retry=Retry(statuses=(Status.FAILED,), forgives=False),
)

V1_5_23 = V1_5._replace(
    name="1.5",
    first=(1, 5, 23),
    releases="borgmatic 1.5.23 and 1.5.24",
    hooks=(
        BEFORE_EVERYTHING,
        *_around_file("prune", "prune", _REPOSITORIES),
        *_around_file("compact", "compact", _FILE),
        *_around_file("create", "backup", _REPOSITORIES),
        *_around_file("check", "check", _REPOSITORIES),
        *_around_file("extract", "extract", _REPOSITORIES),
        ON_ERROR,
        AFTER_EVERYTHING,
    ),
    default_actions=(Action.PRUNE, Action.COMPACT, Action.CREATE, Action.CHECK),
    compacts=True,
)
