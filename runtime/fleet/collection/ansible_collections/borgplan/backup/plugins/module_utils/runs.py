# Copyright: The borgplan authors
# MIT License (see LICENSE of borgplan)
"""Runs on this host, each at most once for its key, and how they stand: by the journal, then by what `detached` knows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from . import detached
from .borgplan import history

if TYPE_CHECKING:
    from typing import Any

    from ansible.module_utils.basic import AnsibleModule

REFUSED = 2


class Report(NamedTuple):
    """How a run stands: `how` is absent, running, ended or interrupted. `code`: its exit code. `run`: what the journal
    has of it. `output`: the last of what it printed."""

    how: str
    code: int | None
    run: dict[str, Any] | None
    output: str

    @property
    def cleanups(self) -> int:
        """How many cleanups of it are outstanding."""
        return len(self.run["outstanding_cleanups"]) if self.run else 0

    @property
    def seconds(self) -> float | None:
        return self.run["seconds"] if self.run else None


def recorded(module: AnsibleModule, command: list[str], key: str) -> dict[str, Any] | None:
    """The run with this key, by the journal."""
    runs = json.loads(history(module, command))["runs"]
    return next((run for run in runs if run["id"] == key), None)


def may_start(module: AnsibleModule, command: list[str], key: str, *, again: bool) -> bool:
    """Whether a run with this key neither runs nor has run. `again`: one that was refused counts as not run."""
    before = detached.standing(key)
    if before.how == "running" or recorded(module, command, key) is not None:
        return False
    return before.how != "ended" or (again and before.code == REFUSED)


def start(key: str, words: list[str], *, again: bool) -> None:
    """Start a command of borgplan that `may_start`."""
    detached.tidy()
    detached.start(key, words, again=again)


def report(
    module: AnsibleModule, command: list[str], key: str, *, wait: float, in_journal: bool = True
) -> Report:
    """How a run stands, once it has ended or `wait` seconds are over. `in_journal`: whether the journal has such runs
    by their key; what it says then comes before what the folder says."""
    found = detached.waited(key, wait)
    how, code, run = found.how, found.code, None
    if in_journal and how != "running":
        run = recorded(module, command, key)
    if run is not None:
        how = "ended" if run["exit_code"] is not None else run["status"]
        if found.how != "ended" or found.code == REFUSED:
            code = run["exit_code"]
    return Report(how, code, run, found.output)
