"""One round to many hosts: what is wanted of each, and how its run stands.

A run has a key, by which the host knows it again. Whatever is asked twice happens once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ...compiler.support.record import TYPE_CHECKING, NamedTuple
from .ansible import Answer, Reach, run

if TYPE_CHECKING:
    from typing import Any

REFUSED = 2  # the exit code of `apply` that has run nothing
_SECONDS = 120  # for one contact with one host
_MINE = "borgplan_asks[inventory_hostname]"
_NOTHING = "Ansible reported nothing of it; is it in the inventory?"
_LOOK, _START = "look", "start"
# A run that was refused has not run.
_MAY_START = (
    f"borgplan_look.how == 'absent' or (borgplan_look.how == 'ended' and borgplan_look.code == {REFUSED}"
    " and not borgplan_look.is_recorded)"
)
_COMMON: Mapping[str, object] = {
    "command": "{{ borgplan_command | default('borgplan') }}",
    "verb": f"{{{{ {_MINE}.verb }}}}",
    "key": f"{{{{ {_MINE}.key }}}}",
    "digest": f"{{{{ {_MINE}.digest }}}}",
    "wait": f"{{{{ {_MINE}.wait }}}}",
    "seen": f"{{{{ {_MINE}.seen }}}}",
}
_LOOK_TASK: Mapping[str, object] = {
    "name": _LOOK,
    "timeout": _SECONDS,
    "register": "borgplan_look",
    "borgplan.backup.borgplan_run": {**_COMMON, "state": "looked"},
}
_START_TASK: Mapping[str, object] = {
    "name": _START,
    "timeout": _SECONDS,
    "when": f"{_MINE}.state == 'started' and ({_MAY_START})",
    "borgplan.backup.borgplan_run": {
        **_COMMON,
        "state": "started",
        "again": "{{ borgplan_look.how == 'ended' }}",
        # As Base64, in which nothing is taken for a template.
        "plan": f"{{{{ '' if borgplan_look.has_plan or not {_MINE}.plan else"
        f" lookup('ansible.builtin.file', {_MINE}.plan, rstrip=false) | b64encode }}}}",
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
    """What is wanted of a host: to look how a run stands, or to look and then start it, if nothing has run yet. `plan`:
    the path of the saved plan, for a host that doesn't have it; `digest`: its SHA-256. `wait`: seconds to wait for its end. `seen`: bytes of its
    events that are known."""

    host: str
    key: str
    state: str = "looked"
    verb: str = "apply"
    digest: str = ""
    plan: str = ""
    wait: float = 0
    seen: int = 0


class Found(NamedTuple):
    """How a run stands. `problem`: in words, why that is not known; `is_reached`: whether the host was, and
    `may_run`: whether the host was asked to start it. `how`: absent, running, ended or interrupted. `is_recorded`:
    whether it is in the host's journal. `events`: new ones, a JSON object a line; `seen`: bytes of events so far."""

    host: str
    problem: str = ""
    is_reached: bool = True
    may_run: bool = False
    how: str = ""
    code: int | None = None
    seconds: float | None = None
    cleanups: int = 0
    output: str = ""
    is_recorded: bool = False
    events: str = ""
    seen: int = 0

    @property
    def is_refused(self) -> bool:
        """Whether it ended before anything ran."""
        return self.how == "ended" and self.code == REFUSED and not self.is_recorded


def contact(reach: Reach, asks: Sequence[Ask]) -> Iterator[Found]:
    """What each of these hosts says, as it comes. Raises AnsibleError."""
    asked = {ask.host: ask for ask in asks}
    starting: set[str] = set()
    silent = dict.fromkeys(asked)
    is_starting = any(ask.state == "started" for ask in asks)
    tasks = [_LOOK_TASK, _START_TASK] if is_starting else [_LOOK_TASK]
    variables = {"borgplan_asks": {ask.host: ask._asdict() for ask in asks}}
    for answer in run(reach, [*asked], tasks, variables):
        if answer.host not in silent:
            continue
        found = _found(answer)
        if asked[answer.host].state == "started" and _is_looked(answer, found):
            starting.add(answer.host)
        else:
            del silent[answer.host]
            yield found
    for host in silent:
        yield Found(host, _NOTHING, is_reached=False, may_run=host in starting)


def _is_looked(answer: Answer, found: Found) -> bool:
    """Whether the task that starts it follows."""
    return answer.task == _LOOK and (found.how == "absent" or found.is_refused)


def histories(reach: Reach, hosts: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """Of each host its name, what `borgplan history` printed, and why there is nothing. Raises AnsibleError."""
    silent = dict.fromkeys(hosts)
    for answer in run(reach, hosts, [_HISTORY_TASK], {}):
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
    asked = answer.task == _START
    if answer.how != "ok":
        return Found(answer.host, why(answer), is_reached=answer.how == "failed", may_run=asked)
    result: Mapping[str, Any] = answer.result
    code, seconds = result.get("code"), result.get("seconds")
    return Found(
        answer.host,
        may_run=asked,
        how=str(result.get("how")),
        code=code if isinstance(code, int) else None,
        seconds=seconds if isinstance(seconds, int | float) else None,
        cleanups=int(result.get("cleanups") or 0),
        output=str(result.get("output") or ""),
        is_recorded=bool(result.get("is_recorded")),
        events=str(result.get("events") or ""),
        seen=int(result.get("seen") or 0),
    )
