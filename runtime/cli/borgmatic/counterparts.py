"""What borgmatic's flags of actions are in borgplan: an option of actions, or of the configuration."""

from __future__ import annotations

from ....compiler.borg.action_options import FOR, ActionOptions
from ....compiler.plan import actions
from ....compiler.support.record import NamedTuple
from .flags import Action, Flag

# Fields of `ActionOptions` that aren't called as their flag.
_FIELDS = {
    "--path": "paths",
    "--from": "since",
    "--list": "list_details",
    "--format": "list_format",
    "--options": "mount_options",
    "--data-source": "databases",
    "--schema": "schemas",
}
# Where one action has another name for it.
_OF_ACTION = {("key export", "--path"): "destination"}
# What borgplan has no option of actions for: options of the configuration, which count for all actions of a call.
_OPTIONS = {"--progress": "progress=true", "--list": "list_details=true"}
# Of the command line alone, or of what is no action here.
REPOSITORY = "--repository"


class Counterpart(NamedTuple):
    """`field` of `ActionOptions`, or `option` of the configuration, with its value after `=` where the flag says
    that. Neither: there is none."""

    field: str = ""
    option: str = ""


def action_of(name: str) -> actions.Action | None:
    """borgplan's action; None where it has none."""
    own = name.replace(" ", "-")
    return next((action for action in actions.Action if action.value == own), None)


def counterpart(action: Action, flag: Flag) -> Counterpart:
    """What a flag of an action is here. An option of the action comes before one of the configuration, which
    would count for the others too."""
    own = action_of(action.name)
    field = _OF_ACTION.get((action.name, flag.name)) or field_of(flag.name)
    if field in ActionOptions._fields and own in FOR.get(field, ()):
        return Counterpart(field=field)
    return Counterpart(option=_OPTIONS.get(flag.name, ""))


def field_of(flag: str) -> str:
    """The field of `ActionOptions` that is called as a flag."""
    return _FIELDS.get(flag) or flag[2:].replace("-", "_")
