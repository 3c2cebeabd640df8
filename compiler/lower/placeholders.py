"""Braces in hook commands that look like placeholders and are none there."""

from __future__ import annotations

import re
from collections.abc import Set

from ..source.diagnostic import Diagnostics, did_you_mean
from ..source.span import Text

# The names that some hook of some generation fills in.
KNOWN = (
    "configuration_filename", "error", "log_file", "output", "repositories", "repository",
    "repository_label",
)  # fmt: skip
_NAME = re.compile(r"(?<![\\$])\{([a-z_]+)\}")


def check_placeholders(command: Text, available: Set[str], diagnostics: Diagnostics) -> None:
    """Record names that this hook doesn't fill in (BP307), and misspelt ones (BP308); they stay as text."""
    if "{" not in command.text:
        return
    for name in dict.fromkeys(_NAME.findall(command.text)):
        if name in available:
            continue
        if name in KNOWN:
            diagnostics.warning(
                "BP307",
                f"`{{{name}}}` is not available in this hook and is not replaced",
                command.span,
                f"available: {', '.join(f'{{{known}}}' for known in sorted(available)) or 'none'}",
            )
        elif hint := did_you_mean(name, KNOWN):
            diagnostics.warning(
                "BP308",
                f"`{{{name}}}` is not a placeholder and is not replaced",
                command.span,
                hint,
            )
