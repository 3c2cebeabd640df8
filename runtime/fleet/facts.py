"""Facts of all hosts: collected through Ansible, or found in a folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...compiler.support.record import TYPE_CHECKING
from ..system.files import replace
from .ansible import Reach, run
from .inventory import FACTS, HISTORY, with_files
from .records import Member

if TYPE_CHECKING:
    from typing import Any

_TASK: Mapping[str, object] = {
    "name": "facts",
    "borgplan.backup.borgplan_facts": {
        "command": "{{ borgplan_command | default('borgplan') }}",
        "configs": "{{ borgplan_configs | default([]) }}",
        "actions": "{{ borgplan_actions | default(borgplan_wanted) }}",
    },
}
# Keeps one answer within what Ansible carries; a longer one is of no use either.
_LARGEST = 64 * 1024 * 1024


def collect(
    reach: Reach, members: Sequence[Member], folder: str, actions: Sequence[str]
) -> list[Member]:
    """The members with their facts, which are written into `folder`. Raises AnsibleError, and OSError."""
    names = [member.name for member in members]
    missing = dict.fromkeys(names, "Ansible reported nothing of it")
    for answer in run(reach, names, [_TASK], {"borgplan_wanted": list(actions)}):
        if answer.host not in missing:
            continue  # a name that was not asked for is no part of a path
        if answer.how == "ok":
            missing[answer.host] = _kept(answer.host, answer.result, folder)
        else:
            why = answer.message.splitlines()[-1] if answer.message else answer.how
            missing[answer.host] = why if answer.how == "failed" else f"unreachable: {why}"
    return [
        member._replace(missing=missing[member.name])
        if missing[member.name]
        else with_files(member, folder)
        for member in members
    ]


def _kept(host: str, result: Mapping[str, Any], folder: str) -> str:
    """Why an answer is of no use; empty once it is written down."""
    for key, ending in (("facts", FACTS), ("history", HISTORY)):
        text = result.get(key)
        if not isinstance(text, str) or len(text) > _LARGEST:
            return f"the module returned no {key}"
        replace(f"{folder}/{host}{ending}", text.encode())
    return ""
