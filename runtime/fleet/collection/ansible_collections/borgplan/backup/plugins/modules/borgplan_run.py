#!/usr/bin/python
# Copyright: The borgplan authors
# MIT License (see LICENSE of borgplan)

from __future__ import annotations

DOCUMENTATION = r"""
---
module: borgplan_run
short_description: Start a run on the host that outlives the connection, or see how it stands
version_added: 0.1.0
description:
  - Starts C(borgplan apply) with a saved plan, or C(borgplan recover), in a session of its own.
  - A second contact with the same key starts nothing, but reports how the run stands.
  - What the journal of the host says of a run decides.
options:
  command:
    description: How borgplan is started on the host.
    type: str
    default: borgplan
  state:
    description: Whether to start the run, or only to look.
    type: str
    choices: [started, looked]
    default: looked
  verb:
    description: Which command of borgplan is run.
    type: str
    choices: [apply, recover]
    default: apply
  key:
    description: What distinguishes this run from every other one. The id of the run in the journal.
    type: str
    required: true
  digest:
    description: SHA-256 of the saved plan.
    type: str
    default: ''
  plan:
    description: The saved plan in Base64; not needed if the host has it.
    type: str
    default: ''
  again:
    description: Whether a run that was refused, so that nothing has run, is started once more.
    type: bool
    default: false
  wait:
    description: Seconds to wait for the end of the run.
    type: float
    default: 0
attributes:
  check_mode:
    description: Starts nothing in check mode.
    support: full
author:
  - The borgplan authors (@borgplan)
"""

EXAMPLES = r"""
- name: How a run stands
  borgplan.backup.borgplan_run:
    key: 0123456789ab-web1
"""

RETURN = r"""
how:
  description: V(absent), V(running), V(ended) or V(interrupted).
  returned: success
  type: str
code:
  description: The exit code of the run, if it has ended.
  returned: success
  type: int
seconds:
  description: How long the run took, by the journal.
  returned: success
  type: float
cleanups:
  description: How many cleanups of the run are outstanding.
  returned: success
  type: int
is_recorded:
  description: Whether the run is in the journal.
  returned: success
  type: bool
output:
  description: The last of what it printed.
  returned: success
  type: str
has_plan:
  description: Whether the host has the saved plan.
  returned: success
  type: bool
"""

import base64
import json
from typing import Any

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.borgplan.backup.plugins.module_utils import detached
from ansible_collections.borgplan.backup.plugins.module_utils.borgplan import (
    history,
    words_of,
)

_REFUSED = 2
_HOW = {"running": "running", "interrupted": "interrupted"}


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "command": {"type": "str", "default": "borgplan"},
            "state": {"type": "str", "choices": ["started", "looked"], "default": "looked"},
            "verb": {"type": "str", "choices": ["apply", "recover"], "default": "apply"},
            "key": {"type": "str", "required": True, "no_log": False},
            "digest": {"type": "str", "default": ""},
            # Not secret, but long: it shall not be in the system's log.
            "plan": {"type": "str", "default": "", "no_log": True},
            "again": {"type": "bool", "default": False},
            "wait": {"type": "float", "default": 0.0},
        },
        supports_check_mode=True,
    )
    try:
        changed = module.params["state"] == "started" and started(module)
        found = looked(module)
    except (OSError, ValueError) as error:
        module.fail_json(msg=f"borgplan_run: {error}")
    module.exit_json(changed=changed, **found)


def started(module: AnsibleModule) -> bool:
    """Start the run, unless there was one with its key; whether it was started."""
    params = module.params
    command = words_of(params["command"])
    before = detached.standing(params["key"])
    if before.how == "running" or recorded(module, command) is not None:
        return False
    if before.how == "ended" and not (params["again"] and before.code == _REFUSED):
        return False
    words = [*command, "recover", "--all"]
    if params["verb"] == "apply":
        if params["plan"]:
            detached.keep_plan(params["digest"], base64.b64decode(params["plan"]))
        if not detached.has_plan(params["digest"]):
            raise ValueError("the saved plan is not on this host")
        plan = detached.plan_path(params["digest"])
        words = [*command, "apply", plan, "--run-id", params["key"]]
    if module.check_mode:
        return True
    detached.tidy()
    detached.start(params["key"], words, again=before.how == "ended")
    return True


def looked(module: AnsibleModule) -> dict[str, object]:
    """How the run stands. The journal's word comes before that of the folder."""
    params = module.params
    found = detached.waited(params["key"], params["wait"])
    run = None
    if params["verb"] == "apply" and found.how != "running":
        run = recorded(module, words_of(params["command"]))
    result: dict[str, object] = {
        "how": found.how, "code": found.code, "seconds": None, "cleanups": 0, "output": found.output,
        "is_recorded": run is not None, "has_plan": bool(params["digest"]) and detached.has_plan(params["digest"]),
    }  # fmt: skip
    if run is not None:
        result["how"] = "ended" if run["exit_code"] is not None else _HOW[run["status"]]
        if found.how != "ended" or found.code == _REFUSED:
            result["code"] = run["exit_code"]
        result["seconds"] = run["seconds"]
        result["cleanups"] = len(run["outstanding_cleanups"])
    return result


def recorded(module: AnsibleModule, command: list[str]) -> dict[str, Any] | None:
    """The run with this key, by the journal."""
    runs = json.loads(history(module, command))["runs"]
    return next((run for run in runs if run["id"] == module.params["key"]), None)


if __name__ == "__main__":
    main()
