"""`borg create`: an archive of sources, and of what dumps feed it with; and how it is known that it was made."""

from __future__ import annotations

import re

from ..plan.actions import Action
from ..plan.evidence import Evidence
from ..plan.words import Word, exactly
from ..plan.work import SHOWN, Form, Process, Proof
from .action_inputs import Extent, NamedCommand, logging, paths, repository_flags
from .action_options import ActionOptions
from .listing import files
from .progress import added_at
from .target import Target, extra, flags
from .versions import ADDED_AND_EXCLUDED, SEPARATE_REPOSITORY

_MADE = "{hostname}{TAB}{start:%Y-%m-%dT%H:%M:%S%z}{TAB}{archive}{NL}"
_REPORTS = frozenset({"--json", "--stats", "-s", "--quick-stats"})
READ_SPECIAL = "--read-special"
UNJUDGED = ".checkpoint"  # at the end of a name by which Borg hides an archive
_NEWEST = "50"  # more than other machines put into one repository meanwhile


def create(target: Target, extent: Extent) -> list[NamedCommand]:
    settings = target.settings
    beside = extent.beside
    options: tuple[Word, ...] = (
        *flags(target, Action.CREATE),
        *(["--comment", extent.options.comment] if extent.options.comment else []),
        *logging(target, progress=extent),
    )
    more = extra(target, "create")
    listed = file_list(target, extent.options)
    listing = files(listed, more)
    shown = (*_report(target, extent.options, more), *listing.words)
    end = (*more, *target.at(target.archive_name), *paths(extent.arguments))
    dry = ("create", *extent.patterns, *options, "--dry-run", *listed, *end)
    if beside is None:
        start = ("create", *extent.stored, *extent.patterns, *options)
        command = target.command((*start, *shown, *end), dry)
    else:
        special = [READ_SPECIAL] if beside.special and READ_SPECIAL not in options else []
        start = ("create", *extent.stored, *beside.patterns, *extent.patterns, *special, *options)
        suffix = UNJUDGED if beside.hides else ""
        unjudged = target.at(f"{target.archive_name}{suffix}")
        end = (*more, *unjudged, *paths(extent.arguments))
        command = target.command((*start, *shown, *end), dry)._replace(feeds=beside.feeds)
        if beside.inside:
            command = _inside(beside.inside, command)
    command = command._replace(
        once=True, evidence=_evidence(target), proof=Proof.ARCHIVE, listing=listing.listing,
        counts_at=added_at(command.argv) if listing.on_demand else 0,
    )  # fmt: skip
    if extent.options.json:
        command = command._replace(output=SHOWN._replace(form=Form.JSON))
    must_exist = settings.boolean("source_directories_must_exist")
    if target.profile.sources_must_exist if must_exist is None else must_exist:
        command = command._replace(needs=extent.roots)
    command = command._replace(needs=(*extent.needed, *command.needs))
    if extent.directories is not None:
        command = command._replace(**extent.directories._asdict())
    return [NamedCommand("create", command, extent.called_for)]


def _inside(folder: Word, command: Process) -> Process:
    """The command, started in a folder of the run's own."""
    start = ("env", "-C", folder)
    at = command.progress_at and len(start) + command.progress_at
    return command._replace(argv=(*start, *command.argv), progress_at=at)


def _evidence(target: Target) -> Evidence:
    """The newest archives of the repository, and what the names of this file's archives are like."""
    name = "repo-list" if target.version.knows(SEPARATE_REPOSITORY) else "list"
    question: tuple[Word, ...] = (
        *(target.borg, name, "--last", _NEWEST, "--format", _MADE),
        *repository_flags(target),
        *target.at(),
    )
    argv = tuple(word for word in question if isinstance(word, str))
    return Evidence(argv, re.sub(r"\{[^{}]*\}", "*", exactly(target.archive_name)))


def statistics(target: Target, options: ActionOptions) -> tuple[str, ...]:
    """The flags for statistics, by the command line or the configuration."""
    if options.stats or options.quick_stats:
        return ("--quick-stats",) if options.quick_stats else ("--stats",)
    wanted = target.settings.text("statistics")
    if wanted is None and target.settings.boolean("quick_statistics"):
        wanted = "quick"
    return {"standard": ("--stats",), "quick": ("--quick-stats",)}.get(wanted or "", ())


def _report(target: Target, options: ActionOptions, more: tuple[str, ...]) -> tuple[str, ...]:
    """How Borg says which archive it made, without which nothing was: as JSON, or in statistics that somebody
    wants to read, as Borg gives one or the other. `more`: words that may ask for one already."""
    if options.json:
        return ("--json",)
    return statistics(target, options) or (() if _REPORTS.intersection(more) else ("--json",))


def lists(target: Target, options: ActionOptions) -> bool:
    """Whether files or archives are listed, by the command line or the configuration."""
    return options.list_details or bool(target.settings.boolean("list_details"))


def file_list(target: Target, options: ActionOptions) -> tuple[str, ...]:
    """What `list_details` shows: added, changed and unreadable files, and more if Borg is to tell all."""
    if not lists(target, options):
        return ()
    everything = target.settings.integer("verbosity") == 2
    if target.version.knows(ADDED_AND_EXCLUDED):
        return ("--list", "--filter", "AME+-" if everything else "AME")
    return ("--list", "--filter", "AMEx-" if everything else "AME-")
