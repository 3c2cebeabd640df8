"""The form of a semantics profile. Lowering reads it; no release number is asked for anywhere else."""

from __future__ import annotations

from collections.abc import Mapping

from ..config.hooks import HookKind, Position
from ..plan.actions import Action
from ..plan.exits import ExitCodes
from ..plan.model import Effect, Phase, Retry, ScopeKind, Trigger
from ..support.record import NamedTuple
from ..syntax.merge import IncludeMerge


class HookPlace(NamedTuple):
    """Where the commands of one kind of hook go.

    `actions`: it is in the plan if any of these is requested, whatever is requested if None.
    `only`: in scopes of actions, the one it belongs to. `variables`: the names that `{…}` may use.
    `why`: when it runs, in words that follow the hook's name.
    """

    kind: HookKind
    scope: ScopeKind
    phase: Phase
    trigger: Trigger
    actions: frozenset[str] | None
    variables: frozenset[str]
    why: str
    only: str | None = None


class CommandPlace(NamedTuple):
    """Where entries of `commands:` with one position go; see `HookPlace`."""

    scope: ScopeKind
    phase: Phase
    variables: frozenset[str]
    why: str


class Profile(NamedTuple):
    """One family of borgmatic releases, from `first` on; `releases` says which in words.

    `hooks`: hook options in the order in which they run within a phase.
    `commands`: positions of `commands:`; empty if the family has none. `states`: whether entries may
    name states. `everything_once`: identical entries around everything run once.
    `entries_around_every_action`: entries around actions run around all of them, if an action of theirs
    is requested. `hooks_of_skipped`: hooks of actions in `skip_actions` run, without the action.
    `effects`: what a soft and a hard failure of a step do, by kind of scope and phase.
    `child_effects`: what a child that ended skipped, and one that ended failed, do to its parent.
    `retry`: the conditions of retries, if the configuration asks for some.
    `action_order`: the order actions run in; None for the order on the command line.
    `hooks_without_work`: whether the hooks of an action run where the action itself is left out
    (`check_repositories`). `check_repositories_match`: whether that option selects repositories; from
    1.7.10 it matches none.
    `hooks_of_unselected`: which hooks of repositories that `--repository` leaves out run all the same.
    `actions_of_unselected`: actions whose hooks run there, if the hooks of all actions don't.
    `compacts`: there is an action `compact`; without one, prune frees the space itself, as Borg's did.
    `merged_umask`: the umask of hooks is that of `storage:` unless `hooks:` has one.
    `hooks_in_working_directory`: hooks start in `working_directory`.
    `repository_options`: an entry of `repositories` may hold options of its own.
    `misses_deaths`: borgmatic doesn't notice that a signal ended Borg; borgplan does.
    `sources_must_exist`: a missing source fails a backup unless the file says otherwise.
    `check_frequency`: seconds between the checks that run where the file names none.
    `stores_files`: archives get the configuration files, for `bootstrap`, unless the file says otherwise.
    `reading_filter`: lists, information and the newest archive are about those that prune is about.
    `lenient`: a quoted umask and an empty text are taken.
    `null_hooks`: whether a hook option may be left empty. `constants`, `environment`: whether files may
    refer to constants and to the environment.
    `pattern_order`: in which order sources of patterns are tried by Borg (names of options).
    `empty_prefix_is_all`: whether `prefix: ""` selects all archives rather than counting as unset.
    """

    name: str
    first: tuple[int, ...]
    releases: str
    hooks: tuple[HookPlace, ...]
    effects: Mapping[tuple[ScopeKind, Phase], tuple[Effect, Effect]]
    child_effects: Mapping[ScopeKind, tuple[Effect, Effect]]
    hook_exits: ExitCodes
    borg_exits: ExitCodes
    check_exits: ExitCodes
    borg_codes: str
    default_actions: tuple[Action, ...]
    action_order: tuple[Action, ...] | None
    include_merge: IncludeMerge
    pattern_order: tuple[str, ...]
    empty_prefix_is_all: bool
    commands: Mapping[Position, CommandPlace] = {}  # never changed
    states: bool = False
    everything_once: bool = False
    entries_around_every_action: bool = False
    hooks_of_skipped: bool = False
    retry: Retry = Retry()
    hooks_without_work: bool = False
    check_repositories_match: bool = True
    hooks_of_unselected: frozenset[ScopeKind] = frozenset()
    actions_of_unselected: frozenset[str] = frozenset()
    compacts: bool = False
    merged_umask: bool = False
    hooks_in_working_directory: bool = False
    null_hooks: bool = True
    lenient: bool = False
    misses_deaths: bool = False
    constants: bool = False
    environment: bool = False
    repository_options: bool = False
    sources_must_exist: bool = False
    check_frequency: int = 0
    reading_filter: bool = False
    stores_files: bool = False

    @property
    def known_hooks(self) -> frozenset[HookKind]:
        return frozenset(place.kind for place in self.hooks)
