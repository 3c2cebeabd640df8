"""`borgplan migrate` as a user sees it: what it writes, what it says, and when it writes nothing."""

from __future__ import annotations

import pytest

from tests.command_line.place import Place

OLD = """\
location:
    source_directories:
        - /etc/hostname
    repositories:
        - repo  # near
retention:
    keep_daily: 1
hooks:
    before_backup:
        - echo 1
    on_error:
        - echo 2
"""
NEW = """\
source_directories:
    - /etc/hostname
source_directories_must_exist: false
repositories:
    - path: repo  # near
keep_daily: 1
checks:
    - name: repository
    - name: archives
commands:
    - before: configuration
      when: [create]
      run:
          - echo 1
    - after: error
      run:
          - echo 2
"""


def test_a_file_is_rewritten_and_what_is_different_is_told(place: Place) -> None:
    file = place.write("c.yaml", OLD)
    file.chmod(0o640)
    ran = place.run("migrate", "--semantics", "1.3", "c.yaml")
    assert (ran.code, place.read("c.yaml")) == (0, NEW)
    assert file.stat().st_mode & 0o777 == 0o640
    assert "c.yaml: migrated\nRelease: the files were written for borgmatic 1.3.22" in ran.out
    assert "c.yaml:10  if `echo 1` ends with 75: no longer runs: `echo 2`" in ran.out
    assert "actions: " in ran.out
    assert not ran.err
    assert not place.read("c.yaml.bak")


def test_what_is_different_is_told_in_colour(place: Place) -> None:
    place.write("c.yaml", OLD)
    assert (
        "\x1b[2mc.yaml:10\x1b[0m  if"
        in place.run("migrate", "--semantics", "1.3", "--color", "always", "c.yaml").out
    )


def test_what_was_migrated_and_what_is_current_needs_nothing(place: Place) -> None:
    place.write("c.yaml", NEW)
    for words in ((), ("--check",), ("--diff",), ("--semantics", "1.9")):
        ran = place.run("migrate", "c.yaml", *words)
        assert ran.code == 0
        assert "c.yaml: nothing to do" in ran.out + ran.err
    assert place.read("c.yaml") == NEW


def test_check_writes_nothing_and_tells_by_its_exit_code(place: Place) -> None:
    place.write("c.yaml", OLD)
    ran = place.run("migrate", "--check", "c.yaml")
    assert (ran.code, place.read("c.yaml")) == (1, OLD)
    assert ran.out.startswith("c.yaml: would be migrated\n")


def test_diff_writes_nothing_and_shows_the_lines(place: Place) -> None:
    place.write("c.yaml", OLD)
    ran = place.run("migrate", "--diff", "c.yaml")
    assert (ran.code, place.read("c.yaml")) == (0, OLD)
    assert ran.out.startswith("--- c.yaml\n+++ c.yaml\n@@ ")
    assert "-        - repo  # near\n" in ran.out
    assert "+    - path: repo  # near\n" in ran.out
    assert "c.yaml: would be migrated" in ran.err
    assert place.run("migrate", "--diff", "--check", "c.yaml").code == 1


def test_a_copy_is_kept_if_wanted(place: Place) -> None:
    place.write("c.yaml", OLD)
    assert place.run("migrate", "--semantics", "1.3", "--backup", "c.yaml").code == 0
    assert (place.read("c.yaml"), place.read("c.yaml.bak")) == (NEW, OLD)


def test_a_link_stays_a_link(place: Place) -> None:
    place.write("real.yaml", OLD)
    link = place.path / "c.yaml"
    link.symlink_to("real.yaml")
    assert place.run("migrate", "--semantics", "1.3", "c.yaml").code == 0
    assert link.is_symlink()
    assert place.read("real.yaml") == NEW


def test_a_directory_is_migrated_as_one_run(place: Place) -> None:
    place.write("d/a.yaml", OLD)
    place.write("d/b.yaml", OLD.replace("repo ", "other "))
    ran = place.run("migrate", "--semantics", "1.3", "d")
    assert ran.code == 0
    assert place.read("d/a.yaml") == NEW
    assert place.read("d/b.yaml") == NEW.replace("repo ", "other ")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("location: {{ location }}\n", "BP"),
        ("location: [\n", "BP103"),
        (f"{OLD}    nonsense: 1\n", "BP210"),
        (OLD.replace("location:", "location: &here"), "BP851"),
        ("", "BP104"),
    ],
)
def test_one_file_that_can_t_be_migrated_keeps_all_as_they_are(
    place: Place, text: str, code: str
) -> None:
    place.write("a.yaml", OLD)
    place.write("b.yaml", text)
    ran = place.run("migrate", "a.yaml", "b.yaml")
    assert ran.code == 2
    assert f"error {code}" in ran.err
    assert ran.err.startswith("b.yaml:")
    assert (place.read("a.yaml"), place.read("b.yaml")) == (OLD, text)


def test_a_file_that_is_not_there_is_told(place: Place) -> None:
    ran = place.run("migrate", "none.yaml")
    assert (ran.code, ran.err.split()[2]) == (2, "BP101")
    assert place.run("migrate", "--semantics", "9.9", "none.yaml").code == 2


def test_what_can_t_be_written_stays_as_it_is(place: Place) -> None:
    """The copy that is asked for would have too long a name."""
    name = "c" * 250 + ".yaml"
    place.write(name, OLD)
    ran = place.run("migrate", "--semantics", "1.3", "--backup", name)
    assert ran.code == 2
    assert "file name too long; it is as it was" in ran.err
    assert place.read(name) == OLD


def test_a_secret_is_not_shown(place: Place) -> None:
    """Of a file that is refused."""
    place.write("c.yaml", f"{OLD}storage: &here\n    encryption_passphrase: hunter2\n")
    ran = place.run("migrate", "--semantics", "1.3", "c.yaml")
    assert ran.code == 2
    assert "hunter2" not in ran.out + ran.err


@pytest.mark.parametrize("value", ["hunter2", "|\n        hunter2\n        hunter3"])
def test_a_diff_shows_no_secret(place: Place, value: str) -> None:
    place.write("c.yaml", f"{OLD}storage:\n    encryption_passphrase: {value}\n    umask: 77\n")
    ran = place.run("migrate", "--diff", "c.yaml")
    assert ran.code == 0
    assert "+umask: 77\n" in ran.out
    assert "+encryption_passphrase: ...\n" in ran.out or "+    ...\n" in ran.out
    assert "hunter" not in ran.out + ran.err


def test_the_plan_of_a_migrated_file_runs_what_was_meant(place: Place) -> None:
    place.write("c.yaml", OLD.replace("echo 1", "exit 3").replace("echo 2", "echo told >> ~/trace"))
    before = place.run("apply", "c.yaml")
    assert (before.code, place.trace) == (1, ["told"])
    assert place.run("migrate", "--semantics", "1.3", "c.yaml").code == 0
    after = place.run("apply", "c.yaml")
    assert (after.code, place.trace) == (1, ["told", "told"])
