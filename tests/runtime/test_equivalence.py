"""What is told of two plans that don't do the same, and that nothing is of two that do."""

from __future__ import annotations

import pytest

from borgplan.compiler.plan.actions import Action
from borgplan.compiler.plan.model import Plan
from borgplan.runtime.engine.difference_kinds import KINDS
from borgplan.runtime.engine.equivalence import differences
from tests.compiler.planning import ONE, compilation

HOOKS = "before_backup: [echo 1]\nafter_backup: [echo 2]\non_error: ['echo {repository}']\n"
ALL = (Action.CREATE, Action.PRUNE, Action.CHECK)


def plan(text: str, semantics: str = "1.9") -> Plan:
    found = compilation({"c.yaml": ONE + text}, actions=ALL, semantics=semantics)
    assert found.plan, found.diagnostics
    return found.plan


def told(old: Plan, new: Plan) -> set[tuple[str, int]]:
    """Kinds and lines."""
    found = differences(old, new, {})
    assert {difference.kind for difference in found} <= KINDS.keys()
    return {(difference.kind, difference.span.line) for difference in found}


def test_nothing_is_told_of_the_same() -> None:
    assert told(plan(HOOKS), plan(HOOKS)) == set()


def test_a_hook_that_newly_runs_after_failures_is_told_with_what_fails() -> None:
    found = differences(plan(HOOKS, "1.9"), plan(HOOKS, "2.0"), {})
    assert ("failures", 4, "if `echo 1` ends with 2: now runs: `echo 2`") in {
        (difference.kind, difference.span.line, difference.text) for difference in found
    }


def test_a_hook_that_hangs_elsewhere_is_told() -> None:
    assert {("hooks", 4), ("hooks", 5)} <= told(plan(HOOKS, "1.5"), plan(HOOKS, "1.6"))


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        ("", "compression: lz4\n", "borg"),
        ("", "borg_base_directory: /b\n", "borg"),
        ("", "umask: 0077\n", "umask"),
        ("", "retries: 2\n", "retries"),
        ("exclude_patterns: [a, b]\n", "exclude_patterns: [b, a]\n", "patterns"),
        ("prefix: a\n", "prefix: b\n", "checked"),
        ("", "bootstrap: {store_config_files: false}\n", "stored"),
    ],
)
def test_options_that_differ_are_told(old: str, new: str, kind: str) -> None:
    assert kind in {found for found, _ in told(plan(old), plan(new))}


def test_a_command_that_says_something_else_is_told() -> None:
    text = "constants: {a: one}\nbefore_backup: ['echo {a}']\n"
    assert told(plan(text), plan(text.replace("one", "two"))) == {("values", 5)}


def test_exit_codes_that_are_read_differently_are_told() -> None:
    assert {kind for kind, _ in told(plan("", "2.0"), plan("", "2.1"))} >= {"exit codes"}


def test_of_many_commands_not_all_are_tried() -> None:
    lines = "".join(f"  - echo {number}\n" for number in range(150))
    text = f"before_backup:\n{lines}after_backup: [echo]\n"
    found = {
        line for kind, line in told(plan(text, "1.9"), plan(text, "2.0")) if kind == "failures"
    }
    assert {5, 154} <= found
    assert len(found) < 20
