"""Semantics 2.0.0 and 2.0.1 (borgmatic): the hooks of one action run around every action."""

from __future__ import annotations

import pytest

from borgplan.compiler.plan.actions import Action
from borgplan.runtime.engine.runner import ScriptedRunner
from borgplan.runtime.engine.walk import interpret
from tests.compiler.planning import START, commands, planned

HOOKS = "".join(
    f"{name}: [{name}]\n"
    for name in ("before_everything", "before_actions", "before_backup", "before_prune", "before_check",
                 "after_backup", "after_prune", "after_check", "after_actions", "on_error",
                 "after_everything")
)  # fmt: skip
TEXT = f"{START}repositories: [{{path: /one}}, {{path: /two}}]\n{HOOKS}"


def ran(semantics: str, *actions: Action) -> list[str]:
    """What runs when nothing fails."""
    plan = planned(TEXT, semantics=semantics, actions=actions)
    by_id = dict(zip((step.id for step in plan.steps), commands(plan), strict=True))
    return [by_id[step] for step in interpret(plan, ScriptedRunner()).results]


@pytest.mark.parametrize("semantics", ["2.0.0", "2.0.1"])
def test_hooks_of_one_action_run_around_every_action(semantics: str) -> None:
    before, after = ["before_backup", "before_prune"], ["after_backup", "after_prune"]
    repository = [
        "before_actions",
        *before, "borg create", *after,
        *before, "borg prune", *after,
        "after_actions",
    ]  # fmt: skip
    assert ran(semantics, Action.CREATE, Action.PRUNE) == [
        "before_everything", *repository, *repository, "after_everything",
    ]  # fmt: skip


@pytest.mark.parametrize("semantics", ["2.0.0", "2.0.1"])
def test_hooks_of_actions_that_are_not_asked_for_do_not_run(semantics: str) -> None:
    repository = ["before_actions", "before_backup", "borg create", "after_backup", "after_actions"]
    assert ran(semantics, Action.CREATE) == [
        "before_everything", *repository, *repository, "after_everything",
    ]  # fmt: skip


def test_from_2_0_2_on_each_hook_runs_around_its_own_action() -> None:
    found = ran("2.0.2", Action.CREATE, Action.PRUNE)
    assert found.count("before_backup") == found.count("after_prune") == 2
