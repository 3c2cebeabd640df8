# Copyright: The borgplan authors
# MIT License (see LICENSE of borgplan)
"""What modules ask `borgplan plan` and `borgplan diff`; nothing is run or changed by it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from .borgplan import called, last_lines

if TYPE_CHECKING:
    from typing import Any

    from ansible.module_utils.basic import AnsibleModule

SPEC: dict[str, dict[str, object]] = {
    "command": {"type": "str", "default": "borgplan"},
    "configs": {"type": "list", "elements": "str", "default": []},
    "actions": {"type": "list", "elements": "str", "default": []},
}


class Planned(NamedTuple):
    """`code`: exit code of `borgplan plan`, 0 if `apply` would run the plan. `text`: the plan as it is shown."""

    code: int
    text: str
    messages: str


class Compared(NamedTuple):
    """`is_known`: whether there was an older plan to compare with. `text`: the changes as they are shown.
    `changes`: of `borgplan diff --format json`."""

    is_known: bool
    text: str = ""
    changes: tuple[Any, ...] = ()


def planned(module: AnsibleModule, command: list[str], words: list[str]) -> Planned:
    """The plan of configuration files, or a saved plan; ends the module if there is none."""
    code, text, errors = called(module, [*command, "plan", *words])
    found = Planned(code, text, last_lines(errors))
    if not text:
        module.fail_json(msg=f"borgplan plan: {found.messages or f'exit code {code}'}", rc=code)
    return found


def compared(module: AnsibleModule, command: list[str], old: str, words: list[str]) -> Compared:
    """What differs from an older plan, which may be `last`; of a plan that `planned` has seen."""
    code, output, errors = called(module, [*command, "diff", old, *words, "--format", "json"])
    if code and old == "last":
        return Compared(is_known=False, text="There is no plan of a last run to compare with.\n")
    if code:
        module.fail_json(msg=f"borgplan diff: {last_lines(errors) or f'exit code {code}'}", rc=code)
    changes = tuple(json.loads(output)["changes"])
    if not changes:
        return Compared(is_known=True)
    text = called(module, [*command, "diff", old, *words])[1]
    return Compared(is_known=True, text=text, changes=changes)
