"""mount and umount: archives as a file system, which stays after the run until somebody unmounts it."""

from __future__ import annotations

from ..plan.actions import Action
from ..plan.claims import FILES, Claim, Mode
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
from .archive_filters import first_and_last
from .target import Target, extra, flags
from .versions import SEPARATE_REPOSITORY


def mount(target: Target, extent: Extent, diagnostics: Diagnostics) -> list[NamedCommand]:
    """One archive, or all as folders. Borg goes on in the background; with `foreground` the step lasts as long as
    the mount. A dry run mounts nothing."""
    options = extent.options
    if not _has_mount_point("mount", extent, diagnostics):
        return []
    argv: tuple[Word, ...] = (
        "mount", *logging(target), *flags(target, Action.MOUNT), *first_and_last(options),
        *(["--foreground"] if options.foreground else []),
        *(["-o", options.mount_options] if options.mount_options else []), *extra(target, "mount"),
        *_what(target, extent), *paths((options.mount_point, *options.paths)),
    )  # fmt: skip
    command = target.command(argv, None)
    place = Claim(FILES, options.mount_point, Mode.WRITE)
    named = NamedCommand("mount", command, extent.called_for, Mode.READ, (place,))
    return on_archive(target, extent, named)


def _what(target: Target, extent: Extent) -> tuple[Word, ...]:
    """The archive that is asked for, else all of the repository."""
    name = extent.options.archive
    if not name:
        return target.at()
    archive: Word = NEWEST_ARCHIVE if name == LATEST else name
    if target.version.knows(SEPARATE_REPOSITORY):
        return (*target.chosen(archive), *target.at())
    return target.at(archive)


def umount(target: Target, extent: Extent, diagnostics: Diagnostics) -> list[NamedCommand]:
    """What `mount` has mounted; it needs no repository and no passphrase."""
    options = extent.options
    if not _has_mount_point("umount", extent, diagnostics):
        return []
    argv = (*logging(target), *extra(target, "umount"), *paths((options.mount_point,)))
    command = target.command(("umount", *argv), None)
    command = command._replace(environment=(), unset=(), passphrase=None)
    place = Claim(FILES, options.mount_point, Mode.WRITE)
    return [NamedCommand("umount", command, extent.called_for, None, (place,))]


def _has_mount_point(action: str, extent: Extent, diagnostics: Diagnostics) -> bool:
    """Whether the command line says where, which is an error (BP413) if not."""
    if extent.options.mount_point:
        return True
    diagnostics.error(
        "BP413", f"{action} needs a mount point", COMMAND_LINE, "--mount-point DIRECTORY"
    )
    return False
