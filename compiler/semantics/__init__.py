"""What hooks mean, by generation: one profile per family of borgmatic releases, each a table.

Goes in: tables of what releases of borgmatic do with hooks. Imports: config and the rooms before it.

Adding a release that changes something is adding a profile here, usually one that replaces a field
or two of the one before.
"""

from __future__ import annotations

from .profile import CommandPlace, HookPlace, Profile
from .v1_5 import V1_3, V1_4_12, V1_4_21, V1_5, V1_5_23
from .v1_8 import (
    V1_6,
    V1_7,
    V1_7_9,
    V1_7_10,
    V1_7_12,
    V1_8,
    V1_8_7,
    V1_8_10,
    V1_8_12,
    V1_9,
)  # fmt: skip
from .v2 import (
    V2_0,
    V2_0_0,
    V2_0_2,
    V2_0_3,
    V2_0_4,
    V2_1,
    V2_1_0,
    V2_1_2,
    V2_1_3,
    V2_1_8,
    V2_1_9,
)  # fmt: skip

# In the order of their releases.
PROFILES: tuple[Profile, ...] = (
    V1_3, V1_4_12, V1_4_21, V1_5, V1_5_23, V1_6, V1_7, V1_7_9, V1_7_10, V1_7_12, V1_8, V1_8_7,
    V1_8_10, V1_8_12, V1_9, V2_0_0, V2_0_2, V2_0_3, V2_0_4, V2_0, V2_1_0, V2_1_2, V2_1_3, V2_1_8,
    V2_1_9, V2_1,
)  # fmt: skip
OLDEST, NEWEST = PROFILES[0], PROFILES[-1]

__all__ = ["NEWEST", "OLDEST", "PROFILES", "CommandPlace", "HookPlace", "Profile", "profile_named"]


def profile_named(name: str) -> Profile | None:
    """The profile of that name, or of the family that a release number such as 1.5.24 belongs to.

    `1.7` means the newest release of that series; None for what isn't known.
    """
    named = next((profile for profile in PROFILES if profile.name == name), None)
    if named is not None:
        return named
    numbers = name.split(".")
    if not all(number.isascii() and number.isdigit() for number in numbers) or len(numbers) > 3:
        return None
    release = tuple(int(number) for number in numbers)
    if len(release) < 3:
        release += (10_000,) * (3 - len(release))
    if release < OLDEST.first or release[:2] > NEWEST.first[:2]:
        return None
    return [profile for profile in PROFILES if profile.first <= release][-1]
