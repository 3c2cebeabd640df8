"""Going on with a run that failed or was interrupted."""

from __future__ import annotations

import sqlite3
import sys
from contextlib import closing

import pytest

from tests.command_line.place import Place

FILES = """\
source_directories: [/etc/hostname]
repositories: [{path: one}, {path: two}]
keep_daily: 1
before_backup: [echo before >> "$HOME/trace"]
after_backup: [echo after >> "$HOME/trace"]
"""
# Makes archives; fails where a file says so. It lists what it made.
BORG = """\
for last; do :; done
repository=$(basename "${last%%::*}")
[ $1 = list ] && { cat "$HOME/made-$repository" 2>/dev/null; exit "$(cat "$HOME/list" 2>/dev/null || echo 0)"; }
echo "borg $1 $repository" >> "$HOME/trace"
fails=$(cat "$HOME/$1-$repository" 2>/dev/null)
if [ "$1" = create ] && [ "$fails" != 2 ]; then
    printf '%s\\t%s\\t%s\\n' "$(uname -n)" "$(date +%Y-%m-%dT%H:%M:%S)" "$(uname -n)-2026" >> "$HOME/made-$repository"
fi
exit ${fails:-0}
"""
APPLY = ("apply", "-a", "create,prune", "--semantics", "2.1", "c.yaml")


@pytest.fixture
def failed(place: Place) -> Place:
    """A run in which `prune` of the second repository failed."""
    place.program("borg", BORG)
    place.write("c.yaml", FILES)
    place.write("prune-two", "2")
    assert place.run(*APPLY).code == 1
    (place.path / "prune-two").unlink()
    (place.path / "trace").unlink()
    return place


def test_only_what_is_left_runs(failed: Place) -> None:
    resumed = failed.run("resume", "last")
    assert resumed.code == 0, resumed
    assert failed.trace == ["borg prune two"]
    assert "nothing is left" in failed.run("resume", "last").err
    assert failed.trace == ["borg prune two"]


def test_it_is_shown_beforehand(failed: Place) -> None:
    shown = failed.run("resume", "last", "--dry-run")
    words = [line.split()[:4] for line in shown.out.splitlines()]
    assert shown.code == 0
    assert ["runs", "8", "borg", "prune"] in words
    assert sum(line[0] == "runs" for line in words) == 1
    assert not failed.trace
    assert failed.run("resume", "last").code == 0


def test_hooks_run_again_around_what_is_left(place: Place) -> None:
    place.program("borg", BORG)
    place.write("c.yaml", FILES)
    place.write("create-two", "2")
    assert place.run(*APPLY).code == 1
    (place.path / "create-two").unlink()
    (place.path / "trace").unlink()
    assert place.run("resume", "last").code == 0
    assert place.trace == ["before", "borg create two", "after", "borg prune two"]


def test_others_are_told_who_has_the_repository(place: Place) -> None:
    again = (
        f"{sys.executable} -m borgplan.runtime apply -a create other.yaml 2>> $HOME/said || true"
    )
    place.program("borg", BORG)
    place.write("other.yaml", FILES)
    place.write("c.yaml", FILES.replace("echo before", f"test ! -e go || {again}; echo before"))
    place.write("create-two", "2")
    assert place.run(*APPLY).code == 1
    (place.path / "create-two").unlink()
    place.write("go", "")
    assert place.run("resume", "last").code == 0
    assert "`borgplan resume c.yaml`" in place.read("said")


def test_an_archive_that_was_made_before_a_failure_is_not_made_again(place: Place) -> None:
    """Exit code 105 of Borg is a warning that a configuration may call an error."""
    place.program("borg", BORG)
    place.write("c.yaml", FILES + "borg_exit_codes: [{code: 105, treat_as: error}]\n")
    place.write("create-two", "105")
    assert place.run(*APPLY).code == 1
    (place.path / "trace").unlink()
    (place.path / "create-two").unlink()
    assert place.run("resume", "last").code == 0
    assert place.trace == ["borg prune two"]
    assert len(place.read("made-two").splitlines()) == 1


def unsure(place: Place) -> None:
    place.program("borg", BORG)
    place.write("c.yaml", FILES)
    place.write("create-two", "2")
    place.run(*APPLY)
    (place.path / "create-two").unlink()
    (place.path / "trace").unlink()
    place.write("list", "2")


def test_where_borg_does_not_say_it_is_refused(place: Place) -> None:
    unsure(place)
    ran = place.run("resume", "last")
    assert ran.code == 2
    assert "--unsure repeat or --unsure skip" in ran.err
    assert not place.trace


def test_what_is_unsure_is_repeated_if_that_is_said(place: Place) -> None:
    unsure(place)
    assert place.run("resume", "last", "--unsure", "repeat").code == 0
    assert "borg create two" in place.trace


def test_what_is_unsure_is_left_out_if_that_is_said(place: Place) -> None:
    unsure(place)
    assert place.run("resume", "last", "--unsure", "skip").code == 0
    assert place.trace == ["borg prune two"]


def test_archives_of_other_machines_and_of_before_are_not_taken_for_it(place: Place) -> None:
    unsure(place)
    (place.path / "list").unlink()
    old = "elsewhere\t2999-01-01T00:00:00\tx\n$(uname -n)\t2001-01-01T00:00:00\ty\n"
    place.write("made-two", old)
    assert place.run("resume", "last").code == 0
    assert "borg create two" in place.trace


def test_archives_of_later_runs_are_not_taken_for_it(place: Place) -> None:
    """Of another configuration with the same repository, its link followed, and alike names."""
    place.program("borg", BORG)
    (place.path / "other").symlink_to("two")
    place.write("c.yaml", FILES)
    place.write("other.yaml", FILES.replace("path: two", "path: other"))
    place.write("create-two", "2")
    assert place.run(*APPLY).code == 1
    (place.path / "create-two").unlink()
    first = place.run("history", "--format", "json").data["runs"][0]["id"]
    begun(place, seconds_ago=10)
    assert place.run("apply", "-a", "create", "other.yaml").code == 0
    (place.path / "trace").unlink()
    (place.path / "made-other").rename(place.path / "made-two")
    assert place.run("resume", first).code == 0
    assert "borg create two" in place.trace


def test_whose_an_archive_is_that_two_may_have_made_is_not_known(place: Place) -> None:
    """The later run began in the same second, or the clock went back."""
    place.program("borg", BORG)
    place.write("c.yaml", FILES)
    place.write("create-two", "2")
    assert place.run(*APPLY).code == 1
    first = place.run("history", "--format", "json").data["runs"][0]["id"]
    begun(place, seconds_ago=-10)
    (place.path / "create-two").unlink()
    assert place.run(*APPLY).code == 0
    (place.path / "trace").unlink()
    refused = place.run("resume", first)
    assert refused.code == 2
    assert "--unsure repeat or --unsure skip" in refused.err
    assert not place.trace


def begun(place: Place, seconds_ago: int) -> None:
    """Change when the steps noted so far began."""
    with closing(sqlite3.connect(place.path / "journal/journal")) as connection, connection:
        connection.execute("UPDATE step SET began = began - ?", (seconds_ago,))


def test_a_changed_configuration_is_refused(failed: Place) -> None:
    failed.write("c.yaml", FILES + "keep_weekly: 1\n")
    ran = failed.run("resume", "last")
    assert ran.code == 2
    assert "c.yaml has changed since run" in ran.err
    assert not failed.trace


def test_a_run_is_gone_on_with_once(failed: Place) -> None:
    first = failed.run("history", "--format", "json").data["runs"][0]["id"]
    failed.write("prune-two", "2")
    assert failed.run("resume", "last").code == 1
    second = failed.run("history", "--format", "json").data["runs"][0]
    assert (second["kind"], second["origin"]) == ("resume", first)
    ran = failed.run("resume", first)
    assert ran.code == 2
    assert f"borgplan resume {second['id']}" in ran.err
    (failed.path / "prune-two").unlink()
    assert failed.run("resume", "last").code == 0


def test_it_goes_on_from_anywhere(failed: Place) -> None:
    failed.write("elsewhere/file", "")
    assert failed.run("resume", "last", directory="elsewhere").code == 0
    assert failed.trace == ["borg prune two"]


def test_the_pass_phrase_is_read_again(place: Place) -> None:
    place.program(
        "borg",
        'cat "/dev/fd/$BORG_PASSPHRASE_FD" >> "$HOME/phrases"; echo >> "$HOME/phrases"; '
        '[ ! -e "$HOME/$1" ] || exit 2',
    )
    place.write("c.yaml", FILES + "encryption_passphrase: some words\n")
    place.write("prune", "")
    assert place.run(*APPLY).code == 1
    (place.path / "phrases").unlink()
    (place.path / "prune").unlink()
    assert place.run("resume", "last").code == 0
    assert set(place.read("phrases").split("\n")) == {"some words", ""}


PHRASES = """\
[ -z "$BORG_PASSPHRASE_FD" ] || { cat "/dev/fd/$BORG_PASSPHRASE_FD"; echo; } >> "$HOME/phrases"
[ ! -e "$HOME/$1" ] || exit 2
"""


@pytest.mark.parametrize("kept", [True, False])
def test_a_saved_plan_is_gone_on_with_and_its_secrets_stay_hidden(
    place: Place, *, kept: bool
) -> None:
    place.program("borg", PHRASES)
    secret = "encryption_passphrase: some words\nafter_everything: [echo some words]\n"
    place.write("c.yaml", FILES + secret)
    assert place.run("plan", "-a", "create,prune", "-o", "p.json", "c.yaml").code == 0
    place.write("prune", "")
    assert place.run("apply", "p.json").code == 1
    (place.path / "phrases").unlink()
    (place.path / "prune").unlink()
    if not kept:
        (place.path / "p.json").unlink()
    ran = place.run("resume", "last")
    assert ran.code == 0, ran
    assert place.read("phrases").split("\n") == ["some words", "some words", ""]
    assert "(hidden)" in ran.out + ran.err
    assert "some words" not in ran.out + ran.err.replace("echo some words", "")


def test_a_run_that_went_well_leaves_nothing(failed: Place) -> None:
    assert failed.run(*APPLY).code == 0
    ran = failed.run("resume", "last")
    assert ran.code == 0
    assert "succeeded; nothing is left to do" in ran.err


def test_there_has_to_be_a_run(place: Place) -> None:
    assert place.run("resume", "last").code == 2
    assert place.run("resume").code == 2
