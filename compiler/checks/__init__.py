"""Lint rules over what was compiled: one subject, one module, run in this order.

`lint` compiles each file for itself and lets the CHECKS look at every one, in several processes; what
they find must not depend on other files. `shared_use` is about all files.
"""

from __future__ import annotations

from collections.abc import Callable

from ..compile import Compilation
from ..config import Configuration
from ..diagnostic import Diagnostics
from ..host import Host
from .borgmatic_defects import borgmatic_defects
from .checking import checking
from .file_modes import file_modes
from .former_names import former_names
from .host_keys import host_keys
from .owners import owners
from .plain_secrets import plain_secrets
from .pruning import pruning
from .sources import sources
from .unseen_characters import unseen_characters
from .zeros import zeros

Check = Callable[[Compilation, Host, Diagnostics], None]

CHECKS: tuple[Check, ...] = (
    # options
    former_names,
    zeros,
    borgmatic_defects,
    # checks and retention
    checking,
    pruning,
    # what is backed up
    sources,
    # safety
    file_modes,
    host_keys,
    owners,
    plain_secrets,
    unseen_characters,
)


def run_checks(compilation: Compilation, host: Host, diagnostics: Diagnostics) -> None:
    """Let every rule look at the compilation; those about hooks are loaded where there are any."""
    for check in CHECKS:
        check(compilation, host, diagnostics)
    if any(_has_hooks(configuration) for configuration in compilation.configurations):
        from .of_hooks import run_checks_of_hooks

        run_checks_of_hooks(compilation, host, diagnostics)


def _has_hooks(configuration: Configuration) -> bool:
    own = any(repository.own for repository in configuration.repositories)
    return bool(configuration.hooks or configuration.commands or configuration.empty_hooks or own)
