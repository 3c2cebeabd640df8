"""Hook commands that do nothing."""

from __future__ import annotations

from ..compile import Compilation
from ..diagnostic import Diagnostics
from ..host import Host
from .hook_commands import hook_commands


def empty_commands(compilation: Compilation, _host: Host, diagnostics: Diagnostics) -> None:
    """BP324: nothing, or nothing but comments."""
    for found in hook_commands(compilation):
        lines = (line.strip() for line in found.command.text.splitlines())
        if all(not line or line.startswith("#") for line in lines):
            diagnostics.warning(
                "BP324",
                "this command is empty: the shell runs nothing, and that goes well",
                found.command.span,
                "remove the item",
            )
