"""A hook that asks to leave quietly before `create`: no failure, and no backup either."""

from __future__ import annotations

import pytest

from tests.command_line.place import FLAT, Place

LEAVES = {
    "before the backup": "before_backup: [exit 75]\n",
    "before the actions": "before_actions: [exit 75]\n",
    "before the repository": "commands: [{before: repository, run: [exit 75]}]\n",
    "before the action": "commands: [{before: action, when: [create], run: [exit 75]}]\n",
    "before the file": "commands: [{before: configuration, run: [exit 75]}]\n",
}


@pytest.mark.parametrize("name", LEAVES)
def test_the_summary_says_that_there_is_no_backup(place: Place, name: str) -> None:
    place.write("c.yaml", FLAT + LEAVES[name])
    ran = place.run("apply", "--semantics", "2.1", "-a", "create", "c.yaml")
    assert ran.code == 0
    headline, *rest = ran.out.splitlines()
    assert headline.startswith("Done: 1 command ran in ")
    assert headline.endswith(
        "nothing failed, 1 hook exited 75 and skipped the remaining steps, but 1 of 1 backup not made."
    )
    assert "No backup of c.yaml was made in repo." in rest
    data = place.run(
        "apply", "--semantics", "2.1", "-a", "create", "--format", "json", "c.yaml"
    ).data
    assert [(backup["archive"], backup["missing"]) for backup in data["backups"]] == [(None, True)]


def test_one_of_two_is_missing(place: Place) -> None:
    text = FLAT.replace("{path: repo}", "{path: near}, {path: far}")
    place.write(
        "c.yaml", f'{text}before_backup: ["case {{repository}} in near) exit 75 ;; esac"]\n'
    )
    ran = place.run("apply", "--semantics", "2.1", "-a", "create", "c.yaml")
    assert "but 1 of 2 backups not made." in ran.out
    assert "No backup of c.yaml was made in near." in ran.out
    assert "Backup of c.yaml in far: archive made" in ran.out


def test_without_create_there_is_nothing_to_miss(place: Place) -> None:
    place.write("c.yaml", f"{FLAT}before_prune: [exit 75]\n")
    ran = place.run("apply", "-a", "prune", "c.yaml")
    assert "backup" not in ran.out.splitlines()[0]
    assert "No backup" not in ran.out
