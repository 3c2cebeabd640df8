#!/usr/bin/python
# Copyright: The borgplan authors
# MIT License (see LICENSE of borgplan)

from __future__ import annotations

DOCUMENTATION = r"""
---
module: borgplan_apply
short_description: Run backups, and report how they ended
version_added: 0.1.0
description:
  - Runs C(borgplan apply) on the host and waits for its end. The run continues if the connection, Ansible or the controller ends.
  - Fails unless the exit code of the run is 0.
  - In check mode nothing is run. What would run is returned in RV(plan).
notes:
  - Without O(run_id), each task is a run of its own. It is not idempotent, as one backup does not replace another.
  - With O(run_id), a run happens at most once. If the journal of the host has it, or it is still running, nothing is
    started; the task waits for its end and reports it, without a change.
  - A run that was refused has run nothing. It is started again.
  - In check mode, a saved plan is shown, and not compared with the files that it was made from. If it is stale, the run
    is refused.
extends_documentation_fragment: borgplan.backup.planning
options:
  plan:
    description:
      - Path of a saved plan on the host, which C(borgplan plan -o) wrote. Exactly that plan is run, or refused if it is stale.
      - O(configs) and O(actions) are those of the saved plan then.
    type: path
  run_id:
    description: Id of the run in the journal. Letters, digits, dots, dashes and underscores.
    type: str
  recover:
    description: Whether outstanding cleanups of interrupted runs are run first.
    type: bool
    default: false
  jobs:
    description: How many independent repositories are processed in parallel.
    type: int
    default: 1
  lock_wait:
    description: Seconds to wait for repositories that another run uses. The run is refused after that.
    type: int
    default: 0
  confirm:
    description: Whether irreversible steps are confirmed, such as those of V(repo-delete) and V(recreate).
    type: bool
    default: false
attributes:
  check_mode:
    description: Runs nothing in check mode, and returns what would run.
    support: full
  diff_mode:
    description: Shows what differs from the last run of the same files with the same actions.
    support: full
author:
  - The borgplan authors (@borgplan)
"""

EXAMPLES = r"""
- name: Back up before an upgrade, once
  borgplan.backup.borgplan_apply:
    actions: [create]
    run_id: before-upgrade-42

- name: Run the plan that was reviewed
  borgplan.backup.borgplan_apply:
    plan: /root/reviewed.plan
    recover: true
"""

RETURN = r"""
run_id:
  description: Id of the run in the journal. C(borgplan show) shows it.
  returned: always, but for check mode without O(run_id)
  type: str
outcome:
  description:
    - V(succeeded), V(failed) or V(interrupted).
    - V(refused) if nothing has run, V(unknown) if nobody knows, V(planned) in check mode.
  returned: always
  type: str
rc:
  description: Exit code of the run, or in check mode of C(borgplan plan). None if it was interrupted.
  returned: always
  type: int
seconds:
  description: How long the run took.
  returned: if it is in the journal
  type: float
archives:
  description: The archives that it created.
  returned: always
  type: list
  elements: str
outstanding_cleanups:
  description: How many of its cleanups are outstanding.
  returned: always
  type: int
output:
  description: The last of what it printed.
  returned: if something was run
  type: str
plan:
  description: The plan as C(borgplan plan) shows it.
  returned: in check mode
  type: str
changes:
  description: What differs from the last run, as C(borgplan diff --format json) lists it.
  returned: in check mode and with C(--diff)
  type: list
  elements: dict
"""

import time
from uuid import uuid4

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.borgplan.backup.plugins.module_utils import runs
from ansible_collections.borgplan.backup.plugins.module_utils.borgplan import (
    last_lines,
    shaping,
    words_of,
)
from ansible_collections.borgplan.backup.plugins.module_utils.planning import (
    SPEC,
    compared,
    planned,
)

_OUTCOMES = {"done": "succeeded", "failed": "failed", "interrupted": "interrupted"}


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            **SPEC,
            "plan": {"type": "path"},
            "run_id": {"type": "str"},
            "recover": {"type": "bool", "default": False},
            "jobs": {"type": "int", "default": 1},
            "lock_wait": {"type": "int", "default": 0},
            "confirm": {"type": "bool", "default": False},
        },
        supports_check_mode=True,
    )
    if module.params["plan"] and (module.params["configs"] or module.params["actions"]):
        module.fail_json(msg="a saved plan has its own configs and actions")
    try:
        apply(module)
    except (OSError, ValueError) as error:
        module.fail_json(msg=f"borgplan_apply: {error}")


def apply(module: AnsibleModule) -> None:
    """Run it, or see how it ended, and report that; in check mode what would run."""
    params = module.params
    command, key = words_of(params["command"]), params["run_id"] or _new_id()
    what = [params["plan"]] if params["plan"] else shaping(params)
    is_new = runs.may_start(module, command, key, again=True)
    extra = _difference(module, command, what) if is_new else {}
    if is_new and module.check_mode:
        _say_what_would_run(module, command, what, extra)
    if is_new:
        runs.start(key, [*command, "apply", *what, *_options(params), "--run-id", key], again=True)
    wait = 0.0 if module.check_mode else float("inf")
    report = runs.report(module, command, key, wait=wait)
    _say_how_it_ended(module, report, key, extra, is_new=is_new)


def _new_id() -> str:
    return f"{time.strftime('%Y%m%d-%H%M%S')}-{uuid4().hex[:8]}"


def _options(params: dict[str, object]) -> list[str]:
    words = ["--jobs", str(params["jobs"])]
    if params["lock_wait"]:
        words += ["--lock-wait", str(params["lock_wait"])]
    flags = {"recover": "--recover", "confirm": "--yes"}
    return words + [flag for name, flag in flags.items() if params[name]]


def _difference(module: AnsibleModule, command: list[str], what: list[str]) -> dict[str, object]:
    """Only where somebody sees it: it costs a second compilation."""
    if not (module.check_mode or module._diff):  # noqa: SLF001  # it has no other name
        return {}
    found = compared(module, command, "last", what)
    return {"changes": list(found.changes), "diff": {"prepared": found.text}}


def _say_what_would_run(
    module: AnsibleModule, command: list[str], what: list[str], extra: dict[str, object]
) -> None:
    plan = planned(module, command, what)
    found = {
        "outcome": "planned", "rc": plan.code, "plan": plan.text, "archives": [], "outstanding_cleanups": 0, **extra,
    }  # fmt: skip
    if module.params["run_id"]:
        found["run_id"] = module.params["run_id"]
    if plan.code:
        module.fail_json(msg=f"borgplan apply would refuse this: {plan.messages}", **found)
    module.exit_json(changed=True, **found)


def _say_how_it_ended(
    module: AnsibleModule, report: runs.Report, key: str, extra: dict[str, object], *, is_new: bool
) -> None:
    outcome = _outcome(report)
    found = {
        "run_id": key, "outcome": outcome, "rc": report.code, "seconds": report.seconds,
        "archives": report.run["archives"] if report.run else [],
        "outstanding_cleanups": report.cleanups, "output": report.output, **extra,
    }  # fmt: skip
    changed = is_new and outcome != "refused"
    if outcome != "succeeded" and not (module.check_mode and outcome == "running"):
        last = last_lines(report.output)
        module.fail_json(msg=f"borgplan apply: {outcome}\n{last}".strip(), changed=changed, **found)
    module.exit_json(changed=changed, **found)


def _outcome(report: runs.Report) -> str:
    if report.how == "running":
        return "running"
    if report.code == runs.REFUSED and report.run is None:
        return "refused"
    if report.run is None:
        return "unknown"
    if report.run["status"] == "done" and report.code != 0:
        return "failed"
    return _OUTCOMES.get(report.run["status"], "unknown")


if __name__ == "__main__":
    main()
