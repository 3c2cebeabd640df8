"""`plan --probe`: Borg is asked about repositories on other machines, and only then."""

from __future__ import annotations

import pytest

from tests.command_line.place import Place, nothing_ran

TWO = """\
source_directories: [/etc/hostname]
repositories: [{path: ssh://host/./far, label: far}, {path: near}]
keep_daily: 1
"""
NOTED = 'echo "borg $1 $(for last; do :; done; echo "$last")" >> "$HOME/trace"\n'
ABSENT = """echo '{"type": "log_message", "msgid": "Repository.DoesNotExist"}' >&2; exit 2\n"""


@pytest.fixture
def two(place: Place) -> Place:
    place.write("c.yaml", TWO)
    place.write("near/config", "[repository]\n")
    place.program("borg", NOTED)
    return place


def test_without_it_nobody_is_asked(two: Place) -> None:
    for command in ("plan", "lint"):
        assert two.run(command, "c.yaml").code == 0
    assert not two.trace
    out = two.run("plan", "c.yaml").out
    assert "Repository ssh://host/./far: not checked (use --probe)." in out
    assert "Repository near: exists." in out


def test_only_what_can_not_be_seen_is_asked_about(two: Place) -> None:
    ran = two.run("plan", "--probe", "c.yaml")
    assert two.trace == ["borg info ssh://host/./far"]
    assert "Repository ssh://host/./far: exists." in ran.out


def test_only_repositories_of_the_run_are_asked_about(two: Place) -> None:
    two.run("plan", "--probe", "-r", "near", "c.yaml")
    assert not two.trace


def test_an_absent_one_is_told(two: Place) -> None:
    two.program("borg", ABSENT)
    ran = two.run("plan", "--probe", "c.yaml")
    assert ran.code == 0
    assert "Repository ssh://host/./far: does not exist." in ran.out
    assert "c.yaml:2:16: warning BP424" in ran.err


def test_one_that_can_not_be_reached_is_told(two: Place) -> None:
    two.program("borg", "echo unreachable >&2; exit 2\n")
    ran = two.run("plan", "--probe", "c.yaml")
    assert ran.code == 0
    assert "Repository ssh://host/./far: unknown." in ran.out
    assert "warning BP404" in ran.err


def test_another_encryption_is_no_matter_where_nothing_is_created(two: Place) -> None:
    two.write("c.yaml", TWO.replace("label: far", "encryption: repokey"))
    two.program("borg", """echo '{"encryption": {"mode": "none"}}'\n""")
    assert two.run("plan", "--probe", "c.yaml").code == 0


@pytest.mark.parametrize(
    "words", [("plan", "--probe", "--offline"), ("lint", "--probe"), ("apply", "--probe")]
)
def test_where_nobody_is_to_be_asked_it_is_refused(two: Place, words: tuple[str, ...]) -> None:
    nothing_ran(two, two.run(*words, "c.yaml"))
