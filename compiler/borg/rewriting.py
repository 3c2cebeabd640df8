"""recreate and repo-delete: what takes things out of a repository for good, and is done only with consent."""

from __future__ import annotations

from ..plan.actions import Action
from ..plan.words import Word
from ..source.diagnostic import Diagnostics
from ..source.span import COMMAND_LINE
from .action_inputs import (
    LATEST,
    NEWEST_ARCHIVE,
    Extent,
    NamedCommand,
    logging,
    on_archive,
    paths,
)
from .archive_filters import matching
from .create import file_list
from .target import Target, extra, flags
from .versions import SEPARATE_REPOSITORY, SLASHDOT

_CONSENT = "BORG_DELETE_I_KNOW_WHAT_I_AM_DOING"
_OWN_FILES = "borgmatic"  # where archives have the bootstrap manifest, and dumps


def recreate(target: Target, extent: Extent, diagnostics: Diagnostics) -> list[NamedCommand]:
    """Archives written anew with the sources, patterns and compression of the configuration: what these don't select
    is thrown away. With Borg 1, which takes no filter, of one archive only."""
    options = extent.options
    archive: Word = NEWEST_ARCHIVE if options.archive == LATEST else options.archive
    is_new = target.version.knows(SEPARATE_REPOSITORY)
    if not archive and not (is_new and options.match_archives):
        diagnostics.error(
            "BP413",
            "recreate needs an archive",
            COMMAND_LINE,
            f"use --archive NAME or --archive {LATEST}; without, archives of other machines would be rewritten too",
        )
        return []
    start: tuple[Word, ...] = (
        "recreate", *extent.keeping, *extent.patterns, *flags(target, Action.RECREATE), *logging(target),
        *file_list(target, options),
        *(["--target", options.target] if options.target else []),
        *(["--comment", options.comment] if options.comment else []),
        *(["--timestamp", options.timestamp] if options.timestamp else []),
        *extra(target, "recreate"),
    )  # fmt: skip
    end = (*_chosen(target, archive, options.match_archives), *_roots(target, extent))
    command = target.command((*start, *end), (*start, "--dry-run", *end))._replace(
        once=True,
        consent=""
        if options.target
        else f"rewrites {options.archive or 'archives'} in {target.location}; "
        "what the configuration doesn't select is lost",
    )
    return on_archive(target, extent, NamedCommand("recreate", command, extent.called_for))


def _chosen(target: Target, archive: Word, pattern: str) -> tuple[Word, ...]:
    if not archive:
        return (*matching(target, pattern), *target.at())
    if target.version.knows(SEPARATE_REPOSITORY):
        return (*target.chosen(archive), *target.at())
    return target.at(archive)


def _roots(target: Target, extent: Extent) -> tuple[str, ...]:
    """The sources, as archives have them, and what archives have of borgmatic's and borgplan's own.

    All as words: where there is one, Borg passes over the roots among the patterns (measured, 1.2 and 1.4).
    """
    cuts = target.version.knows(SLASHDOT)
    roots = [root.partition("/./")[2] or root if cuts else root for root in extent.roots]
    # Where Borg stores the whole path of the folder that the manifest was made in.
    below = [] if cuts else [f"sh:**/{_OWN_FILES}/bootstrap/manifest.json"]
    return paths((*roots, _OWN_FILES, *below, *extent.kept))


def repo_delete(target: Target, extent: Extent) -> list[NamedCommand]:
    """A repository with everything in it, or its cache alone. Borg's question has been answered before."""
    options = extent.options
    name = "repo-delete" if target.version.knows(SEPARATE_REPOSITORY) else "delete"
    more = extra(target, "repo_delete") or (extra(target, "delete") if name == "delete" else ())
    start: tuple[Word, ...] = (
        name, *logging(target), *flags(target, Action.REPO_DELETE),
        *(["--list"] if options.list_details else []), *(["--force"] * options.force),
        *(["--cache-only"] if options.cache_only else []),
        *(["--keep-security-info"] if options.keep_security_info else []), *more,
    )  # fmt: skip
    command = target.command((*start, *target.at()), (*start, "--dry-run", *target.at()))
    if not options.cache_only:
        command = command._replace(
            environment=tuple(sorted((*command.environment, (_CONSENT, "YES")))),
            once=True,
            consent=f"deletes the repository {target.location} and every archive in it",
        )
    return [NamedCommand(name, command, extent.called_for)]
