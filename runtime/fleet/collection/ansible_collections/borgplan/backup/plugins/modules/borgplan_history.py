#!/usr/bin/python
# Copyright: The borgplan authors
# MIT License (see LICENSE of borgplan)

from __future__ import annotations

DOCUMENTATION = r"""
---
module: borgplan_history
short_description: Collect the runs in the journal of a host
version_added: 0.1.0
description:
  - Runs C(borgplan history) on the host and returns what it prints.
  - Changes nothing on the host, in check mode or not.
options:
  command:
    description: How borgplan is started on the host.
    type: str
    default: borgplan
attributes:
  check_mode:
    description: Can run in check mode and return the same.
    support: full
author:
  - The borgplan authors (@borgplan)
"""

EXAMPLES = r"""
- name: Collect the runs
  borgplan.backup.borgplan_history:
  register: collected
"""

RETURN = r"""
history:
  description: What C(borgplan history --all --format json) prints, a JSON text.
  returned: success
  type: str
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.borgplan.backup.plugins.module_utils.borgplan import (
    history,
    words_of,
)


def main() -> None:
    module = AnsibleModule(
        argument_spec={"command": {"type": "str", "default": "borgplan"}}, supports_check_mode=True
    )
    module.exit_json(changed=False, history=history(module, words_of(module.params["command"])))


if __name__ == "__main__":
    main()
