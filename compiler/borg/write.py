"""Actions that change a repository: repo-create, prune, compact, delete, transfer."""

from __future__ import annotations

from ..plan.actions import Action
from ..plan.claims import REPOSITORY, Claim, Mode
from ..plan.words import Word
from ..plan.work import Proof
from ..source.diagnostic import Diagnostics
from ..source.span import COMMAND_LINE
from .action_inputs import (
    LATEST,
    NEWEST_ARCHIVE,
    Existence,
    Extent,
    NamedCommand,
    logging,
    on_archive,
    repository_flags,
    save_space,
)
from .action_options import ActionOptions
from .archive_filters import archive_filter, asked_for, first_and_last, named
from .create import lists, statistics
from .listing import archives, space
from .target import Target, extra, flags
from .versions import (
    COMPACT,
    COMPACT_DRY_RUN,
    MATCH_ARCHIVES,
    PRUNE_FROM,
    PRUNE_WITHOUT_STATS,
    SEPARATE_REPOSITORY,
)


def repo_create(target: Target, extent: Extent, diagnostics: Diagnostics) -> list[NamedCommand]:
    from .creating import asked_first, is_refused

    options = extent.options
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
            f"repo-create needs an encryption mode for {target.location}",
            target.repository.span,
            "set `encryption` in the repository, or use --encryption MODE, such as repokey-blake2 or none",
        )
        return []
    make_parents = options.make_parent_dirs or own.boolean("make_parent_directories")
    quota = options.storage_quota or own.text("storage_quota")
    name = "repo-create" if target.version.knows(SEPARATE_REPOSITORY) else "init"
    argv: tuple[Word, ...] = (
        *(name, "--encryption", encryption),
        *(["--append-only"] if options.append_only or own.boolean("append_only") else []),
        *(["--storage-quota", quota] if quota else []),
        *_of_borg_2(target, extent),
        *(["--make-parent-dirs"] if make_parents else []),
        *logging(target),
        *flags(target, Action.REPO_CREATE),
        *(extra(target, "repo_create") or extra(target, "init")),
        *target.at(),
    )
    command = target.command(argv, None)
    if is_refused(target, command, encryption, diagnostics, runs=extent.runs):
        return []
    reason = (
        "the repository doesn't exist"
        if existence is Existence.ABSENT
        else "whether it exists is unknown; Borg refuses to create it twice"
    )
    source = options.source_repository
    claims = (Claim(REPOSITORY, source, Mode.READ),) if source else ()
    return [NamedCommand(name, asked_first(target, command), reason, claims=claims)]


def _of_borg_2(target: Target, extent: Extent) -> list[str]:
    """How chunks are named, where the key is, and whose key it is; Borg 1 knows none of it, and says so."""
    own, options = target.repository.creation, extent.options
    id_hash = options.id_hash or own.text("id_hash")
    location = options.key_location or own.text("key_location")
    return [
        *(["--id-hash", id_hash] if id_hash else []),
        *(["--key-location", location] if location else []),
        *(["--other-repo", options.source_repository] if options.source_repository else []),
        *(["--from-borg1"] if options.from_borg1 else []),
        *(["--copy-crypt-key"] if options.copy_crypt_key else []),
    ]


def prune(target: Target, extent: Extent, diagnostics: Diagnostics) -> list[NamedCommand]:
    keep = flags(target, Action.PRUNE)
    if not any(word.startswith("--keep-") for word in keep):
        diagnostics.warning(
            "BP401",
            "prune runs without any `keep_…` option; borg prune refuses that and fails",
            target.configuration.span,
            "set a rule (keep_daily: 7, …), or run actions without prune: --actions create,…",
        )
    since = extent.options.since
    if since and not target.version.knows(PRUNE_FROM):
        diagnostics.error(
            "BP414",
            f"prune --from needs Borg {PRUNE_FROM} or later; this is {target.version}",
            COMMAND_LINE,
        )
    start = (
        *("prune", *keep, *archive_filter(target, "prefix", extent.options), *logging(target)),
        *(["--from", since] if since else []),
        *save_space(target, extent),
    )
    more = extra(target, "prune")
    reports = target.version.knows(until=PRUNE_WITHOUT_STATS)
    shown = statistics(target, extent.options) if reports else ()
    is_shown = lists(target, extent.options)
    words, listing, _ = archives(shown=is_shown, more=more)
    end = (*more, *target.at())
    dry = (*start, "--dry-run", *(words if is_shown else ()), *end)
    command = target.command((*start, *shown, *words, *end), dry)._replace(listing=listing)
    return [NamedCommand("prune", command, extent.called_for)]


def compact(target: Target, extent: Extent) -> list[NamedCommand]:
    cleanup = ["--cleanup-commits"] if extent.options.cleanup_commits else []
    percent = extent.options.threshold
    threshold = ["--threshold", str(percent)] if percent >= 0 else []
    configured = flags(
        target, Action.COMPACT, without=frozenset({"compact_threshold"} if threshold else ())
    )
    start = ("compact", *configured, *threshold, *cleanup, *logging(target, progress=extent))
    more = extra(target, "compact")
    end = (*more, *target.at())
    dry = (*start, "--dry-run", *end) if target.version.knows(COMPACT_DRY_RUN) else None
    words, listing, _ = space(target, more)
    command = target.command((*start, *words, *end), dry)._replace(listing=listing)
    return [NamedCommand("compact", command, extent.called_for)]


def freeing(target: Target, extent: Extent) -> list[NamedCommand]:
    """What has to follow prune where the generation has no action for it: from Borg 1.2 on prune frees no
    space by itself, and repositories would grow for ever."""
    if target.profile.compacts or not target.version.knows(COMPACT) or extent.compacts:
        return []
    reason = "Borg 1.2 and later don't free space in prune"
    return [named._replace(reason=reason) for named in compact(target, extent)]


def delete(target: Target, extent: Extent, diagnostics: Diagnostics) -> list[NamedCommand]:
    """Archives that the command line chooses; never the repository, and never without a choice."""
    options = extent.options
    chosen: tuple[Word, ...] = (*_by_pattern(target, options), *first_and_last(options))
    if options.archive:
        chosen = target.chosen(NEWEST_ARCHIVE if options.archive == LATEST else options.archive)
    if not chosen:
        diagnostics.error(
            "BP413",
            "delete needs a selection of archives",
            COMMAND_LINE,
            "use --archive NAME, --match-archives PATTERN, --first N or --last N",
        )
        return []
    ordered = ["--sort-by", options.sort_by] if options.sort_by and chosen else []
    start = ("delete", *chosen, *ordered, *logging(target), *flags(target, Action.DELETE))
    shown = ["--list"] if options.archive or lists(target, options) else []
    force = ["--force"] * options.force
    interval = options.checkpoint_interval
    end = (
        *(*shown, *force, *save_space(target, extent)),
        *(["--cache-only"] if options.cache_only else []),
        *(["--keep-security-info"] if options.keep_security_info else []),
        *(["--checkpoint-interval", str(interval)] if interval else []),
        *extra(target, "delete"),
        *target.at(),
    )
    stats = ["--stats"] if options.stats else []
    command = target.command((*start, *stats, *end), (*start, "--dry-run", *end))._replace(
        once=True,
        # A filter that fits nothing is well with Borg; an archive asked for by its name has to be there.
        proof=Proof.ITEMS if options.archive else None,
    )
    return on_archive(target, extent, NamedCommand("delete", command, extent.called_for))


def _by_pattern(target: Target, options: ActionOptions) -> tuple[Word, ...]:
    """Like `filters.named`, but a pattern for all archives stays one: without, the repository would go."""
    found = named(target, options)
    if options.match_archives and not found:
        flag = "--match-archives" if target.version.knows(MATCH_ARCHIVES) else "--glob-archives"
        return (flag, "sh:*" if target.version.knows(MATCH_ARCHIVES) else "*")
    return found


def transfer(target: Target, extent: Extent, diagnostics: Diagnostics) -> list[NamedCommand]:
    if not target.version.knows(SEPARATE_REPOSITORY):
        diagnostics.error(
            "BP414", f"transfer needs Borg 2; this is {target.version}", target.repository.span
        )
        return []
    if not extent.options.source_repository:
        diagnostics.error(
            "BP413", "transfer needs a source", COMMAND_LINE, "--source-repository PATH"
        )
        return []
    options = extent.options
    if options.archive == LATEST:
        diagnostics.error(
            "BP413",
            "transfer needs the name of an archive",
            COMMAND_LINE,
            "or --last 1, for the newest",
        )
        return []
    chosen = target.chosen(options.archive) if options.archive else asked_for(target, options)
    start = ("transfer", *chosen, *logging(target, progress=extent))
    end = (
        *(["--from-borg1"] if options.from_borg1 else []),
        *(["--upgrader", options.upgrader] if options.upgrader else []),
        *repository_flags(target),
        *extra(target, "transfer"),
        *target.at(),
        *("--other-repo", extent.options.source_repository),
    )
    command = target.command((*start, *end), (*start, "--dry-run", *end))
    source = Claim(REPOSITORY, extent.options.source_repository, Mode.READ)
    return [NamedCommand("transfer", command, extent.called_for, claims=(source,))]
