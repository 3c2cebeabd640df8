"""Sources that are symbolic links: Borg follows none, and stores the link itself."""

from __future__ import annotations

import posixpath

from ..source.diagnostic import Diagnostics
from .pattern_lines import ROOTS
from .patterns import Selection
from .target import Target


def check_links(target: Target, chosen: Selection, diagnostics: Diagnostics) -> None:
    """BP443, where a source is a link on this machine. Measured: a slash at the end changes nothing,
    and a link above the source is followed by the operating system."""
    for written in chosen.written:
        if written.line.letter not in ROOTS:
            continue
        path = posixpath.normpath(written.line.value)
        leads_to = target.host.link(posixpath.join(target.directory or "", path))
        if leads_to is not None:
            diagnostics.warning(
                "BP443",
                f"{written.where}{path} is a symbolic link to {leads_to}: the archive will contain "
                "the link and none of the files behind it",
                written.span,
                f"name {posixpath.normpath(posixpath.join(posixpath.dirname(path), leads_to))} instead, "
                "or both",
            )
