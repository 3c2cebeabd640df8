"""The options of single actions are set up only where one is used."""

from __future__ import annotations

import argparse

import pytest

from borgplan.compiler.borg.action_options import ActionOptions
from borgplan.runtime.cli.options import action as action_arguments
from borgplan.runtime.cli.parser import parse


def test_every_field_of_the_options_of_actions_has_an_option() -> None:
    parser = argparse.ArgumentParser(add_help=False)
    action_arguments.add_to(parser)
    fields = {action.dest for action in parser._actions}
    assert fields | {"words"} == set(ActionOptions._fields)  # those words stand after `--`


def test_without_them_every_option_has_its_default() -> None:
    assert parse(["plan"]).options == ActionOptions()


@pytest.mark.parametrize("words", [["-enone"], ["-e", "none"], ["--encryption=none"]])
def test_they_are_there_in_every_spelling(words: list[str]) -> None:
    assert parse(["apply", "-a", "repo-create", *words]).options.encryption == "none"


def test_what_follows_two_dashes_is_for_borg() -> None:
    found = parse(["apply", "-a", "borg", "config.yaml", "--", "list", "--short"])
    assert found.options.words == ("list", "--short")
    assert found.configs == ("config.yaml",)


@pytest.mark.parametrize(
    "words",
    [["--repair", "-a", "create"], ["--archive", "x"], ["--json", "-a", "compact"], ["--", "x"]],
)
def test_an_option_that_no_action_takes_is_an_error(words: list[str]) -> None:
    with pytest.raises(SystemExit):
        parse(["apply", *words])
