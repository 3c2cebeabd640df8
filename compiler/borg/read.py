"""Actions that read: extract, export-tar, list, repo-list, info, repo-info, diff, break-lock.

A dry run answers questions all the same; what would write elsewhere has Borg's dry form, or none.
"""

from __future__ import annotations

from ..plan.actions import Action
from ..plan.claims import FILES, Claim, Mode
from ..plan.evidence import Product
from ..plan.words import Word
from ..plan.work import SHOWN, Process, Proof
from ..source.diagnostic import Diagnostics
from ..source.span import COMMAND_LINE
from .action_inputs import (
    LATEST,
    NEWEST_ARCHIVE,
    Extent,
    NamedCommand,
    form_of,
    logging,
    needs_archive,
    on_archive,
    paths,
    repository_flags,
)
from .action_options import ActionOptions
from .archive_filters import asked_for, selection_flags
from .target import Target, extra, flags
from .versions import SEPARATE_REPOSITORY

_OUTPUT = ("", "-")  # destinations that mean standard output


def extract(target: Target, extent: Extent, diagnostics: Diagnostics) -> list[NamedCommand]:
    """Into the destination, or where borgplan was started; never into `working_directory`."""
    archive = needs_archive("extract", target, extent, diagnostics)
    if archive is None:
        return []
    stripped = _strip(extent)
    start: tuple[Word, ...] = (
        "extract", *flags(target, Action.EXTRACT), *logging(target, progress=extent),
        *stripped, *(["--list"] if stripped else []), *extra(target, "extract"),
    )  # fmt: skip
    end = (*target.at(archive, location=_absolute(target)), *paths(extent.options.paths))
    command = target.command((*start, *end), (*start, "--dry-run", *end))
    command = command._replace(
        directory=_destination(target, extent),
        # What has no part of its path left isn't extracted, and Borg doesn't say so.
        proof=Proof.ITEMS if stripped else None,
    )
    files = Claim(FILES, command.directory or "", Mode.WRITE)
    return on_archive(
        target,
        extent,
        NamedCommand("extract", command, extent.called_for, Mode.READ, (files,)),
    )


def _absolute(target: Target) -> str:
    """The repository from anywhere: a relative path is relative to where Borg runs otherwise."""
    location = target.location
    if location.startswith("/") or ":" in location:
        return location
    return f"{_below(target.directory, target.host.directory)}/{location}"


def _destination(target: Target, extent: Extent) -> str | None:
    if not extent.options.destination:
        return None
    base = _below(target.directory, target.host.directory)
    return _below(extent.options.destination, base)


def into_file(command: Process, extent: Extent) -> Process:
    """A command that leaves a file, or gives its answer on standard output."""
    if extent.options.destination in _OUTPUT:
        return command._replace(output=SHOWN, proof=Proof.ANSWER)
    return command._replace(leaves=(Product(extent.options.destination),))


def is_there(target: Target, extent: Extent, diagnostics: Diagnostics) -> bool:
    """Whether the file to write exists, which is an error (BP415): it would be lost."""
    place = _destination(target, extent)
    if place is None or extent.options.destination in _OUTPUT or not target.host.exists(place):
        return False
    diagnostics.error("BP415", f"{place} already exists", COMMAND_LINE)
    return True


def _below(path: str | None, base: str) -> str:
    if not path:
        return base
    return path if path.startswith("/") else f"{base}/{path}"


def _strip(extent: Extent) -> tuple[str, ...]:
    """How many parts of paths to leave out; `all`: as many as the paths have before their last part."""
    wanted, paths = extent.options.strip_components, extent.options.paths
    if wanted == "all":
        depths = [len([part for part in path.split("/") if part]) for path in paths]
        wanted = str(max(depths) - 1) if depths else ""
    return ("--strip-components", wanted) if wanted and wanted != "0" else ()


def export_tar(target: Target, extent: Extent, diagnostics: Diagnostics) -> list[NamedCommand]:
    archive = needs_archive("export-tar", target, extent, diagnostics)
    if not extent.options.destination:
        diagnostics.error("BP413", "export-tar needs a file", COMMAND_LINE, "--destination FILE")
    if archive is None or not extent.options.destination or is_there(target, extent, diagnostics):
        return []
    stripped = _strip(extent)
    listed = (
        bool(stripped) or extent.options.list_details or target.settings.boolean("list_details")
    )
    argv: tuple[Word, ...] = (
        "export-tar", *logging(target), *repository_flags(target), *stripped,
        *(["--tar-filter", extent.options.tar_filter] if extent.options.tar_filter else []),
        *(["--list"] if listed else []), *extra(target, "export_tar"),
        *target.at(archive), *paths((extent.options.destination, *extent.options.paths)),
    )  # fmt: skip
    command = into_file(target.command(argv, None), extent)
    if stripped:
        command = command._replace(proof=Proof.ITEMS)
    to_output = extent.options.destination == "-"
    files = () if to_output else (Claim(FILES, extent.options.destination, Mode.WRITE),)
    return on_archive(
        target,
        extent,
        NamedCommand("export-tar", command, extent.called_for, Mode.READ, files),
    )


def repo_list(target: Target, extent: Extent) -> list[NamedCommand]:
    """The archives of a repository."""
    name = "repo-list" if target.version.knows(SEPARATE_REPOSITORY) else "list"
    options = extent.options
    argv: tuple[Word, ...] = (
        name, *logging(target), *asked_for(target, options),
        *_formatted(target, Action.REPO_LIST, "archive_list_format", options),
        *(["--deleted"] if options.deleted else []), *_form(extent), *(extra(target, "repo_list") or _extra_of_old(target, name)), *target.at(),
    )  # fmt: skip
    return [_answer(target, name, argv, extent)]


def _formatted(target: Target, action: Action, key: str, options: ActionOptions) -> tuple[str, ...]:
    """The flags of the options table, with the format of the command line in place of the option `key`."""
    if not options.list_format:
        return flags(target, action)
    return ("--format", options.list_format, *flags(target, action, without=frozenset({key})))


def _left_out(options: ActionOptions) -> tuple[str, ...]:
    """What of an archive isn't listed."""
    given = (
        ("--exclude", options.exclude), ("--exclude-from", options.exclude_from),
        ("--pattern", options.pattern), ("--patterns-from", options.patterns_from),
    )  # fmt: skip
    return tuple(word for flag, values in given for value in values for word in (flag, value))


def _extra_of_old(target: Target, name: str) -> tuple[str, ...]:
    return extra(target, "list") if name == "list" else ()


def listing(target: Target, extent: Extent, diagnostics: Diagnostics) -> list[NamedCommand]:
    """The files of an archive; without one, the archives."""
    options = extent.options
    if (options.find or options.paths or _left_out(options)) and needs_archive(
        "list", target, extent, diagnostics
    ) is None:
        return []
    if not options.archive:
        return repo_list(target, extent)
    archive: Word = options.archive
    if options.archive == LATEST:
        archive = NEWEST_ARCHIVE
    found = [f"sh:**/*{text}*/**" for text in options.find]
    argv: tuple[Word, ...] = (
        "list", *logging(target), *_formatted(target, Action.LIST, "file_list_format", options),
        *_left_out(options), *(["--short"] if options.short else []),
        *(["--json-lines"] if options.json else []), *extra(target, "list"),
        *target.at(archive), *paths((*options.paths, *found)),
    )  # fmt: skip
    return on_archive(target, extent, _answer(target, "list", argv, extent))


def info(target: Target, extent: Extent) -> list[NamedCommand]:
    """What archives hold."""
    options = extent.options
    chosen: tuple[Word, ...]
    if options.archive:
        archive: Word = NEWEST_ARCHIVE if options.archive == LATEST else options.archive
        chosen = (*target.chosen(archive), *selection_flags(options))
    else:
        chosen = asked_for(target, options)
    argv: tuple[Word, ...] = (
        "info", *logging(target), *chosen, *flags(target, Action.INFO), *_form(extent),
        *extra(target, "info"), *target.at(),
    )  # fmt: skip
    found = _answer(target, "info", argv, extent)
    if options.archive:
        found = found._replace(command=found.command._replace(proof=Proof.ANSWER))
    return on_archive(target, extent, found)


def repo_info(target: Target, extent: Extent) -> list[NamedCommand]:
    """What a repository is."""
    name = "repo-info" if target.version.knows(SEPARATE_REPOSITORY) else "info"
    more = extra(target, "repo_info") or (extra(target, "info") if name == "info" else ())
    argv: tuple[Word, ...] = (
        name, *logging(target), *flags(target, Action.REPO_INFO),
        *(["--json"] if extent.options.json else []), *more, *target.at(),
    )  # fmt: skip
    found = _answer(target, name, argv, extent)
    return [found._replace(command=found.command._replace(proof=Proof.ANSWER))]


def _form(extent: Extent) -> tuple[str, ...]:
    options = extent.options
    return (*(["--short"] if options.short else []), *(["--json"] if options.json else []))


def _answer(target: Target, name: str, argv: tuple[Word, ...], extent: Extent) -> NamedCommand:
    output = SHOWN._replace(form=form_of(argv))
    command = target.command(argv, argv)._replace(output=output)
    return NamedCommand(name, command, extent.called_for, Mode.READ)


def break_lock(target: Target, extent: Extent) -> list[NamedCommand]:
    argv: tuple[Word, ...] = (
        "break-lock", *logging(target), *flags(target, Action.BREAK_LOCK),
        *extra(target, "break_lock"), *target.at(),
    )  # fmt: skip
    return [NamedCommand("break-lock", target.command(argv, None), extent.called_for)]


def diff(target: Target, extent: Extent, diagnostics: Diagnostics) -> list[NamedCommand]:
    """What changed from one archive to another."""
    archive = needs_archive("diff", target, extent, diagnostics)
    options = extent.options
    second = options.second_archive
    if not second or second == LATEST:
        diagnostics.error(
            "BP413",
            "diff needs the name of a second archive",
            COMMAND_LINE,
            "--second-archive NAME",
        )
        return []
    if archive is None:
        return []
    argv: tuple[Word, ...] = (
        "diff", *logging(target), *flags(target, Action.DIFF),
        *(extent.patterns if options.only_patterns else ()),
        *(["--sort-by", options.sort_by] if options.sort_by else []),
        *(["--content-only"] if options.content_only else []),
        *(["--same-chunker-params"] if options.same_chunker_params else []),
        *extra(target, "diff"), *target.at(archive, second),
    )  # fmt: skip
    return on_archive(target, extent, _answer(target, "diff", argv, extent))
