"""Pattern files that aren't there: said beforehand, and the create that needs one fails, but for a hook."""

from __future__ import annotations

import pytest

from tests.command_line.place import FLAT, Place

OPTIONS = ("exclude_from", "patterns_from")
# Shows what it is told to read.
READING = """\
echo "borg $1" >> "$HOME/trace"
for word; do
  case $was in --exclude-from | --patterns-from) echo "$was:"; cat "$word";; esac
  was=$word
done > "$HOME/$1.read"
"""
HOOK = "commands:\n  - before: action\n    when: [create]\n    run: ['echo made > {0}']\n"


@pytest.fixture
def reading(place: Place) -> Place:
    place.program("borg", READING)
    return place


@pytest.mark.parametrize("option", OPTIONS)
@pytest.mark.parametrize(
    "written", ["[missing]", "['*.missing']", "[here, missing]", "[~/missing]"]
)
def test_without_it_the_create_fails_and_nothing_else(
    reading: Place, option: str, written: str
) -> None:
    reading.write("here", "")
    reading.write("c.yaml", f"{FLAT}{option}: {written}\n")
    reading.write("other.yaml", FLAT.replace("path: repo", "path: other"))
    ran = reading.run("apply", "-a", "create", "c.yaml", "other.yaml")
    assert ran.code == 1
    assert "warning BP403 pattern file" in ran.err
    assert "was not started: " in ran.out
    assert "No backup of c.yaml was made in repo.\n" in ran.out
    assert reading.trace == ["borg create"]
    planned = reading.run("plan", "-a", "create", "c.yaml")
    assert planned.code == 0
    assert "missing" in planned.out


@pytest.mark.parametrize("option", OPTIONS)
def test_lint_goes_on_with_the_rest_of_the_file(reading: Place, option: str) -> None:
    reading.write("c.yaml", f"{FLAT}{option}: [missing]\nencryption_passphrase: changeme\n")
    ran = reading.run("lint", "c.yaml")
    assert ran.code == 1
    assert "warning BP403" in ran.out
    assert "BP611" in ran.out


@pytest.mark.parametrize("option", OPTIONS)
def test_a_hook_may_make_it_and_borg_reads_it_then(reading: Place, option: str) -> None:
    reading.write("c.yaml", f"{FLAT}{option}: [missing]\n{HOOK.format('missing')}")
    ran = reading.run("apply", "-a", "create", "c.yaml")
    assert ran.code == 0, ran.err
    assert (
        "note BP403 there is no pattern file missing (a hook that runs earlier may create it)"
        in ran.err
    )
    assert f"--{option.replace('_', '-')}:\nmade\n" in reading.read("create.read")
    (reading.path / "missing").unlink()
    reading.write("c.yaml", f"{FLAT}{option}: [missing]\n{HOOK.format('another')}")
    ran = reading.run("apply", "-a", "create", "c.yaml")
    assert ran.code == 1
    assert "note BP403" in ran.err
    assert f"was not started: {reading.path}/missing does not exist\n" in ran.out


def test_a_file_keeps_its_place_among_the_patterns(reading: Place) -> None:
    reading.write("c.yaml",
        f"{FLAT}bootstrap: {{store_config_files: false}}\npatterns_from: [first, missing, last]\nexclude_patterns: [x]\n"
        f"exclude_from: [gone]\n{HOOK.format('missing').replace('made', '+ made')}"
        "  - before: action\n    when: [create]\n    run: ['echo gone > gone']\n")  # fmt: skip
    reading.write("first", "- first\n")
    reading.write("last", "- last\n")
    assert reading.run("apply", "-a", "create", "c.yaml").code == 0
    read = reading.read("create.read")
    named = [line for line in read.splitlines() if line not in ("P sh", "R /etc/hostname")]
    assert named == [
        "--patterns-from:", "! fm:x", "- first",
        "--patterns-from:", "+ made",
        "--patterns-from:", "- last",
        "--exclude-from:", "gone",
    ]  # fmt: skip


@pytest.mark.parametrize("option", OPTIONS)
def test_the_working_directory_of_borg_does_not_matter(reading: Place, option: str) -> None:
    (reading.path / "elsewhere").mkdir()
    text = f"{FLAT}{option}: [missing]\nworking_directory: {reading.path}/elsewhere\n"
    reading.write("c.yaml", text + HOOK.format(f"{reading.path}/missing"))
    assert reading.run("apply", "-a", "create", "c.yaml").code == 0
    assert "made" in reading.read("create.read")


def test_what_is_no_file_is_told_as_what_it_is(reading: Place) -> None:
    (reading.path / "folder").mkdir()
    reading.write("c.yaml", f"{FLAT}exclude_from: [folder]\n{HOOK.format('x')}")
    ran = reading.run("lint", "c.yaml")
    assert "warning BP403 pattern file folder: is a directory" in ran.out
