"""Options of snapshots that do nothing, or too little."""

from __future__ import annotations

from collections.abc import Iterator

from ...config.option_names import SNAPSHOT_NAMES
from ...config.settings import Settings
from ...driver.compile import Compilation
from ...plan.actions import Action
from ...snapshots.sizes import SIZES, size_of
from ...source.diagnostic import Diagnostics
from ...source.host import Host
from ..rule import Rule

_LEAST_PART = 3  # percent of the volume
_LEAST_BYTES = 64 << 20


def snapshot_options(compilation: Compilation, _host: Host, diagnostics: Diagnostics) -> None:
    """BP475: no `create` that could use snapshots. BP476: the size of LVM's snapshots."""
    for settings in _settings(compilation):
        by_key = settings.by_key
        for name in SNAPSHOT_NAMES:
            if name in by_key and _skips_create(settings):
                diagnostics.warning(
                    "BP475",
                    f"`{name}` has no effect: `skip_actions` leaves out `create`",
                    by_key[name].span,
                )
        _size(settings, diagnostics)


def _settings(compilation: Compilation) -> Iterator[Settings]:
    for configuration in compilation.configurations:
        yield configuration.settings
        for repository in configuration.repositories:
            if repository.own is not None:
                yield configuration.of(repository).settings


def _skips_create(settings: Settings) -> bool:
    return any(text.text == Action.CREATE.value for text in settings.texts("skip_actions"))


def _size(settings: Settings, diagnostics: Diagnostics) -> None:
    text = settings.text("lvm.snapshot_size")
    if text is None:
        return
    span = settings.by_key["lvm.snapshot_size"].span
    size = size_of(text)
    if size is None:
        diagnostics.warning(
            "BP476",
            f"`{text}` is not a size that lvcreate takes: no snapshot will be taken",
            span,
            f"forms: {SIZES}",
        )
    elif size.part < _LEAST_PART if size.part else size.bytes < _LEAST_BYTES:
        diagnostics.warning(
            "BP476",
            f"a snapshot of {text} is full as soon as so much changes in the volume; Borg can't read the rest of it then",
            span,
            "leave it out (10%ORIGIN), or as much as is written while a backup runs, and more",
        )


RULES = (Rule(("BP475", "BP476"), snapshot_options),)
