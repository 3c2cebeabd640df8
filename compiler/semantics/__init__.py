"""What hooks mean, by generation: one profile per family of borgmatic releases, each a table."""

from __future__ import annotations

from .profile import HookPlace, Profile
from .v1_3 import PROFILE as V1_3

PROFILES: tuple[Profile, ...] = (V1_3,)

__all__ = ["PROFILES", "HookPlace", "Profile", "profile_named"]


def profile_named(name: str) -> Profile | None:
    """The profile of that name, if there is one."""
    return next((profile for profile in PROFILES if profile.name == name), None)
