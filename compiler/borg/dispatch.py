"""Actions to their Borg commands, each with a name and a reason."""

from __future__ import annotations

from ..plan.actions import Action
from ..source.diagnostic import Diagnostics
from .action_inputs import Extent, NamedCommand
from .create import create
from .target import Target
from .write import compact, freeing, prune


def commands(
    action: Action, target: Target, extent: Extent, diagnostics: Diagnostics
) -> list[NamedCommand] | None:
    """The commands of one action on one repository: none if there is nothing to do, None if the
    configuration leaves this repository out of the action."""
    match action:
        case Action.CREATE:
            return create(target, extent)
        case Action.PRUNE:
            return [*prune(target, extent, diagnostics), *freeing(target, extent)]
        case Action.COMPACT:
            return compact(target, extent)
        case Action.CHECK:
            from .check import check

            return check(target, extent, diagnostics)
        case _:
            return _seldom(action, target, extent, diagnostics)


def _seldom(
    action: Action, target: Target, extent: Extent, diagnostics: Diagnostics
) -> list[NamedCommand]:
    """Actions that are asked for by name; their modules are loaded only then."""
    from . import keys, mounting, passthrough, rewriting, write

    match action:
        case Action.REPO_CREATE:
            return write.repo_create(target, extent, diagnostics)
        case Action.TRANSFER:
            return write.transfer(target, extent, diagnostics)
        case Action.DELETE:
            return write.delete(target, extent, diagnostics)
        case Action.KEY_EXPORT:
            return keys.key_export(target, extent, diagnostics)
        case Action.KEY_IMPORT:
            return keys.key_import(target, extent, diagnostics)
        case Action.KEY_CHANGE_PASSPHRASE:
            return keys.key_change_passphrase(target, extent, diagnostics)
        case Action.MOUNT:
            return mounting.mount(target, extent, diagnostics)
        case Action.UMOUNT:
            return mounting.umount(target, extent, diagnostics)
        case Action.RECREATE:
            return rewriting.recreate(target, extent, diagnostics)
        case Action.REPO_DELETE:
            return rewriting.repo_delete(target, extent)
        case Action.BORG:
            return passthrough.borg(target, extent, diagnostics)
        case _:
            return _reading(action, target, extent, diagnostics)


def _reading(
    action: Action, target: Target, extent: Extent, diagnostics: Diagnostics
) -> list[NamedCommand]:
    """Of these, those that change nothing in a repository."""
    from . import read

    match action:
        case Action.EXTRACT:
            return read.extract(target, extent, diagnostics)
        case Action.EXPORT_TAR:
            return read.export_tar(target, extent, diagnostics)
        case Action.REPO_LIST:
            return read.repo_list(target, extent)
        case Action.LIST:
            return read.listing(target, extent, diagnostics)
        case Action.REPO_INFO:
            return read.repo_info(target, extent)
        case Action.INFO:
            return read.info(target, extent)
        case Action.BREAK_LOCK:
            return read.break_lock(target, extent)
        case Action.DIFF:
            return read.diff(target, extent, diagnostics)
        case _:
            raise ValueError(action)  # the others are known above
