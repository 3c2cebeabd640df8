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

            return check(target, extent)
        case _:
            return _seldom(action, target, extent, diagnostics)


def _seldom(
    action: Action, target: Target, extent: Extent, diagnostics: Diagnostics
) -> list[NamedCommand]:
    """Actions that are asked for by name; their modules are loaded only then."""
    from .keys import key_change_passphrase, key_export, key_import
    from .mounting import mount, umount
    from .passthrough import borg
    from .read import (
        break_lock,
        diff,
        export_tar,
        extract,
        info,
        listing,
        repo_info,
        repo_list,
    )
    from .rewriting import recreate, repo_delete
    from .write import delete, repo_create, transfer

    match action:
        case Action.REPO_CREATE:
            return repo_create(target, extent, diagnostics)
        case Action.TRANSFER:
            return transfer(target, extent, diagnostics)
        case Action.DELETE:
            return delete(target, extent, diagnostics)
        case Action.EXTRACT:
            return extract(target, extent, diagnostics)
        case Action.EXPORT_TAR:
            return export_tar(target, extent, diagnostics)
        case Action.REPO_LIST:
            return repo_list(target, extent)
        case Action.LIST:
            return listing(target, extent, diagnostics)
        case Action.REPO_INFO:
            return repo_info(target, extent)
        case Action.INFO:
            return info(target, extent)
        case Action.BREAK_LOCK:
            return break_lock(target, extent)
        case Action.KEY_EXPORT:
            return key_export(target, extent, diagnostics)
        case Action.KEY_IMPORT:
            return key_import(target, extent, diagnostics)
        case Action.KEY_CHANGE_PASSPHRASE:
            return key_change_passphrase(target, extent, diagnostics)
        case Action.MOUNT:
            return mount(target, extent, diagnostics)
        case Action.UMOUNT:
            return umount(target, extent, diagnostics)
        case Action.RECREATE:
            return recreate(target, extent, diagnostics)
        case Action.REPO_DELETE:
            return repo_delete(target, extent)
        case Action.DIFF:
            return diff(target, extent, diagnostics)
        case Action.BORG:
            return borg(target, extent, diagnostics)
        case Action.CREATE | Action.PRUNE | Action.COMPACT | Action.CHECK:
            raise ValueError(action)  # `commands` knows them
