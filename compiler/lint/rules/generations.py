"""Files that mean something else to another generation of borgmatic, and don't say which they are for."""

from __future__ import annotations

from ...config.model import Configuration
from ...driver.compile import Compilation
from ...semantics import NEWEST, PROFILES, HookPlace, Profile
from ...shell.printing import only_prints
from ...source.diagnostic import Diagnostics
from ...source.host import Host
from ..rule import Rule
from .hook_commands import profile_of

# The first release that reads options outside of sections.
_FLAT = (1, 8, 0)


def generations(compilation: Compilation, _host: Host, diagnostics: Diagnostics) -> None:
    """BP330: one note for each file whose hooks have moved. One that only prints does no harm anywhere."""
    guessed = compilation.generations.guessed if compilation.generations else ()
    profile = profile_of(compilation)
    for configuration in compilation.configurations:
        if configuration.path not in guessed or not configuration.hooks:
            continue
        other = _other(configuration, profile)
        moved = _moved(configuration, profile, other)
        if moved is None:
            continue
        here, there = moved
        diagnostics.note(
            "BP330",
            f"`{here.kind.value}` runs {here.why} in borgmatic {profile.name}, which is assumed as no release is "
            f"specified; in borgmatic {other.name} it runs {there.why}",
            next(h.span for h in configuration.hooks if h.kind is here.kind),
            f"specify the release in borgplan.yaml (`semantics: {profile.name}`); "
            f"to see the difference: borgplan plan --against-semantics {other.name} {configuration.path}",
        )


def _other(configuration: Configuration, profile: Profile) -> Profile:
    """The generation furthest from the chosen one that reads such a file."""
    if profile is not NEWEST:
        return NEWEST
    kinds = {hook.kind for hook in configuration.hooks}
    return next(
        (
            p
            for p in PROFILES
            if kinds <= p.known_hooks and (configuration.sectioned or p.first >= _FLAT)
        ),
        NEWEST,
    )


def _moved(
    configuration: Configuration, profile: Profile, other: Profile
) -> tuple[HookPlace, HookPlace] | None:
    """A hook that runs after other endings there, else one that hangs elsewhere; here and there."""
    there = {place.kind: place for place in other.hooks}
    kinds = {
        hook.kind
        for hook in configuration.hooks
        if not all(only_prints(command.text) for command in hook.commands)
    }
    pairs = [(p, there[p.kind]) for p in profile.hooks if p.kind in kinds and p.kind in there]
    moved = [pair for pair in pairs if pair[0].trigger is not pair[1].trigger]
    moved += [pair for pair in pairs if pair[0].scope is not pair[1].scope]
    return moved[0] if moved else None


RULES = (Rule(("BP330",), generations),)
