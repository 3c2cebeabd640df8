"""Where borgplan keeps what has to outlive a run."""

from __future__ import annotations

import os
from collections.abc import Mapping

SYSTEM = "/var/lib/borgplan"


def state_directory(environment: Mapping[str, str], home: str, *, root: bool) -> str:
    """The first that is set of BORGPLAN_STATE_DIRECTORY and systemd's STATE_DIRECTORY; else, for root,
    /var/lib/borgplan, and for others `borgplan` in $XDG_STATE_HOME (~/.local/state).

    A relative one is below the home directory: it must not be another one in every working directory."""
    own = environment.get("BORGPLAN_STATE_DIRECTORY")
    # systemd gives several, joined by colons, to a unit that asks for several.
    given = own or environment.get("STATE_DIRECTORY", "").split(":")[0]
    if given:
        return os.path.join(home, given)
    if root:
        return SYSTEM
    return f"{environment.get('XDG_STATE_HOME') or f'{home}/.local/state'}/borgplan"


def journal_path(environment: Mapping[str, str], home: str) -> str:
    """The journal of this user on this machine."""
    return f"{state_directory(environment, home, root=os.geteuid() == 0)}/journal"
