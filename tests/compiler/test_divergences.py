"""Which deliberate differences a plan has occasion for, one by one."""

from __future__ import annotations

import pytest

from borgplan.compiler.plan.actions import Action
from borgplan.compiler.semantics.divergences import DIVERGENCES, divergences
from tests.compiler.planning import ONE, planned

BACKUP = {"evidence", "probes", "sources", "input"}
KUMA = "uptime_kuma: {push_url: 'https://k/api/push/t'}"
SOFT = {"failures"}  # since 1.6 Borg's own exit code 75 is one
TELLS = SOFT | {"monitoring", "addresses"}


def entry(position: str, script: str = "echo") -> str:
    return f"commands: [{{{position}, run: ['{script}']}}]"


CASES: list[tuple[str, str, set[str]]] = [
    ("", "1.3", {"death"}),
    ("", "1.4", set()),
    ("", "1.5", set()),
    ("", "1.6", SOFT),
    ("", "2.1", SOFT),
    ("before_backup: [echo]", "1.3", {"death"}),
    ("after_backup: [echo]", "1.3", {"death"}),
    ("after_backup: [echo]", "1.5", SOFT),
    ("after_everything: [echo]", "1.3", {"death", "interrupts"}),
    ("on_error: [echo]", "1.3", {"death", "interrupts"}),
    ("on_error: ['echo {error}']", "1.5", {"interrupts", "values"}),
    (entry("before: action", "echo a & b"), "2.1", SOFT | {"background"}),
    (entry("before: action", "echo a && b"), "2.1", SOFT),
    (entry("before: action", "echo a &> b"), "2.1", SOFT),
    (entry("before: action", "echo a 2>&1"), "2.1", SOFT),
    (entry("before: action", "echo {repository}"), "2.1", SOFT | {"values"}),
    (entry("after: action"), "2.1", SOFT | {"interrupts"}),
    (entry("after: error"), "2.1", SOFT | {"interrupts"}),
    (KUMA, "2.1", TELLS | {"up"}),
    (KUMA.replace("}", ", states: [start]}"), "2.1", TELLS),
    (KUMA.replace("}", ", states: [fail]}"), "2.1", TELLS | {"up"}),
    ("cronitor: {ping_url: 'https://c/x'}", "2.1", TELLS),
    ("pagerduty: {integration_key: x}", "2.1", TELLS | {"incidents", "answers"}),
    ("encryption_passphrase: x", "2.1", SOFT | {"secrets"}),
]


@pytest.mark.parametrize(("text", "semantics", "expected"), CASES)
def test_of_a_backup(text: str, semantics: str, expected: set[str]) -> None:
    found = divergences(planned(f"{ONE}{text}\n", semantics=semantics))
    assert {each.name for each in found} == expected | BACKUP
    assert found == [each for each in DIVERGENCES if each in found]


@pytest.mark.parametrize(
    ("semantics", "action", "expected"),
    [
        ("1.4", Action.PRUNE, {"filters", "space"}),
        ("1.5", Action.PRUNE, {"filters"}),
        ("2.1", Action.LIST, SOFT | {"filters"}),
        ("2.1", Action.BREAK_LOCK, SOFT),
    ],
)
def test_of_another_action(semantics: str, action: Action, expected: set[str]) -> None:
    found = divergences(planned(ONE, semantics=semantics, actions=(action,)))
    assert {each.name for each in found} == expected | BACKUP - {"sources"}
