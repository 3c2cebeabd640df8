"""The form of a semantics profile. Lowering reads it; no release number is asked for anywhere else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ..actions import Action
from ..document import IncludeMerge
from ..hooks import HookKind
from ..plan import Effect, ExitCodes, Phase, ScopeKind, Trigger


class HookPlace(NamedTuple):
    """Where the commands of one kind of hook go.

    `actions`: it is in the plan if any of these is requested, whatever is requested if None.
    `variables`: the names that `{…}` may use in it, beside those of the run time.
    `why`: when it runs, in words that follow the hook's name.
    """

    kind: HookKind
    scope: ScopeKind
    phase: Phase
    trigger: Trigger
    actions: frozenset[Action] | None
    variables: frozenset[str]
    why: str


class Profile(NamedTuple):
    """One family of borgmatic releases.

    `effects`: what a soft and a hard failure of a step do, by kind of scope and phase.
    `child_effects`: what a child that ended skipped, and one that ended failed, do to its parent.
    `action_order`: the order actions run in; None for the order on the command line.
    `pattern_order`: in which order sources of patterns are tried by Borg (names of options).
    `empty_prefix_is_all`: whether `prefix: ""` selects all archives rather than counting as unset.
    """

    name: str
    releases: str
    hooks: tuple[HookPlace, ...]
    effects: Mapping[tuple[ScopeKind, Phase], tuple[Effect, Effect]]
    child_effects: Mapping[ScopeKind, tuple[Effect, Effect]]
    hook_exits: ExitCodes
    borg_exits: ExitCodes
    default_actions: tuple[Action, ...]
    action_order: tuple[Action, ...] | None
    include_merge: IncludeMerge
    pattern_order: tuple[str, ...]
    empty_prefix_is_all: bool
