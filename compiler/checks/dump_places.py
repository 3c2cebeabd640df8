"""Dumps where others can read them, and two files that write the same one."""

from __future__ import annotations

import re

from ..compile import Compilation
from ..diagnostic import Diagnostic, Diagnostics, Severity
from ..host import Host
from ..source import Span
from .hook_commands import DUMP, HookCommand, hook_commands

_SHARED = re.compile(
    r"(?:>\s*|\s-[fo]\s*|=|\.backup\s+)[\"']?((?:/tmp|/var/tmp|/dev/shm)/[^\s\"';|&]+)"
)
_WRITTEN = re.compile(r"(?<!>)>\s*[\"']?(/[^\s\"';|&)$`]+)")
_ELSEWHERE = re.compile(r"\b(?:docker|podman|kubectl|pct|qm|ssh|lxc)\b")


def dump_places(compilation: Compilation, _host: Host, diagnostics: Diagnostics) -> None:
    """BP613: a dump in a directory for everybody. BP344: the same dump of two configuration files."""
    written: dict[str, tuple[str, Span]] = {}
    for found in hook_commands(compilation):
        if not DUMP.search(found.command.text):
            continue
        _in_shared_directory(found, diagnostics)
        for path in _WRITTEN.findall(found.command.text):
            file, span = written.setdefault(path, (found.configuration.path, found.command.span))
            if file != found.configuration.path and not path.startswith("/dev/"):
                diagnostics.append(
                    Diagnostic(
                        "BP344",
                        Severity.WARNING,
                        f"another configuration file writes {path} too: one dump replaces the other",
                        found.command.span,
                        "give each its own name",
                        (("the other one", span),),
                    )
                )


def _in_shared_directory(found: HookCommand, diagnostics: Diagnostics) -> None:
    text, settings = found.command.text, found.configuration.settings
    match = _SHARED.search(text)
    if match is None or "umask" in text or "mktemp" in text:
        return
    if _ELSEWHERE.search(text) and not match[0].startswith(">"):
        return  # a path of another machine
    if settings.integer("hooks_umask") or settings.integer("umask"):
        return
    diagnostics.warning(
        "BP613",
        f"everybody on this machine can read {match[1]}, and put a file of that name there beforehand",
        found.command.span,
        "write to a directory of your own, with `umask 077;` before",
    )
