"""One round to many hosts: what is wanted of each, and how its run stands.

A run has a key, by which the host knows it again. Whatever is asked twice happens once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ...compiler.support.record import TYPE_CHECKING, NamedTuple
from .ansible import Answer, Reach, run

if TYPE_CHECKING:
    from typing import Any

_SECONDS = 120  # for one contact with one host
_MINE = "borgplan_asks[inventory_hostname]"
_TASK: Mapping[str, object] = {
    "name": "run",
    "timeout": _SECONDS,
    "borgplan.backup.borgplan_run": {
        "command": "{{ borgplan_command | default('borgplan') }}",
        "state": f"{{{{ {_MINE}.state }}}}",
        "verb": f"{{{{ {_MINE}.verb }}}}",
        "key": f"{{{{ {_MINE}.key }}}}",
        "digest": f"{{{{ {_MINE}.digest }}}}",
        "again": f"{{{{ {_MINE}.again }}}}",
        "wait": f"{{{{ {_MINE}.wait }}}}",
        # As Base64, in which nothing is taken for a template.
        "plan": f"{{{{ lookup('ansible.builtin.file', {_MINE}.plan, rstrip=false) | b64encode if {_MINE}.plan else '' }}}}",
    },
}
_HISTORY_TASK: Mapping[str, object] = {
    "name": "history",
    "timeout": _SECONDS,
    "borgplan.backup.borgplan_history": {
        "command": "{{ borgplan_command | default('borgplan') }}",
    },
}


class Ask(NamedTuple):
    """What is wanted of a host: to look how a run stands, or to start it, if it is not there yet. `plan`: the path of
    the saved plan, for a host that doesn't have it; `digest`: its SHA-256. `again`: also if it was refused before.
    `wait`: seconds to wait for its end."""

    host: str
    key: str
    state: str = "looked"
    verb: str = "apply"
    digest: str = ""
    plan: str = ""
    again: bool = False
    wait: float = 0


class Found(NamedTuple):
    """How a run stands. `problem`: in words, why that is not known; `is_reached`: whether the host was. `how`: absent,
    running, ended or interrupted. `is_recorded`: whether it is in the host's journal."""

    host: str
    problem: str = ""
    is_reached: bool = True
    how: str = ""
    code: int | None = None
    seconds: float | None = None
    cleanups: int = 0
    output: str = ""
    is_recorded: bool = False
    has_plan: bool = False


def contact(reach: Reach, asks: Sequence[Ask]) -> Iterator[Found]:
    """What each of these hosts says, as it comes. Raises AnsibleError."""
    silent = {ask.host: ask for ask in asks}
    variables = {"borgplan_asks": {ask.host: ask._asdict() for ask in asks}}
    for answer in run(reach, [*silent], _TASK, variables):
        if silent.pop(answer.host, None) is not None:
            yield _found(answer)
    for host in silent:
        yield Found(host, "Ansible reported nothing of it", is_reached=False)


def histories(reach: Reach, hosts: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """Of each host its name, what `borgplan history` printed, and why there is nothing. Raises AnsibleError."""
    silent = dict.fromkeys(hosts)
    for answer in run(reach, hosts, _HISTORY_TASK, {}):
        if answer.host in silent:
            del silent[answer.host]
            text = answer.result.get("history") if answer.how == "ok" else None
            yield answer.host, str(text or ""), "" if text else why(answer)
    for host in silent:
        yield host, "", "Ansible reported nothing of it"


def why(answer: Answer) -> str:
    """Why a host did not do what was wanted, in a line."""
    last = answer.message.splitlines()[-1].removeprefix("Task failed: ")
    return f"unreachable: {last}" if answer.how == "unreachable" else last


def _found(answer: Answer) -> Found:
    if answer.how != "ok":
        return Found(answer.host, why(answer), is_reached=answer.how == "failed")
    result: Mapping[str, Any] = answer.result
    code, seconds = result.get("code"), result.get("seconds")
    return Found(
        answer.host,
        how=str(result.get("how")),
        code=code if isinstance(code, int) else None,
        seconds=seconds if isinstance(seconds, int | float) else None,
        cleanups=int(result.get("cleanups") or 0),
        output=str(result.get("output") or ""),
        is_recorded=bool(result.get("is_recorded")),
        has_plan=bool(result.get("has_plan")),
    )
