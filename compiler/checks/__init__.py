"""Lint rules over what was compiled: one rule, one module, run in this order.

`lint` compiles each file for itself and lets ALL_CHECKS look at every one, in several processes; what
they find must not depend on other files. CHECKS_OF_ALL get the configurations of all files at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..compile import Compilation
from ..config import Configuration
from ..diagnostic import Diagnostics
from ..host import Host
from .alarm_coverage import alarm_coverage
from .cleanup_proof import cleanup_proof
from .file_modes import file_modes
from .script_modes import script_modes

Check = Callable[[Compilation, Host, Diagnostics], None]

CheckOfAll = Callable[[Sequence[Configuration], Host, Diagnostics], None]

ALL_CHECKS: tuple[Check, ...] = (
    cleanup_proof,
    alarm_coverage,
    file_modes,
    script_modes,
)
CHECKS_OF_ALL: tuple[CheckOfAll, ...] = ()


def run_checks(compilation: Compilation, host: Host, diagnostics: Diagnostics) -> None:
    """Let every rule for single files look at a compilation."""
    for check in ALL_CHECKS:
        check(compilation, host, diagnostics)
