"""The registry of rules: every module of `rules/` with rules is in it, and says which codes it has."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest

from borgplan.compiler.lint import registry
from borgplan.compiler.lint.rule import HookRule, Rule
from borgplan.compiler.source.codes import known_codes

FOLDER = Path(registry.__file__).with_name("rules")
LISTED = {
    **dict.fromkeys(registry.OF_FILES, Rule),
    **dict.fromkeys(registry.OF_FILES_WITH_HOOKS, Rule),
    **dict.fromkeys(registry.OF_FILES_WITH_DATABASES, Rule),
    **dict.fromkeys(registry.OF_FILES_WITH_SNAPSHOTS, Rule),
    **dict.fromkeys(registry.ON_REQUEST, Rule),
    **dict.fromkeys(registry.OF_HOOKS, HookRule),
}
# What a rule calls for a part of its codes; and `shared_use`, which is about all files of a run.
PARTS = {"proofs": ("cleanup_proof", "downtime", "alarm_coverage")}
OF_ALL = "shared_use"


def codes_in(name: str) -> set[str]:
    """The codes that a module uses, beside declaring them, which is the last thing in it."""
    used, _, _ = (FOLDER / f"{name}.py").read_text().partition("\nRULES = ")
    return set(re.findall(r'"(BP\d{3})"', used))


def test_every_module_with_rules_is_listed_once() -> None:
    with_rules = {file.stem for file in FOLDER.glob("*.py") if "\nRULES = " in file.read_text()}
    assert with_rules == set(LISTED)
    everything = (
        *registry.OF_FILES,
        *registry.OF_HOOKS,
        *registry.OF_FILES_WITH_HOOKS,
        *registry.OF_FILES_WITH_DATABASES,
        *registry.OF_FILES_WITH_SNAPSHOTS,
        *registry.ON_REQUEST,
    )
    assert len(everything) == len(LISTED)


def test_no_other_module_has_a_code() -> None:
    parts = {part for several in PARTS.values() for part in several}
    others = (
        {file.stem for file in FOLDER.glob("*.py")} - set(LISTED) - parts - {OF_ALL, "__init__"}
    )
    assert not [name for name in others if codes_in(name)]


@pytest.mark.parametrize("name", sorted(LISTED))
def test_a_module_declares_the_codes_that_it_has(name: str) -> None:
    rules = import_module(f"borgplan.compiler.lint.rules.{name}").RULES
    assert all(type(rule) is LISTED[name] for rule in rules)
    declared = [code for rule in rules for code in rule.codes]
    assert len(declared) == len(set(declared))
    used = set().union(*(codes_in(part) for part in (name, *PARTS.get(name, ()))))
    assert set(declared) == used <= known_codes()
    assert [page.code for rule in rules for page in rule.pages] == declared


def test_no_two_rules_have_a_code_in_common() -> None:
    modules = [import_module(f"borgplan.compiler.lint.rules.{name}") for name in LISTED]
    codes = [code for module in modules for rule in module.RULES for code in rule.codes]
    assert len(codes) == len(set(codes))
