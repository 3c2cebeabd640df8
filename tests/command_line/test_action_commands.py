"""`borgplan list` for `borgplan apply --actions list`, and hints for the habits of borgmatic."""

from __future__ import annotations

import shlex

import pytest

from borgplan.compiler.plan.actions import Action
from borgplan.runtime.cli.arguments import request_of
from borgplan.runtime.cli.parser import COMMANDS, again, parse
from tests.command_line.place import FLAT, Place


@pytest.mark.parametrize("action", [a.value for a in Action if a.value not in COMMANDS])
def test_every_action_is_a_command(action: str) -> None:
    found = parse([action, "a.yaml", "-r", "one"])
    assert request_of(found) == request_of(parse(["apply", "-a", action, "a.yaml", "-r", "one"]))
    assert again(found.words) == found


@pytest.mark.parametrize(
    ("line", "action"),
    [
        ("rlist a.yaml", "repo-list"),
        ("rinfo a.yaml", "repo-info"),
        ("key export a.yaml", "key-export"),
    ],
)
def test_other_names_of_actions_are_commands_too(line: str, action: str) -> None:
    found = parse(shlex.split(line))
    assert (found.actions, found.configs) == ((Action(action),), ("a.yaml",))


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("prune compact", "borgplan apply --actions prune,compact"),
        ("apply create", "borgplan apply --actions create"),
        ("--create", "borgplan borgmatic --create"),
        ("-c a.yaml create", "borgplan borgmatic -c a.yaml create"),
        ("config validate", "use `borgplan lint`"),
        ("config generate", "use `borgplan init -o FILE`"),
        ("browse", "the action `browse` is not implemented yet"),
        ("apply -v 1", "--verbosity N"),
        ("apply --override keep_daily=1", "--set OPTION=VALUE"),
    ],
)
def test_a_habit_of_borgmatic_gets_a_hint(place: Place, line: str, hint: str) -> None:
    ran = place.run(*shlex.split(line))
    assert ran.code == 2
    assert hint in ran.err


def test_a_file_may_be_called_as_an_action(place: Place) -> None:
    place.write("create", FLAT)
    assert "is read as a configuration file" not in place.run("plan", "--offline", "create").err


def test_texts_of_several_repositories_have_headings(place: Place) -> None:
    place.program("borg", '[ "$1" = --version ] && echo "borg 1.4.0" || echo archive-1')
    two = "repositories: [{path: /at/one, label: near}, {path: /at/two}]\n"
    place.write("c.yaml", f"source_directories: [/etc/hostname]\n{two}")
    assert (
        place.run("list", "-q", "c.yaml").out == "near: list\narchive-1\n/at/two: list\narchive-1\n"
    )
    assert place.run("list", "-q", "c.yaml", "-r", "near").out == "archive-1\n"
