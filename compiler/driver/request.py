"""What a command line says that shapes a plan."""

from __future__ import annotations

from ..borg.action_options import ActionOptions
from ..plan.actions import Action
from ..support.record import NamedTuple


class Wish(NamedTuple):
    """`semantics` may be empty, or a name for one. `interpolates`: whether `${NAME}` is replaced.
    `offline`: Borg isn't asked for anything.
    """

    configs: tuple[str, ...]
    actions: tuple[Action, ...] = ()
    repository: str = ""
    semantics: str = ""
    overrides: tuple[str, ...] = ()
    interpolates: bool = True
    project: str = ""
    policies: tuple[str, ...] = ()
    offline: bool = False
    options: ActionOptions = ActionOptions()
