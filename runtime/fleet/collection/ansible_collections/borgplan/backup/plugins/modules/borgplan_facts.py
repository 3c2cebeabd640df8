#!/usr/bin/python
# Copyright: The borgplan authors
# MIT License (see LICENSE of borgplan)

from __future__ import annotations

DOCUMENTATION = r"""
---
module: borgplan_facts
short_description: Collect what planning needs to know of a host
version_added: 0.1.0
description:
  - Runs C(borgplan facts) and C(borgplan history) on the host and returns what they print.
  - Changes nothing on the host, in check mode or not.
  - Facts hold no secrets. The texts of configuration files are included unless they may hold one.
extends_documentation_fragment: borgplan.backup.planning
attributes:
  check_mode:
    description: Can run in check mode and return the same.
    support: full
author:
  - The borgplan authors (@borgplan)
"""

EXAMPLES = r"""
- name: Collect facts
  borgplan.backup.borgplan_facts:
  register: collected

- name: Keep them on the controller
  ansible.builtin.copy:
    content: "{{ collected.facts }}"
    dest: "facts/{{ inventory_hostname }}.json"
    mode: "0600"
  delegate_to: localhost
"""

RETURN = r"""
facts:
  description: What C(borgplan facts --contents) prints, a JSON text.
  returned: success
  type: str
history:
  description: What C(borgplan history --all --format json) prints, a JSON text.
  returned: success
  type: str
messages:
  description: What borgplan reported meanwhile, such as files with errors.
  returned: success
  type: str
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.borgplan.backup.plugins.module_utils.borgplan import (
    called,
    history,
    last_lines,
    shaping,
    words_of,
)
from ansible_collections.borgplan.backup.plugins.module_utils.planning import SPEC


def main() -> None:
    module = AnsibleModule(argument_spec=SPEC, supports_check_mode=True)
    command = words_of(module.params["command"])
    words = [*command, "facts", "--contents", *shaping(module.params)]
    code, facts, errors = called(module, words)
    if not facts:
        module.fail_json(msg=f"borgplan facts: {last_lines(errors) or f'exit code {code}'}")
    module.exit_json(
        changed=False, facts=facts, history=history(module, command), messages=last_lines(errors)
    )


if __name__ == "__main__":
    main()
