#!/usr/bin/python
# Copyright: The borgplan authors
# MIT License (see LICENSE of borgplan)

from __future__ import annotations

DOCUMENTATION = r"""
---
module: borgplan_plan
short_description: Show what a run would do, and what has changed in it
version_added: 0.1.0
description:
  - Compiles the configuration files of the host to a plan, as C(borgplan plan) does, and compares it with an older one, as
    C(borgplan diff) does.
  - Changes nothing on the host, in check mode or not. RV(ignore:changed) says whether the next run differs from the older plan.
  - With C(--diff) the differences are shown, by step.
  - Fails if C(borgplan apply) would refuse the plan or skip a file.
extends_documentation_fragment: borgplan.backup.planning
options:
  against:
    description:
      - What the plan is compared with. V(last) for the plan of the last run of the same files with the same actions.
      - Otherwise a saved plan or a configuration file on the host.
    type: str
    default: last
attributes:
  check_mode:
    description: Can run in check mode and return the same.
    support: full
  diff_mode:
    description: Shows what differs from the older plan.
    support: full
author:
  - The borgplan authors (@borgplan)
"""

EXAMPLES = r"""
- name: What the next backup does that the last one did not
  borgplan.backup.borgplan_plan:
    actions: [create, prune]
  diff: true

- name: Compare with a plan that was reviewed
  borgplan.backup.borgplan_plan:
    configs: [/etc/borgmatic/config.yaml]
    against: /root/reviewed.plan
  register: backup
  failed_when: backup is failed or backup is changed
"""

RETURN = r"""
plan:
  description: The plan as C(borgplan plan) shows it.
  returned: success
  type: str
is_compared:
  description: Whether there was an older plan. Without one, everything is new.
  returned: success
  type: bool
changes:
  description: The differences, as C(borgplan diff --format json) lists them.
  returned: success
  type: list
  elements: dict
messages:
  description: What borgplan reported meanwhile, such as warnings.
  returned: success
  type: str
rc:
  description: Exit code of C(borgplan plan).
  returned: always
  type: int
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.borgplan.backup.plugins.module_utils.borgplan import shaping, words_of
from ansible_collections.borgplan.backup.plugins.module_utils.planning import (
    SPEC,
    compared,
    planned,
)


def main() -> None:
    module = AnsibleModule(
        argument_spec={**SPEC, "against": {"type": "str", "default": "last"}},
        supports_check_mode=True,
    )
    command, words = words_of(module.params["command"]), shaping(module.params)
    plan = planned(module, command, words)
    difference = compared(module, command, module.params["against"], words)
    found = {
        "plan": plan.text, "messages": plan.messages, "rc": plan.code, "is_compared": difference.is_known,
        "changes": list(difference.changes), "diff": {"prepared": difference.text},
    }  # fmt: skip
    if plan.code:
        module.fail_json(msg=f"borgplan apply would refuse this: {plan.messages}", **found)
    module.exit_json(changed=bool(difference.changes) or not difference.is_known, **found)


if __name__ == "__main__":
    main()
