"""What actions need beside the configuration, and what they give."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..plan.actions import Action
from ..plan.claims import Claim, Mode
from ..plan.feeds import Feed
from ..plan.model import Phase
from ..plan.words import ARCHIVE, Use, Word
from ..plan.work import LAST_LINE, Form, Process
from ..source.diagnostic import Diagnostics
from ..source.span import COMMAND_LINE
from ..support.enums import Enum
from ..support.record import NamedTuple
from .action_options import ActionOptions
from .archive_filters import archive_filter
from .target import Target, flags, verbosity
from .versions import NO_SAVE_SPACE, SEPARATE_REPOSITORY

LATEST = "latest"
KNOWN_LATER = "known when applied"  # of what a plan depends on, and can't be seen where it is made
NEWEST_ARCHIVE: Word = (Use(ARCHIVE),)


def form_of(words: Sequence[Word]) -> Form:
    """What a command with these words answers with."""
    if "--json-lines" in words:
        return Form.JSON_LINES
    return Form.JSON if "--json" in words else Form.TEXT


class NamedCommand(NamedTuple):
    """`name`: Borg's subcommand. `mode`: what it does with the repository, None for nothing. `claims`: what else it
    claims. `phase`: of its action in which it runs. `title`: of a step where it is not `borg NAME`."""

    name: str
    command: Process
    reason: str
    mode: Mode | None = Mode.WRITE
    claims: tuple[Claim, ...] = ()
    phase: Phase = Phase.BODY
    title: str = ""


class Existence(Enum):
    """What is known of a repository before the run."""

    EXISTS = "exists"
    ABSENT = "does not exist"
    UNKNOWN = "unknown"
    NOT_ASKED = "not checked (use --probe)"
    LATER = KNOWN_LATER


class Seen(NamedTuple):
    """What was seen of a repository."""

    existence: Existence


class Due(NamedTuple):
    """A check, whether it is to run now, and why."""

    name: str
    is_due: bool
    why: str


class Directories(NamedTuple):
    """Where a command runs, and where its dry form does."""

    directory: str
    dry_directory: str


class Beside(NamedTuple):
    """What an archive gets beside the sources, and not in a dry run. `patterns`: the flags for it. `special`: whether
    some of it is pipes, which Borg is to read. `feeds`: what writes into those. `hides`: whether the archive has to be
    judged before it gets its name. `inside`: the folder in which Borg runs for it; empty for where the configuration
    says."""

    patterns: tuple[Word, ...]
    special: bool
    feeds: tuple[Feed, ...]
    hides: bool
    inside: Word = ""


class SpotSources(NamedTuple):
    """The sources as the check `spot` looks at them: of files, never of snapshots. Fields as those of `Extent`."""

    patterns: tuple[Word, ...] = ()
    arguments: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()


class Extent(NamedTuple):
    """What the actions need beside the configuration.

    `patterns`: the flags for pattern files; `arguments`: roots that don't fit into those; `roots`: all of
    them; `needed`: pattern files that Borg is to read itself; `kept`: what archives hold beside the roots. `runs`: at once, in the environment as it is.
    `called_for`: why the actions run, for people. `existence`: what is known of repositories, by location.
    `compacts`: whether anything is said of the action `compact`, for it or against it. `checks`: those of one
    repository, for the action of that name. `directories`: where `create` runs, if not where the configuration says.
    `beside`: what an archive gets beside the sources. `stored`: the flags for what it gets of borgplan's own,
    and `keeping` those with which recreate leaves that. `spot`: for the check of that name.
    """

    patterns: tuple[Word, ...]
    arguments: tuple[str, ...]
    roots: tuple[str, ...]
    called_for: str
    options: ActionOptions
    existence: Mapping[str, Existence]
    compacts: bool = False
    checks: tuple[Due, ...] = ()
    needed: tuple[str, ...] = ()
    runs: bool = False
    directories: Directories | None = None
    kept: tuple[str, ...] = ()
    beside: Beside | None = None
    stored: tuple[Word, ...] = ()
    keeping: tuple[Word, ...] = ()
    spot: SpotSources = SpotSources()


def logging(target: Target, *, progress: Extent | None = None) -> tuple[str, ...]:
    """How Borg tells what it does: its log as JSON, for `runtime.borg_log` to read. `progress`: of what can show
    it, where the command line may ask for it."""
    wanted = progress is not None and (
        progress.options.progress or target.settings.boolean("progress")
    )
    return ("--log-json", *verbosity(target), *(["--progress"] if wanted else []))


def save_space(target: Target, extent: Extent) -> list[str]:
    """The flag for working slower in less space, if it is asked for and this Borg has it."""
    wanted = extent.options.save_space and target.version.knows(until=NO_SAVE_SPACE)
    return ["--save-space"] if wanted else []


def paths(words: tuple[str, ...]) -> tuple[str, ...]:
    """The last words of a command line; one that begins with a dash must not be an option."""
    return ("--", *words) if any(word.startswith("-") for word in words) else words


def needs_archive(
    action: str, target: Target, extent: Extent, diagnostics: Diagnostics
) -> Word | None:
    """The archive that the command line names; None after a diagnostic (BP413) if it names none."""
    if extent.options.archive:
        return NEWEST_ARCHIVE if extent.options.archive == LATEST else extent.options.archive
    diagnostics.error(
        "BP413",
        f"{action} needs an archive",
        COMMAND_LINE,
        f"use --archive NAME or --archive {LATEST}; repo-list lists the archives in {target.location}",
    )
    return None


def on_archive(target: Target, extent: Extent, named: NamedCommand) -> list[NamedCommand]:
    """A command on the archive that was asked for; the newest one has to be found first."""
    command = named.command._replace(required=True)
    return [*find_newest(target, extent), named._replace(command=command)]


def find_newest(target: Target, extent: Extent) -> list[NamedCommand]:
    """The command that finds the newest archive, if that is asked for."""
    if extent.options.archive != LATEST:
        return []
    return [newest(target, extent.called_for)]


def newest(target: Target, reason: str) -> NamedCommand:
    name = "repo-list" if target.version.knows(SEPARATE_REPOSITORY) else "list"
    words: tuple[Word, ...] = (
        *(name, "--short", "--last", "1"),
        *(archive_filter(target) if target.profile.reading_filter else ()),
        *repository_flags(target),
        *target.at(),
    )
    return NamedCommand(name, target.command(words, words, LAST_LINE), reason, Mode.READ)


def repository_flags(target: Target) -> tuple[str, ...]:
    """What every command on a repository takes, and no more."""
    return flags(target, Action.BREAK_LOCK)
