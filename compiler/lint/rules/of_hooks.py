"""The rules for files with hooks, in the order in which they run."""

from __future__ import annotations

from collections.abc import Callable

from ...driver.compile import Compilation
from ...source.diagnostic import Diagnostics
from ...source.host import Host
from ...support.record import TYPE_CHECKING
from .dump_places import dump_places
from .empty_commands import empty_commands
from .fragile_notices import fragile_notices
from .generations import generations
from .gone_early import gone_early
from .hidden_failures import hidden_failures
from .hook_commands import Hooks, hooks_of
from .last_test import last_test
from .nested_runs import nested_runs
from .never_running import never_running
from .proofs import proofs
from .quiet_failures import quiet_failures
from .quoted_placeholders import quoted_placeholders
from .repetition import repetition
from .script_modes import script_modes
from .secrets_in_commands import secret_addresses, secrets_in_commands
from .soft_failures import soft_failures
from .success_after_failure import success_after_failure
from .values_in_hooks import neutral_values, raw_values_as_code

if TYPE_CHECKING:
    from ..registry import Check

# What is to be seen in single hooks.
_CHECKS_OF_HOOKS: tuple[Callable[[Hooks, Diagnostics], None], ...] = (
    never_running,
    quoted_placeholders,
    success_after_failure,
    empty_commands,
    soft_failures,
    repetition,
    last_test,
    nested_runs,
    quiet_failures,
    fragile_notices,
    # safety
    dump_places,
    secrets_in_commands,
    secret_addresses,
    neutral_values,
    raw_values_as_code,
)

# What is about all hooks of a file, or about more than their texts.
_CHECKS_OF_FILES: tuple[Check, ...] = (
    generations,
    hidden_failures,
    gone_early,
    proofs,
    script_modes,
)


def run_checks_of_hooks(compilation: Compilation, host: Host, diagnostics: Diagnostics) -> None:
    """Let every rule about hooks look at the compilation."""
    hooks = hooks_of(compilation)
    for check in _CHECKS_OF_HOOKS:
        check(hooks, diagnostics)
    for check_of_file in _CHECKS_OF_FILES:
        check_of_file(compilation, host, diagnostics)
