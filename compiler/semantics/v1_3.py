"""borgmatic 1.3.22 to 1.4.22: hooks hang on the configuration file, and on the run.

Source: recorded traces of borgmatic 1.3.25. One thing is not copied: these releases don't notice
when Borg dies by a signal, and report success; here that is a failure like any other.
"""

from __future__ import annotations

from ..actions import Action
from ..document import IncludeMerge
from ..hooks import HookKind
from ..plan import Effect, ExitCodes, Phase, Resume, ScopeKind, Status, Trigger
from .profile import HookPlace, Profile

_BACKUP = frozenset({Action.CREATE})
_FILE = frozenset({"configuration_filename"})
_FAILURE = _FILE | {"repository", "error", "output"}

# Exit code 75 is a failure like any other in this family, so soft and hard failures do the same.
_FAIL_AND_LEAVE = Effect(Status.FAILED, Resume.LEAVE)
_FAIL_AND_END_BODY = Effect(Status.FAILED, Resume.EXIT)
_FAIL_AND_GO_ON = Effect(Status.FAILED, Resume.NEXT)

PROFILE = Profile(
    name="1.3",
    releases="borgmatic 1.3.22 to 1.4.22",
    hooks=(
        HookPlace(
            HookKind.BEFORE_EVERYTHING, ScopeKind.RUN, Phase.ENTER, Trigger.SUCCESS,
            _BACKUP, _FILE, "once, before anything of any file",
        ),
        HookPlace(
            HookKind.BEFORE_BACKUP, ScopeKind.CONFIGURATION, Phase.ENTER, Trigger.SUCCESS,
            _BACKUP, _FILE, "once, before this file's repositories",
        ),
        HookPlace(
            HookKind.AFTER_BACKUP, ScopeKind.CONFIGURATION, Phase.EXIT, Trigger.SUCCESS,
            _BACKUP, _FILE, "once, after this file's repositories, if nothing failed",
        ),
        HookPlace(
            HookKind.ON_ERROR, ScopeKind.CONFIGURATION, Phase.RECOVER, Trigger.FAILURE,
            None, _FAILURE, "only if something of this file failed",
        ),
        HookPlace(
            HookKind.AFTER_EVERYTHING, ScopeKind.RUN, Phase.EXIT, Trigger.ALWAYS,
            _BACKUP, _FILE, "once, after all files, also after failures",
        ),
    ),
    effects={
        (ScopeKind.RUN, Phase.ENTER): (_FAIL_AND_LEAVE, _FAIL_AND_LEAVE),
        (ScopeKind.RUN, Phase.EXIT): (_FAIL_AND_LEAVE, _FAIL_AND_LEAVE),
        (ScopeKind.CONFIGURATION, Phase.ENTER): (_FAIL_AND_LEAVE, _FAIL_AND_LEAVE),
        (ScopeKind.CONFIGURATION, Phase.EXIT): (_FAIL_AND_LEAVE, _FAIL_AND_LEAVE),
        (ScopeKind.CONFIGURATION, Phase.RECOVER): (_FAIL_AND_LEAVE, _FAIL_AND_LEAVE),
        (ScopeKind.ACTION, Phase.BODY): (_FAIL_AND_END_BODY, _FAIL_AND_END_BODY),
    },
    child_effects={
        ScopeKind.RUN: (_FAIL_AND_GO_ON, _FAIL_AND_GO_ON),
        ScopeKind.CONFIGURATION: (_FAIL_AND_GO_ON, _FAIL_AND_GO_ON),
        ScopeKind.REPOSITORY: (_FAIL_AND_END_BODY, _FAIL_AND_END_BODY),
        ScopeKind.ACTION: (_FAIL_AND_END_BODY, _FAIL_AND_END_BODY),
    },
    hook_exits=ExitCodes(),
    borg_exits=ExitCodes(warning=((1, 1),)),
    default_actions=(Action.PRUNE, Action.CREATE, Action.CHECK),
    action_order=(Action.REPO_CREATE, Action.PRUNE, Action.CREATE, Action.CHECK),
    include_merge=IncludeMerge.SHALLOW,
    pattern_order=("patterns_from", "patterns", "exclude_from", "exclude_patterns"),
    empty_prefix_is_all=True,
)  # fmt: skip
