"""What is said of snapshots beforehand: kinds that nothing is read from, and programs that aren't there."""

from __future__ import annotations

from collections.abc import Sequence

from ..config.settings import Settings
from ..plan.words import Word
from ..source.diagnostic import Diagnostics
from ..source.host import Host
from ..source.span import Span
from .kind import Kind
from .layout import Layout

_VOLUMES = {"btrfs": "subvolume", "zfs": "dataset", "lvm": "logical volume"}


def check_effect(
    settings: Settings, kinds: Sequence[Kind], found: Layout, diagnostics: Diagnostics
) -> None:
    """BP475: an option of which no source has a use."""
    used = {volume.kind for volume in found.volumes}
    for kind in kinds:
        if kind.name not in used:
            diagnostics.warning(
                "BP475",
                f"`{kind.name}` has no effect: no source lies in a {_VOLUMES[kind.name]} that is mounted",
                settings.by_key[kind.name].span,
            )


def check_programs(
    argvs: Sequence[tuple[Word, ...]], host: Host, span: Span, diagnostics: Diagnostics
) -> None:
    """BP477: programs that take snapshots or give them back, and that aren't on this machine."""
    for program in dict.fromkeys(str(argv[0]) for argv in argvs):
        if not _is_there(program, host):
            diagnostics.warning(
                "BP477",
                f"the program `{program}` is not on this machine: snapshots are not taken, or stay",
                span,
                "install it, or name its path in the option that ends in `_command`",
            )


def _is_there(program: str, host: Host) -> bool:
    if "/" in program:
        return host.exists(program)
    path = host.environment.get("PATH") or "/usr/local/bin:/usr/bin:/bin"
    return any(host.exists(f"{folder}/{program}") for folder in path.split(":") if folder)
