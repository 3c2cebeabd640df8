"""Dumps that get the usual mode of a file, so that everybody can read them."""

from __future__ import annotations

import posixpath
import stat

from ...driver.compile import Compilation
from ...plan.model import Phase
from ...source.diagnostic import Diagnostics
from ...source.host import Host
from ...support.regex import lazily
from ..rule import Rule
from .dump_places import ELSEWHERE
from .hook_commands import dumps_data, hooks_of

_MADE = lazily(
    r"(?:(?<![\d&>])>\s*|\s-[fo]\s*|--(?:file|result-file|out|archive)[= ]|\.backup\s+)[\"']?(/[^\s\"';|&)`]+)"
)
_PROTECTED = lazily(r"\b(?:umask|chmod|mktemp|install|setfacl)\b")
_SHARED_FOLDERS = ("/tmp/", "/var/tmp/", "/dev/")  # noqa: S108  # of BP613, and no files


def dump_modes(compilation: Compilation, host: Host, diagnostics: Diagnostics) -> None:
    """BP619: a dump that everybody can read, as nothing says otherwise; not in a folder that others can't enter."""
    for found in hooks_of(compilation).commands:
        text, settings = found.command.text, found.configuration.settings
        if found.hook.phase is not Phase.ENTER or not dumps_data(text) or _PROTECTED.search(text):
            continue
        if settings.integer("hooks_umask") or settings.integer("umask"):
            continue
        for match in _MADE.finditer(text):
            path = match[1]
            elsewhere = ELSEWHERE.search(text) and not match[0].startswith(">")
            if elsewhere or path.startswith(_SHARED_FOLDERS) or _is_private(path, host):
                continue
            diagnostics.note(
                "BP619",
                f"unless its folder is private, everybody on this machine can read {path}",
                found.command.span,
                "begin with `umask 077;`, or set `umask: 77`",
            )
            break


def _is_private(path: str, host: Host) -> bool:
    """Whether others can't enter one of the folders of a path."""
    folder = posixpath.dirname(path)
    while len(folder) > 1:
        status = host.status(folder)
        if status is not None and not status.mode & stat.S_IXOTH:
            return True
        folder = posixpath.dirname(folder)
    return False


RULES = (Rule(("BP619",), dump_modes),)
