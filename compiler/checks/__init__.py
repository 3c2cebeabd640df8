"""Lint rules over what was compiled: one rule, one module, run in this order."""

from __future__ import annotations

from collections.abc import Callable

from ..compile import Compilation
from ..diagnostic import Diagnostics
from ..host import Host
from .alarm_coverage import alarm_coverage
from .cleanup_proof import cleanup_proof
from .file_modes import file_modes
from .script_modes import script_modes

Check = Callable[[Compilation, Host, Diagnostics], None]

ALL_CHECKS: tuple[Check, ...] = (
    cleanup_proof,
    alarm_coverage,
    file_modes,
    script_modes,
)


def run_checks(compilation: Compilation, host: Host, diagnostics: Diagnostics) -> None:
    """Let every rule look at the compilation."""
    for check in ALL_CHECKS:
        check(compilation, host, diagnostics)
