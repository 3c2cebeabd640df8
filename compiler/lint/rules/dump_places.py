"""Dumps where others can read them."""

from __future__ import annotations

from collections.abc import Iterator

from ...config.hook_texts import hook_texts
from ...driver.compile import Compilation
from ...source.diagnostic import Diagnostics
from ...support.regex import lazily
from ..rule import HookRule
from .hook_commands import HookCommand, Hooks, dumps_data, hooks_of

_SHARED = lazily(
    r"(?:>\s*|\s-[fo]\s*|=|\.backup\s+)[\"']?((?:/tmp|/var/tmp|/dev/shm)/[^\s\"';|&]+)"
)
_WRITTEN = lazily(r"(?<!>)>\s*[\"']?(/[^\s\"';|&)$`]+)")
ELSEWHERE = lazily(r"\b(?:docker|podman|kubectl|pct|qm|ssh|lxc)\b")


def dump_places(hooks: Hooks, diagnostics: Diagnostics) -> None:
    """BP613: a dump in a directory for everybody."""
    for found in hooks.commands:
        if dumps_data(found.command.text):
            _in_shared_directory(found, diagnostics)


def dumps(compilation: Compilation) -> Iterator[tuple[str, HookCommand]]:
    """The files that dumps are written to, where their names are plain."""
    hooks = hook_texts(compilation.configurations)
    if not any(dumps_data(command.text) for hook in hooks for command in hook):
        return
    for found in hooks_of(compilation).commands:
        if dumps_data(found.command.text):
            for path in _WRITTEN.findall(found.command.text):
                if not path.startswith("/dev/"):
                    yield path, found


def _in_shared_directory(found: HookCommand, diagnostics: Diagnostics) -> None:
    text, settings = found.command.text, found.configuration.settings
    match = _SHARED.search(text)
    if match is None or "umask" in text or "mktemp" in text:
        return
    if ELSEWHERE.search(text) and not match[0].startswith(">"):
        return  # a path of another machine
    if settings.integer("hooks_umask") or settings.integer("umask"):
        return
    diagnostics.warning(
        "BP613",
        f"everybody on this machine can read {match[1]}, and can put a file of that name there beforehand",
        found.command.span,
        "write to a private directory, after `umask 077;`",
    )


RULES = (HookRule(("BP613",), dump_places),)
