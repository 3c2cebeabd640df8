"""Lint rules over what was compiled: one subject, one module, run in this order.

`lint` compiles each file for itself and lets the CHECKS look at every one, in several processes; what
they find must not depend on other files. `shared_use` is about all files.
"""

from __future__ import annotations

from collections.abc import Callable

from ..config.model import Configuration
from ..driver.compile import Compilation
from ..source.diagnostic import Diagnostics
from ..source.host import Host
from .rules.borgmatic_defects import borgmatic_defects
from .rules.check_options import checking
from .rules.file_modes import file_modes
from .rules.former_names import former_names
from .rules.host_keys import host_keys
from .rules.owners import owners
from .rules.plain_secrets import plain_secrets
from .rules.pruning import pruning
from .rules.sources import sources
from .rules.unseen_characters import unseen_characters
from .rules.zeros import zeros

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
        from .rules.of_hooks import run_checks_of_hooks

        run_checks_of_hooks(compilation, host, diagnostics)


def _has_hooks(configuration: Configuration) -> bool:
    own = any(repository.own for repository in configuration.repositories)
    return bool(configuration.hooks or configuration.commands or configuration.empty_hooks or own)
