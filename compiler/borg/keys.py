"""key-export, key-import, key-change-passphrase: the key of a repository, and what protects it."""

from __future__ import annotations

from ..plan.actions import Action
from ..plan.claims import FILES, Claim, Mode
from ..plan.titles import of_borg
from ..plan.words import SecretFile, SecretUse, Word
from ..source.diagnostic import Diagnostics
from ..source.span import COMMAND_LINE
from .action_inputs import Extent, NamedCommand, logging
from .read import into_file, is_there
from .target import Target, extra, flags

_NEW_PASSPHRASE = "BORG_NEW_PASSPHRASE"  # noqa: S105  # the name of a variable


def key_export(target: Target, extent: Extent, diagnostics: Diagnostics) -> list[NamedCommand]:
    """The key of a repository, into a file that must not exist yet, or to standard output."""
    options = extent.options
    if is_there(target, extent, diagnostics):
        return []
    argv: tuple[Word, ...] = (
        "key", "export", *(logging(target) if options.destination else ()),
        *flags(target, Action.KEY_EXPORT),
        *(["--paper"] if options.paper else []), *(["--qr-html"] if options.qr_html else []),
        *extra(target, "key_export"), *target.at(),
        *([options.destination] if options.destination else []),
    )  # fmt: skip
    command = into_file(target.command(argv, None), extent)
    files = (Claim(FILES, options.destination, Mode.WRITE),) if options.destination else ()
    return [
        NamedCommand(
            "key", command, extent.called_for, Mode.READ, files, title=of_borg("key export")
        )
    ]


def key_import(target: Target, extent: Extent, diagnostics: Diagnostics) -> list[NamedCommand]:
    """A key from a file. A run has no standard input, and nobody types the lines of a printed key into it."""
    options = extent.options
    if options.paper or len(options.paths) != 1 or options.paths[0] == "-":
        what = "--paper asks for lines: run borg key import --paper yourself"
        diagnostics.error(
            "BP413",
            "key-import needs the file that holds the key",
            COMMAND_LINE,
            what if options.paper else "--path FILE",
        )
        return []
    argv: tuple[Word, ...] = (
        "key", "import", *logging(target), *flags(target, Action.KEY_IMPORT),
        *extra(target, "key_import"), *target.at(), *options.paths,
    )  # fmt: skip
    command = target.command(argv, None)._replace(needs=options.paths)
    return [NamedCommand("key", command, extent.called_for, title=of_borg("key import"))]


def key_change_passphrase(
    target: Target, extent: Extent, diagnostics: Diagnostics
) -> list[NamedCommand]:
    """Another passphrase: from a file or descriptor, else what the environment has for it.

    Without one Borg takes the old passphrase for the new one (measured, 1.2 and 1.4), so that it is needed.
    """
    source = extent.options.new_passphrase
    if not source and _NEW_PASSPHRASE not in target.host.environment:
        diagnostics.error(
            "BP413",
            "key-change-passphrase needs the new passphrase",
            COMMAND_LINE,
            f"--new-passphrase FILE (or /dev/fd/N), or the variable {_NEW_PASSPHRASE}",
        )
        return []
    argv: tuple[Word, ...] = (
        "key", "change-passphrase", *logging(target), *flags(target, Action.KEY_CHANGE_PASSPHRASE),
        *extra(target, "key_change_passphrase"), *target.at(),
    )  # fmt: skip
    command = target.command(argv, None)
    given = ((_NEW_PASSPHRASE, (SecretUse(SecretFile(source)),)),) if source else ()
    command = command._replace(
        environment=tuple(sorted((*command.environment, *given), key=lambda pair: pair[0])),
        unset=tuple(name for name in command.unset if name != _NEW_PASSPHRASE),
        once=True,
        consent=f"changes the passphrase of {target.location}; "
        "every later run needs the new one in its configuration",
    )
    return [NamedCommand("key", command, extent.called_for, title=of_borg("key change-passphrase"))]
