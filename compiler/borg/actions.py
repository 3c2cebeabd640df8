"""One function an action: a repository to its Borg commands, each with a name and a reason."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import NamedTuple, assert_never

from ..actions import Action
from ..diagnostic import Diagnostics
from ..plan import Command, Late, LateWord, PatternsWord, Word
from .common import DEFAULT_ARCHIVE_NAME, Target, archive_filter, flags, with_rules


class NamedCommand(NamedTuple):
    """`name`: Borg's subcommand."""

    name: str
    command: Command
    reason: str


class Existence(Enum):
    """What a probe found out about a repository."""

    EXISTS = "exists"
    ABSENT = "absent"
    UNKNOWN = "unknown"


class RepositoryOptions(NamedTuple):
    """How to create repositories, from the command line; it wins over a repository's own options."""

    encryption: str = ""
    append_only: bool = False
    storage_quota: str = ""


class Extent(NamedTuple):
    """What the actions need beside the configuration.

    `patterns`: the name of the pattern file; `arguments`: roots that don't fit into it.
    `called_for`: why the actions run, for people.
    `existence`: what is known of repositories, by location.
    """

    patterns: str
    arguments: tuple[str, ...]
    called_for: str
    repository_options: RepositoryOptions
    existence: Mapping[str, Existence]


def commands(
    action: Action, target: Target, extent: Extent, diagnostics: Diagnostics
) -> list[NamedCommand] | None:
    """The commands of one action on one repository: none if there is nothing to do, None if the
    configuration leaves this repository out of the action."""
    match action:
        case Action.REPO_CREATE:
            return _repo_create(target, extent, diagnostics)
        case Action.PRUNE:
            return _prune(target, extent, diagnostics)
        case Action.CREATE:
            return _create(target, extent)
        case Action.COMPACT:
            return _compact(target, extent)
        case Action.CHECK:
            return _check(target, extent) if _check_applies(target) else None
        case _:
            assert_never(action)


def _repo_create(target: Target, extent: Extent, diagnostics: Diagnostics) -> list[NamedCommand]:
    options = extent.repository_options
    existence = extent.existence.get(target.location, Existence.UNKNOWN)
    if existence is Existence.EXISTS:
        diagnostics.note(
            "BP405", f"{target.location} exists: nothing to create", target.repository.span
        )
        return []
    own = target.repository.creation
    encryption = options.encryption or own.text("encryption") or ""
    if not encryption:
        diagnostics.error(
            "BP409",
            f"repo-create needs to know how {target.location} is to be encrypted",
            target.repository.span,
            "give the repository an `encryption`, or --encryption MODE, such as repokey-blake2 or none",
        )
        return []
    quota = options.storage_quota or own.text("storage_quota")
    argv: tuple[Word, ...] = (
        *("init", "--encryption", encryption),
        *(["--append-only"] if options.append_only or own.boolean("append_only") else []),
        *(["--storage-quota", quota] if quota else []),
        *(["--make-parent-dirs"] if own.boolean("make_parent_directories") else []),
        *flags(target.settings, Action.REPO_CREATE),
        target.location,
    )
    reason = (
        "the repository doesn't exist"
        if existence is Existence.ABSENT
        else "whether it exists is unknown; Borg refuses to create it twice"
    )
    return [NamedCommand("init", target.command(argv, None), reason)]


def _create(target: Target, extent: Extent) -> list[NamedCommand]:
    name = target.settings.text("archive_name_format") or DEFAULT_ARCHIVE_NAME
    start: tuple[Word, ...] = (
        "create",
        "--patterns-from",
        PatternsWord(extent.patterns),
        *flags(target.settings, Action.CREATE),
    )
    end = (f"{target.location}::{name}", *extent.arguments)
    command = target.command((*start, *end), (*start, "--dry-run", *end))
    return [NamedCommand("create", command, extent.called_for)]


def _prune(target: Target, extent: Extent, diagnostics: Diagnostics) -> list[NamedCommand]:
    keep = flags(target.settings, Action.PRUNE)
    if not any(word.startswith("--keep-") for word in keep):
        diagnostics.warning(
            "BP401",
            "prune runs and no `keep_…` option is set: borg prune refuses that and fails",
            target.configuration.span,
            "say what to keep (keep_daily: 7, …), or name the actions without prune: --actions create,…",
        )
    start = ("prune", *keep, *archive_filter(target, "prefix"))
    command = target.command((*start, target.location), (*start, "--dry-run", target.location))
    return [NamedCommand("prune", command, extent.called_for)]


def _compact(target: Target, extent: Extent) -> list[NamedCommand]:
    argv = ("compact", *flags(target.settings, Action.COMPACT), target.location)
    # `compact --dry-run` came with Borg 1.2.9 and 1.4.1; a dry run leaves it out.
    return [NamedCommand("compact", target.command(argv, None), extent.called_for)]


def _check(target: Target, extent: Extent) -> list[NamedCommand]:
    settings = target.settings
    chosen = [check.text for check in settings.texts("checks")] or ["repository", "archives"]
    names = set(chosen) - {"disabled"}
    found = []
    if names & {"repository", "archives", "data"}:
        found.append(NamedCommand("check", _check_command(target, names), extent.called_for))
    if "extract" in names:
        found += _extract_check(target, extent)
    return found


def _check_applies(target: Target) -> bool:
    only = {text.text for text in target.settings.texts("check_repositories")}
    if only and not target.profile.check_repositories_match:
        return False
    repository = target.repository
    return (
        not only or repository.path in only or (bool(repository.label) and repository.label in only)
    )


def _check_command(target: Target, names: set[str]) -> Command:
    with_archives = bool(names & {"archives", "data"})
    last = target.settings.integer("check_last")
    argv = [
        "check",
        *([] if "repository" in names else ["--archives-only"]),
        *([] if with_archives else ["--repository-only"]),
        *(["--verify-data"] if "data" in names else []),
        *(["--last", str(last)] if with_archives and last else []),
        *(archive_filter(target, "check_prefix") if with_archives else []),
        *flags(target.settings, Action.CHECK),
        target.location,
    ]
    exits = with_rules(target.profile.check_exits, target.settings)
    return target.command(tuple(argv), None)._replace(exits=exits)


def _extract_check(target: Target, extent: Extent) -> list[NamedCommand]:
    """Whether the newest archive can be extracted; no archive, nothing to extract."""
    common = flags(target.settings, Action.CHECK)
    newest = ("list", "--short", "--last", "1", *common, target.location)
    trial: tuple[Word, ...] = (
        "extract",
        "--dry-run",
        *common,
        LateWord(f"{target.location}::", Late.ARCHIVE),
    )
    return [
        NamedCommand("list", target.command(newest, None, Late.ARCHIVE), extent.called_for),
        NamedCommand("extract", target.command(trial, None), extent.called_for),
    ]
