"""Lint rules over what was compiled: one subject, one module, run in this order.

`lint` compiles each file for itself and lets ALL_CHECKS look at every one, in several processes; what
they find must not depend on other files. `shared_use` is about all files.
"""

from __future__ import annotations

from collections.abc import Callable

from ..compile import Compilation
from ..diagnostic import Diagnostics
from ..host import Host
from .alarm_coverage import alarm_coverage
from .borgmatic_defects import borgmatic_defects
from .checking import checking
from .cleanup_proof import cleanup_proof
from .dump_places import dump_places
from .empty_commands import empty_commands
from .file_modes import file_modes
from .former_names import former_names
from .generations import generations
from .hidden_failures import hidden_failures
from .last_test import last_test
from .never_running import never_running
from .plain_secrets import plain_secrets
from .pruning import pruning
from .quoted_placeholders import quoted_placeholders
from .repetition import repetition
from .script_modes import script_modes
from .secrets_in_commands import secrets_in_commands
from .soft_failures import soft_failures
from .success_after_failure import success_after_failure
from .zeros import zeros

Check = Callable[[Compilation, Host, Diagnostics], None]

ALL_CHECKS: tuple[Check, ...] = (
    # options
    former_names,
    zeros,
    borgmatic_defects,
    # hooks
    never_running,
    quoted_placeholders,
    success_after_failure,
    empty_commands,
    soft_failures,
    generations,
    repetition,
    last_test,
    # checks and retention
    checking,
    pruning,
    # proofs
    cleanup_proof,
    alarm_coverage,
    # safety
    file_modes,
    script_modes,
    plain_secrets,
    dump_places,
    secrets_in_commands,
    hidden_failures,
)


def run_checks(compilation: Compilation, host: Host, diagnostics: Diagnostics) -> None:
    """Let every rule for single files look at a compilation."""
    for check in ALL_CHECKS:
        check(compilation, host, diagnostics)
