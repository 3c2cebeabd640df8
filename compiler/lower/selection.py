"""What a command line wants done, and whether the files of a run can give that."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from ..borg.action_inputs import Existence
from ..borg.action_options import ActionOptions
from ..borg.versions import Version
from ..config.model import Configuration, Repository
from ..plan.actions import Action
from ..semantics import Profile
from ..source.diagnostic import Diagnostics, did_you_mean
from ..source.span import COMMAND_LINE, Text
from ..source.volumes import Mounted, Volumes
from ..support.enums import Enum
from ..support.record import TYPE_CHECKING, NamedTuple
from .dumping import Dumping

if TYPE_CHECKING:
    from ..databases.found import Found
    from ..snapshots.freeze import Freeze

REQUESTED = "requested"
# What ends up in one place, or comes out of it.
_OF_ONE_REPOSITORY = frozenset({
    Action.EXTRACT, Action.EXPORT_TAR, Action.MOUNT, Action.KEY_IMPORT, Action.KEY_CHANGE_PASSPHRASE,
    Action.RESTORE,
})  # fmt: skip


class Selection(NamedTuple):
    """What the command line wants done. `actions`: none for the generation's default. `repository`: a
    pattern for paths and labels, empty for all."""

    actions: tuple[Action, ...] = ()
    repository: str = ""
    options: ActionOptions = ActionOptions()


class Facts(NamedTuple):
    """What was found out before planning. `existence`: of repositories, by location. `versions`: of
    Borg, by executable; where one is missing, `borg.version.ASSUMED` is assumed. `asked`: the missing ones
    were asked, and gave no answer. `volumes`: what can be snapshotted, by kind and program (`snapshots.kind.key_of`);
    `mounts`: what is mounted, in the order in which it was. `restores`: what databases can be restored from, by
    location."""

    existence: Mapping[str, Existence] = MappingProxyType({})
    versions: Mapping[str, Version] = MappingProxyType({})
    asked: bool = False
    volumes: Mapping[str, Volumes] = MappingProxyType({})
    mounts: tuple[Mounted, ...] = ()
    restores: Mapping[str, Found] = MappingProxyType({})


class Once(Enum):
    """For what snapshots are taken once: see `snapshots.is_shared`."""

    AT_BEST = ""
    RUN = "run"  # for all repositories of a file
    REPOSITORY = "repository"


def once(text: Text | None, diagnostics: Diagnostics) -> Once:
    """The choice that a project file makes (BP702)."""
    known = [choice.value for choice in Once if choice.value]
    if text is None or text.text in known:
        return Once(text.text) if text else Once.AT_BEST
    diagnostics.error("BP702", f"`snapshots` is one of {', '.join(known)}", text.span)
    return Once.AT_BEST


class LoweringRequest(NamedTuple):
    """What lowering needs beside the configurations.

    `called_for`: why these actions, for people. `repository`: only those whose path or label this
    pattern fits, all if empty. `environment`: whether `${NAME}` in hooks stands for borgplan's
    environment, where the generation has that. `presence`: whether to tell of sources, repositories and
    files with secrets that aren't on this machine. `runs`: whether the plan is run at once, not only looked at. `plain_text`:
    commands that take values in hooks as they are, beside those that are known to. `snapshots`: how often they are
    taken; `freezes`: what stands still meanwhile. `dumps`: how databases are dumped.
    `files`: all that the run's configurations were read from.
    """

    actions: tuple[Action, ...]
    called_for: str
    repository: str
    options: ActionOptions
    facts: Facts
    environment: bool
    presence: bool
    runs: bool
    plain_text: tuple[str, ...]
    snapshots: Once
    dumps: Dumping
    files: tuple[str, ...]
    freezes: tuple[Freeze, ...]


def ordered_actions(requested: Iterable[Action], profile: Profile) -> tuple[Action, ...]:
    """The actions of a run in the order they run in; none requested: the generation's default."""
    wanted = tuple(dict.fromkeys(requested)) or profile.default_actions
    if profile.action_order is None:
        return wanted
    return tuple(action for action in profile.action_order if action in wanted)


def selects(pattern: str, repository: Repository) -> bool:
    """Whether `--repository PATTERN` means this repository."""
    if not pattern:
        return True
    from fnmatch import fnmatch

    return any(fnmatch(name, pattern) for name in (repository.path, repository.label) if name)


def can_be_had(
    selection: Selection, configurations: Sequence[Configuration], diagnostics: Diagnostics
) -> bool:
    """Whether what the command line asks for fits the files of a run, all together."""
    before = len(diagnostics)
    repositories = [r for c in configurations for r in c.repositories]
    _check_repository(selection, repositories, diagnostics)
    _check_single(selection, repositories, diagnostics)
    return len(diagnostics) == before


def _check_repository(
    selection: Selection, repositories: list[Repository], diagnostics: Diagnostics
) -> None:
    wanted = selection.repository
    if wanted and not any(selects(wanted, repository) for repository in repositories):
        names = [name for r in repositories for name in (r.path, r.label) if name]
        diagnostics.error(
            "BP407",
            f"no repository matches `{wanted}`",
            COMMAND_LINE,
            did_you_mean(wanted, names) or f"known: {', '.join(names)}",
        )


def _check_single(
    selection: Selection, repositories: list[Repository], diagnostics: Diagnostics
) -> None:
    """What is taken out of several repositories would end up in one place (BP419)."""
    found = [repository for repository in repositories if selects(selection.repository, repository)]
    options = selection.options
    taking = _OF_ONE_REPOSITORY | ({Action.KEY_EXPORT} if options.destination else set())
    alone = [action for action in selection.actions if action in taking]
    if alone and len(found) > 1:
        diagnostics.error(
            "BP419",
            f"{alone[0]} works on one repository at a time; {len(found)} are selected",
            COMMAND_LINE,
            f"--repository {found[0].label or found[0].path}",
        )
