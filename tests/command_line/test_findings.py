"""What `borgplan lint` prints of the rules' findings."""

from __future__ import annotations

from tests.command_line.place import FLAT, Place


def test_no_finding_shows_a_line_with_a_secret(place: Place) -> None:
    command = "mysqldump -phunter2 app > /tmp/app.sql"
    place.write("c.yaml", f"{FLAT}before_backup:\n  - {command}\n")
    ran = place.run("lint", "c.yaml")
    assert ran.code == 1
    assert {"BP613", "BP614"} <= set(ran.out.split())
    assert "hunter2" not in ran.out + ran.err


def test_notes_alone_are_no_findings(place: Place) -> None:
    place.write("c.yaml", FLAT.replace("/etc/hostname", "/etc").replace("[{path: repo}]", "[repo]"))
    ran = place.run("lint", "c.yaml")
    assert "note BP241 repositories as plain texts" in ran.out
    assert ran.code == 0
