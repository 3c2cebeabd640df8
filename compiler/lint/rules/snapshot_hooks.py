"""Snapshots that hooks take, mount and remove, and that an option could take: given back whatever fails."""

from __future__ import annotations

from collections.abc import Iterator
from posixpath import join, normpath

from ...analysis.claims import PairClaim, claims
from ...config.model import Configuration
from ...plan.model import Phase
from ...plan.titles import listed
from ...shell.lexer import program, simple_commands
from ...snapshots.hook_snapshots import HookSnapshot, hook_snapshot
from ...snapshots.layout import is_within
from ...source.diagnostic import Diagnostics
from ..rule import HookRule
from .hook_commands import HookCommand, Hooks

_PAIR = "snapshot"


def snapshot_hooks(hooks: Hooks, diagnostics: Diagnostics) -> None:
    """BP474: one for each command before a backup that takes a snapshot which a later one removes."""
    for found in hooks.commands:
        if not (found.hook.phase is Phase.ENTER and found.hook.fits_action("create")):
            continue
        for words in simple_commands(found.command.text):
            snapshot = hook_snapshot(words)
            if snapshot is not None:
                _could_be_an_option(hooks, found, snapshot, diagnostics)


def _could_be_an_option(
    hooks: Hooks, found: HookCommand, snapshot: HookSnapshot, diagnostics: Diagnostics
) -> None:
    same_file = [one for one in hooks.commands if one.configuration is found.configuration]
    taken = [claim for claim in claims(found.command.text) if _is_taken(claim)]
    removals = [one for one in same_file if _releases(one, taken)]
    if not removals:
        return
    places = _places(snapshot, same_file)
    concerned = [found, *removals, *(one for one in same_file if _mounts(one, places))]
    lines = sorted({one.command.span.line for one in concerned})
    sources = "".join(
        f", with {new} as a source in place of {old}"
        for old, new in _moved(found.configuration, snapshot, places)
    )
    numbers = listed(list(map(str, lines)))
    diagnostics.note(
        "BP474",
        f"`{snapshot.kind}:` can take this snapshot of {snapshot.volume}, read sources from it, and remove it whatever fails",
        found.command.span,
        f"write `{snapshot.kind}:`{sources}, and remove what lines {numbers} do for the snapshot"
        if len(lines) > 1
        else f"write `{snapshot.kind}:`{sources}, and remove what line {numbers} does for the snapshot",
    )


def _is_taken(claim: PairClaim) -> bool:
    return claim.taking and claim.pair.name == _PAIR


def _releases(one: HookCommand, taken: list[PairClaim]) -> bool:
    if one.hook.phase is Phase.ENTER:
        return False
    return any(t.undone_by(claim) for claim in claims(one.command.text) for t in taken)


def _places(snapshot: HookSnapshot, commands: list[HookCommand]) -> list[str]:
    """Where the files of a snapshot are seen: its own place, and where it is mounted."""
    found = [snapshot.place] if snapshot.kind == "btrfs" else []
    for one in commands:
        for words in simple_commands(one.command.text):
            named = words[-2:-1]
            if (
                any(program(word) == "mount" for word in words)
                and snapshot.place
                and snapshot.place in named
            ):
                found.append(normpath(words[-1]))
    return found


def _mounts(one: HookCommand, places: list[str]) -> bool:
    """Whether a command mounts or unmounts something at one of these places."""
    for words in simple_commands(one.command.text):
        if any(program(word) in ("mount", "umount") for word in words) and any(
            normpath(word) in places for word in words[1:]
        ):
            return True
    return False


def _moved(
    configuration: Configuration, snapshot: HookSnapshot, places: list[str]
) -> Iterator[tuple[str, str]]:
    """Sources within a snapshot, and the same files in the volume itself."""
    for source in configuration.settings.texts("source_directories"):
        path = normpath(source.text)
        place = next((place for place in places if is_within(path, place)), "")
        rest = path[len(place) :].lstrip("/")
        if snapshot.kind == "zfs" and snapshot.place in path:
            yield path, path.replace(snapshot.place, "", 1) or "/"
        elif place and snapshot.kind == "btrfs":
            yield path, join(snapshot.volume, rest) if rest else snapshot.volume
        elif place:
            where = f"the folder where {snapshot.volume} is mounted"
            yield path, f"{rest} in {where}" if rest else where


RULES = (HookRule(("BP474",), snapshot_hooks),)
