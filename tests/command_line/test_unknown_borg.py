"""A Borg whose version nobody knows is told of before the run."""

from __future__ import annotations

import pytest

from tests.command_line.place import FLAT, Place

UNKNOWN = {
    "is not there": "",
    "can't be run": "exec /nonexistent/python",
    "fails": "echo borg 1.4.0; exit 1",
    "says nothing": "exit 0",
    "says something else": "echo 'usage: docker exec'",
}


@pytest.mark.parametrize("command", ["plan", "apply"])
@pytest.mark.parametrize("name", UNKNOWN)
def test_an_unknown_version_is_a_warning_once(place: Place, name: str, command: str) -> None:
    borg = place.path / "bin/other"
    if UNKNOWN[name]:
        place.program("other", UNKNOWN[name])
    place.write(
        "c.yaml",
        f"{FLAT.replace('{path: repo}', '{path: repo}, {path: two}')}local_path: {borg}\n",
    )
    ran = place.run(command, "-a", "create", "c.yaml")
    assert ran.err.count("BP417") == 1
    assert f"c.yaml:4:13: warning BP417 the version of `{borg}` is unknown" in ran.err
    assert "Borg 1.4.0" in ran.err


def test_where_nothing_is_asked_nothing_is_missing(place: Place) -> None:
    place.write("c.yaml", f"{FLAT}local_path: {place.path}/bin/other\n")
    ran = place.run("plan", "--offline", "c.yaml")
    assert "BP417" not in ran.err
    assert "version unknown" in ran.out
    assert "BP417" not in place.run("lint", "c.yaml").out


def test_a_known_version_is_no_matter(place: Place) -> None:
    place.write("c.yaml", FLAT)
    assert "BP417" not in place.run("plan", "c.yaml").err
