"""Findings that a comment in the file says not to report."""

from __future__ import annotations

import pytest

from tests.command_line.place import FLAT, Place
from tests.command_line.test_lint import codes

HEALTH = "debug_passphrase: true"  # BP218


def linted(place: Place, text: str) -> list[str]:
    place.write("c.yaml", FLAT + text)
    return codes(place.run("lint", "c.yaml"))


@pytest.mark.parametrize(
    "text",
    [
        f"{HEALTH}  # borgplan: ignore BP218\n",
        f"# borgplan: ignore BP218\n{HEALTH}\n",
        f"# borgplan: ignore BP218\n# which is monitored otherwise\n{HEALTH}\n",
        f"{HEALTH}\n# borgplan: ignore-file BP218\n",
        f"{HEALTH}  # it is said elsewhere  # borgplan: ignore BP218\n",
        f"{HEALTH}  #borgplan:ignore BP218\n".replace(":ignore", ": ignore"),
    ],
)
def test_a_finding_is_suppressed(place: Place, text: str) -> None:
    assert linted(place, text) == []
    ran = place.run("lint", "c.yaml")
    assert (ran.code, ran.out) == (0, "")
    assert ran.err == "1 file checked: 0 errors, 0 warnings, 0 notes (1 suppressed by comments)\n"


def test_several_codes(place: Place) -> None:
    file = place.write("c.yaml", f"# borgplan: ignore-file BP601, BP218\n{FLAT}{HEALTH}\n")
    file.chmod(0o644)
    assert codes(place.run("lint", "c.yaml")) == []


@pytest.mark.parametrize(
    "text",
    [
        f"after_everything: ['echo \"# borgplan: ignore-file BP218\"']\n{HEALTH}\n",
        f"after_everything:\n  - |\n    echo\n    # borgplan: ignore-file BP218\n{HEALTH}\n",
        f"after_everything:\n  - |\n    # borgplan: ignore BP218\n{HEALTH}\n",
        f'after_everything: ["# borgplan: ignore BP218"]\n{HEALTH}\n',
    ],
)
def test_a_text_suppresses_nothing(place: Place, text: str) -> None:
    assert "BP218" in linted(place, text)


@pytest.mark.parametrize(
    "text",
    [
        f"{HEALTH}\nkeep_weekly: 1  # borgplan: ignore BP218\n",
        f"# borgplan: ignore BP218\nkeep_weekly: 1\n{HEALTH}\n",
        f"keep_weekly: 1  # borgplan: ignore BP218\n{HEALTH}\n",
        f"{HEALTH}  # borgplan: ignore BP601\n",
        f"{HEALTH}\n# borgplan: ignore-file BP601\n",
    ],
)
def test_what_suppresses_nothing_is_a_note(place: Place, text: str) -> None:
    assert sorted(linted(place, text)) == ["BP141", "BP218"]


def test_of_several_codes_the_one_that_isn_t_there_is_named(place: Place) -> None:
    place.write("c.yaml", f"{FLAT}{HEALTH}  # borgplan: ignore BP218, BP232\n")
    ran = place.run("lint", "c.yaml")
    assert ran.code == 0
    assert "c.yaml:4:25: note BP141 there is no BP232 on line 4 to ignore" in ran.out


def test_codes_that_aren_t_asked_for_are_not_missed(place: Place) -> None:
    place.write("c.yaml", f"{FLAT}keep_weekly: 1  # borgplan: ignore BP232\n")
    assert codes(place.run("lint", "--ignore", "BP232", "c.yaml")) == []
    assert codes(place.run("lint", "--select", "BP232,BP14", "c.yaml")) == ["BP141"]


@pytest.mark.parametrize(
    ("comment", "message"),
    [
        ("borgplan: ignore", "this comment has no code"),
        ("borgplan: ignore-file", "this comment has no code"),
        ("borgplan:", "a comment for borgplan starts with `ignore` or `ignore-file`"),
        ("borgplan: ignored BP218", "a comment for borgplan starts with `ignore` or `ignore-file`"),
        ("borgplan: ignore BP999", "there is no code BP999"),
        ("borgplan: ignore BP2", "there is no code BP2"),
        ("borgplan: ignore BP218 BP232", "write codes separated by commas"),
        ("borgplan: ignore everything", "write codes separated by commas"),
        ("borgplan: ignore-file BP218", "put `ignore-file` on its own line"),
    ],
)
def test_a_comment_that_isn_t_understood_is_a_warning(
    place: Place, comment: str, message: str
) -> None:
    place.write("c.yaml", f"{FLAT}{HEALTH}  # {comment}\n")
    ran = place.run("lint", "c.yaml")
    assert (ran.code, codes(ran)) == (1, ["BP218", "BP142"])
    assert f"c.yaml:4:25: warning BP142 {message}: nothing is suppressed\n" in ran.out


def test_a_finding_in_an_included_file_is_about_that_file_s_comments(place: Place) -> None:
    place.write("c.yaml", f"<<: !include common.yml\n{FLAT}# borgplan: ignore-file BP218\n")
    place.write("common.yml", f"{HEALTH}\n")
    assert codes(place.run("lint", "c.yaml")) == ["BP141", "BP218"]
    place.write("c.yaml", f"<<: !include common.yml\n{FLAT}")
    place.write("common.yml", f"{HEALTH}  # borgplan: ignore BP218\n")
    assert codes(place.run("lint", "c.yaml")) == []


def test_a_comment_in_a_shared_file_is_used_if_one_file_needs_it(place: Place) -> None:
    """And where one of those has errors, it isn't known."""
    place.write("common.yml", "keep_daily: 7  # borgplan: ignore BP116\n")
    place.write("a.yaml", f"<<: !include common.yml\n{FLAT}")
    assert codes(place.run("lint", "a.yaml")) == ["BP141"]
    place.write("b.yaml", f"<<: !include common.yml\n{FLAT}compression: 3\n")
    assert codes(place.run("lint", "a.yaml", "b.yaml")) == ["BP203"]


def test_a_file_full_of_comments_takes_no_time(place: Place) -> None:
    """Were it quadratic, the test would run into its time limit."""
    place.write("c.yaml", FLAT + "# borgplan: ignore BP232\n" * 40_000)
    ran = place.run("lint", "--severity", "warning", "c.yaml")
    assert (ran.code, ran.out) == (0, "")
