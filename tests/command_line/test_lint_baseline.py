"""Findings of before, which a baseline file holds."""

from __future__ import annotations

import json

import pytest

from tests.command_line.place import FLAT, Place
from tests.command_line.test_lint import codes

HEALTH = "debug_passphrase: true\n"


@pytest.fixture
def known(place: Place) -> Place:
    """Two findings, and a baseline that has them."""
    place.write("d/c.yaml", FLAT + HEALTH).chmod(0o644)
    ran = place.run("lint", "--write-baseline", "old.json", "d/c.yaml")
    assert (ran.code, ran.out, ran.err) == (0, "", "2 findings written to old.json\n")
    return place


def test_what_is_known_is_not_reported(known: Place) -> None:
    ran = known.run("lint", "--baseline", "old.json", "d")
    assert (ran.code, ran.out) == (0, "")
    assert ran.err == "1 file checked: 0 errors, 0 warnings, 0 notes (2 in the baseline)\n"


def test_what_is_new_is_reported(known: Place) -> None:
    known.write("d/c.yaml", FLAT + HEALTH + "display_passphrase: true\n").chmod(0o644)
    ran = known.run("lint", "--baseline", "old.json", "d")
    assert (ran.code, codes(ran)) == (1, ["BP218"])
    assert "display_passphrase" in ran.out


def test_lines_may_move(known: Place) -> None:
    known.write("d/c.yaml", f"# more\n\n\n{HEALTH}\n{FLAT}").chmod(0o644)
    assert known.run("lint", "--baseline", "old.json", "d").code == 0


def test_a_line_that_changes_is_new(place: Place) -> None:
    place.write("c.yaml", f"{FLAT}umask: 70\numask: 77\n")
    place.run("lint", "--write-baseline", "old.json", "c.yaml")
    place.write("c.yaml", f"{FLAT}umask: 70\n'umask': 77\n")
    assert codes(place.run("lint", "--baseline", "old.json", "c.yaml")) == ["BP116"]


def test_one_more_of_the_same_is_new(place: Place) -> None:
    place.write("c.yaml", f"{FLAT}umask: 77\numask: 77\n")
    place.run("lint", "--write-baseline", "old.json", "c.yaml")
    place.write("c.yaml", f"{FLAT}umask: 77\numask: 77\numask: 77\n")
    assert codes(place.run("lint", "--baseline", "old.json", "c.yaml")) == ["BP116"]


def test_files_are_found_from_any_directory(known: Place) -> None:
    assert known.run("lint", "--baseline", "../old.json", "c.yaml", directory="d").code == 0
    absolute = str(known.path / "d/c.yaml")
    assert known.run("lint", "--baseline", str(known.path / "old.json"), absolute).code == 0


def test_what_is_gone_is_told_of_the_files_that_were_checked(known: Place) -> None:
    known.write("d/c.yaml", FLAT)
    ran = known.run("lint", "--baseline", "old.json", "d")
    assert ran.code == 0
    message = "2 findings of the baseline no longer occur; update it: --write-baseline old.json\n"
    assert ran.err.startswith(message)
    known.write("other.yaml", FLAT)
    assert "gone" not in known.run("lint", "--baseline", "old.json", "other.yaml").err


def test_the_same_findings_give_the_same_bytes(known: Place) -> None:
    before = known.read("old.json")
    known.run("lint", "--write-baseline", "old.json", "d")
    assert known.read("old.json") == before
    data = json.loads(before)
    assert json.dumps(data, indent=2, sort_keys=True) + "\n" == before
    assert set(data["findings"]) == {"d/c.yaml"}
    assert list((known.path).glob("old.json*")) == [known.path / "old.json"]


def test_no_secret_can_be_guessed_from_it(place: Place) -> None:
    """Two files that differ in the secret only have the same baseline."""
    written = []
    for secret in ("hunter2", "hunter3"):
        place.write("c.yaml", f"{FLAT}encryption_passphrase: x\nencryption_passphrase: {secret}\n")
        place.run("lint", "--write-baseline", "old.json", "c.yaml")
        written.append(place.read("old.json"))
    assert written[0] == written[1]
    assert "BP116" in written[0]


GOOD = {"format": "borgplan-baseline", "version": 1, "findings": {}}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "old.json:1:1: error BP143 not valid JSON"),
        (b'{"a":\n x}', "old.json:2:2: error BP143 not valid JSON"),
        (b"[]", "error BP143 not a baseline"),
        (b"\xff\xfe\x00", "error BP143 not "),
        (b"[" * 100_000, "error BP143 "),
        (json.dumps({**GOOD, "version": 2}).encode(), "not a borgplan-baseline of version 1"),
        (json.dumps({**GOOD, "findings": []}).encode(), "not a baseline"),
        (json.dumps({**GOOD, "findings": {"a": {"b": {"c": "d"}}}}).encode(), "not a baseline"),
        (json.dumps({**GOOD, "findings": {"a": {"b": {"c": True}}}}).encode(), "not a baseline"),
        (json.dumps({**GOOD, "findings": {"a": {"b": []}}}).encode(), "not a baseline"),
        (None, "old.json:1:1: error BP143 no such file"),
    ],
)
def test_a_broken_baseline_is_an_error(place: Place, content: bytes | None, message: str) -> None:
    place.write("c.yaml", FLAT + HEALTH)
    if content is not None:
        place.write("old.json", content)
    ran = place.run("lint", "--baseline", "old.json", "c.yaml")
    assert (ran.code, codes(ran)) == (2, ["BP143"])
    assert message in ran.out


def test_a_baseline_is_read_or_written(known: Place) -> None:
    assert known.run("lint", "--baseline", "a", "--write-baseline", "b", "d").code == 2


def test_one_that_can_t_be_written_is_told(known: Place) -> None:
    ran = known.run("lint", "--write-baseline", "no/old.json", "d")
    assert ran.code == 2
    assert ran.err == "borgplan lint: no/old.json can't be written: no such file or directory\n"
