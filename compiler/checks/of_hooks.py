"""The rules about hooks, in the order in which they run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .dump_places import dump_places
from .empty_commands import empty_commands
from .generations import generations
from .hidden_failures import hidden_failures
from .last_test import last_test
from .never_running import never_running
from .proofs import proofs
from .quoted_placeholders import quoted_placeholders
from .repetition import repetition
from .script_modes import script_modes
from .secrets_in_commands import secrets_in_commands
from .soft_failures import soft_failures
from .success_after_failure import success_after_failure

if TYPE_CHECKING:
    from . import Check

CHECKS_OF_HOOKS: tuple[Check, ...] = (
    never_running,
    quoted_placeholders,
    success_after_failure,
    empty_commands,
    soft_failures,
    generations,
    repetition,
    last_test,
    hidden_failures,
    proofs,
    # safety
    script_modes,
    dump_places,
    secrets_in_commands,
)
