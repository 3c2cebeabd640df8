"""`borgplan rule`: the page of a finding, as a user sees it."""

from __future__ import annotations

import pytest

from tests.command_line.place import Place


@pytest.mark.parametrize("word", ["BP206", "bp206", "umask-zero"])
def test_a_rule_is_found_by_code_and_by_name(place: Place, word: str) -> None:
    ran = place.run("rule", word)
    assert ran.code == 0
    assert ran.out.startswith("BP206 umask-zero (warning)\n")
    assert "\nBad:\n" in ran.out
    assert "\n    umask: 0\n" in ran.out


def test_what_an_example_needs_is_said(place: Place) -> None:
    assert "\nBad, with --semantics 1.3:\n" in place.run("rule", "BP309").out
    assert "  config.yaml, mode 0644:\n" in place.run("rule", "BP601").out
    assert "  common.yaml:\n" in place.run("rule", "BP114").out


@pytest.mark.parametrize(
    ("word", "near"), [("BP2066", "BP206"), ("bp2066", "BP206"), ("umask-zeor", "umask-zero")]
)
def test_an_unknown_rule_is_an_error_with_the_nearest_name(
    place: Place, word: str, near: str
) -> None:
    ran = place.run("rule", word)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == f"borgplan rule: there is no rule `{word}`; did you mean `{near}`?\n"


def test_without_a_rule_all_are_listed(place: Place) -> None:
    ran = place.run("rule")
    assert ran.code == 0
    assert "BP206  warning  umask-zero\n" in ran.out
    assert ran.out.splitlines() == sorted(ran.out.splitlines())


def test_rules_as_data(place: Place) -> None:
    assert {rule["code"] for rule in place.run("rule", "--format", "json").data["rules"]} > {
        "BP101",
        "BP603",
    }
    (rule,) = place.run("rule", "BP603", "--format", "json").data["rules"]
    assert [file["mode"] for file in rule["bad"]["files"]] == ["0600", "0777"]
