#!/usr/bin/python
# Copyright: The borgplan authors
# MIT License (see LICENSE of borgplan)

from __future__ import annotations

DOCUMENTATION = r"""
---
module: borgplan_run
short_description: Start a run on the host that outlives the connection, or see its state
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
  seen:
    description: How many bytes of the events of the run are known.
    type: int
    default: 0
attributes:
  check_mode:
    description: Starts nothing in check mode.
    support: full
author:
  - The borgplan authors (@borgplan)
"""

EXAMPLES = r"""
- name: The state of a run
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
events:
  description: New events of the run, as C(borgplan apply --events) writes them.
  returned: success
  type: str
seen:
  description: How many bytes of the events are known now.
  returned: success
  type: int
has_plan:
  description: Whether the host has the saved plan.
  returned: success
  type: bool
"""

import base64

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.borgplan.backup.plugins.module_utils import detached, runs
from ansible_collections.borgplan.backup.plugins.module_utils.borgplan import words_of


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
            "seen": {"type": "int", "default": 0},
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
    if not runs.may_start(module, command, params["key"], again=params["again"]):
        return False
    if module.check_mode:
        return True
    words = [*command, "recover", "--all"]
    if params["verb"] == "apply":
        if params["plan"]:
            detached.keep_plan(params["digest"], base64.b64decode(params["plan"]))
        if not detached.has_plan(params["digest"]):
            raise ValueError("the saved plan is not on this host")
        plan = detached.plan_path(params["digest"])
        events = detached.events_path(params["key"])
        words = [*command, "apply", plan, "--run-id", params["key"], "--events", events]
    runs.start(params["key"], words, again=params["again"])
    return True


def looked(module: AnsibleModule) -> dict[str, object]:
    """How the run stands."""
    params = module.params
    found = runs.report(
        module, words_of(params["command"]), params["key"], wait=params["wait"],
        in_journal=params["verb"] == "apply",
    )  # fmt: skip
    events, seen = detached.events_since(params["key"], params["seen"])
    return {
        "events": events, "seen": seen, "how": found.how, "code": found.code, "seconds": found.seconds, "cleanups": found.cleanups,
        "output": found.output, "is_recorded": found.run is not None,
        "has_plan": bool(params["digest"]) and detached.has_plan(params["digest"]),
    }  # fmt: skip


if __name__ == "__main__":
    main()
