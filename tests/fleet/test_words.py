"""Options of `borgplan fleet`: each verb takes its own, and refuses those of others by name."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

import pytest

from borgplan.runtime.cli.parser import parse_own
from borgplan.runtime.commands.fleet import run
from borgplan.runtime.fleet.words import VERBS, completed, configure, problem

VALUES = {"DURATION": "26h", "HH:MM-HH:MM": "1:00-2:00", "LIST": "create", "N": "1", None: "text"}
# What every verb takes.
SHARED = {"--inventory", "--limit", "--forks", "--format", "--color", "--help"}
TAKES = {
    "plan": "--facts-dir --root --untrusted --actions --semantics --jobs --overdue --output"
    " --serial --per-server --canaries --max-failures --window",
    "apply": "--serial --per-server --canaries --max-failures --window --patience --events",
    "recover": "--patience",
    "status": "--overdue",
    "diff": "--facts-dir --root --untrusted --actions --semantics --jobs --against-semantics --exit-code",
    "lint": "--facts-dir --root --untrusted --actions --semantics --jobs",
    "policy": "--facts-dir --root --untrusted --actions --semantics --jobs",
}


def options() -> Iterator[tuple[str, list[str]]]:
    """Each option, and the words that give it, a default value among them."""
    parser = argparse.ArgumentParser()
    configure(parser)
    for action in parser._actions:
        if action.option_strings:
            value = VALUES.get(str(action.metavar) if action.metavar else None, "value")
            flag = action.option_strings[-1]
            yield flag, [flag] if action.nargs == 0 else [flag, value]


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_takes_its_own_options_and_no_others(verb: str) -> None:
    for flag, words in options():
        if flag in ("--color", "--help"):
            continue
        wrong = problem(parse_own(["fleet", verb, *words], configure))
        assert bool(wrong) is (flag not in SHARED and flag not in TAKES[verb].split()), flag
        assert not wrong or wrong.startswith(f"{flag} is an option of ")


def test_what_is_not_given_has_its_default() -> None:
    found = completed(parse_own(["fleet", "status", "--limit", "a"], configure))
    assert (found.limit, found.overdue, found.window, [*found.inventory]) == ("a", 93600, None, [])


def test_an_option_of_another_verb_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["fleet", "status", "-i", "a,", "--window", "22:00-06:00"]
    assert run(parse_own(words, configure)) == 2
    said = capsys.readouterr().err
    assert said == "borgplan fleet status: --window is an option of plan and apply, not of status\n"
