"""Configuration files hold passphrases and commands that run as root: who may read, who may write?"""

from __future__ import annotations

import stat

from ...driver.compile import Compilation
from ...source.diagnostic import Diagnostics
from ...source.host import Host
from ...source.span import Span
from ..rule import Rule


def file_modes(compilation: Compilation, host: Host, diagnostics: Diagnostics) -> None:
    """BP601: readable by others. BP602: writable by the group or by others."""
    for path in compilation.texts:
        status = host.status(path)
        if status is None or not status.regular:
            continue
        writable = status.mode & (stat.S_IWGRP | stat.S_IWOTH)
        if writable:
            who = "everybody" if writable & stat.S_IWOTH else "its group"
            diagnostics.warning(
                "BP602",
                f"{who} can write this file (mode {status.mode:04o}) and so run commands as the user who runs the backup",
                Span(path),
                f"chmod go-w {path}",
            )
        if status.mode & stat.S_IROTH:
            diagnostics.warning(
                "BP601",
                f"everybody can read this file (mode {status.mode:04o})",
                Span(path),
                f"chmod o-rwx {path}",
            )


RULES = (Rule(("BP601", "BP602"), file_modes),)
