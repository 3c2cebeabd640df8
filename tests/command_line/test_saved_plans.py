"""`plan -o FILE` and `apply FILE`: exactly the plan that was looked at, or nothing."""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.command_line.place import Place, nothing_ran

CONFIGURATION = """\
source_directories: [/etc/hostname]
repositories: [{path: repo, label: near}]
keep_daily: 1
encryption_passphrase: !include phrase.yaml
patterns_from: [patterns]
compression: ${LEVEL:-lz4}
before_backup: ['echo "one" >> ~/trace', 'echo "two" >> ~/trace']
after_backup: ['echo "three" >> ~/trace']
"""
RUN = ["one", "two", "borg create", "three"]


@pytest.fixture
def prepared(place: Place) -> Place:
    place.write("c.yaml", CONFIGURATION)
    place.write("phrase.yaml", "a secret phrase\n")
    place.write("patterns", "- *.tmp\n")
    return place


def save(place: Place, *words: str, **environment: str) -> None:
    ran = place.run("plan", "-o", "p.json", "-a", "create", *words, "c.yaml", **environment)
    assert ran.code == 0, ran.err


def lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines()]


# --- saving ---


def test_the_plan_is_shown_as_before_and_saved(prepared: Place) -> None:
    shown = prepared.run("plan", "-a", "create", "c.yaml").out
    ran = prepared.run("plan", "-a", "create", "-o", "p.json", "c.yaml")
    assert ran.out == f"{shown}\nSaved as p.json. Run it with: borgplan apply p.json\n"
    assert stat.S_IMODE((prepared.path / "p.json").stat().st_mode) == 0o600
    assert not list(prepared.path.glob(".p.json*"))


def test_json_goes_on_being_json(prepared: Place) -> None:
    ran = prepared.run("plan", "--format", "json", "-o", "p.json", "c.yaml")
    assert ran.data["format"] == "borgplan-plan"
    assert "Saved as p.json" in ran.err
    assert json.loads(prepared.read("p.json"))["plan"] == ran.data


def test_no_secret_is_saved(prepared: Place) -> None:
    save(prepared, LEVEL="zstd")
    assert "a secret phrase" not in prepared.read("p.json")


def test_a_plan_is_replaced_and_nothing_else(prepared: Place) -> None:
    save(prepared)
    save(prepared)
    prepared.write("empty", "")
    assert prepared.run("plan", "-o", "empty", "c.yaml").code == 0
    for name, why in (("c.yaml", "is not a saved plan"), (".", "is a directory")):
        ran = prepared.run("plan", "-o", name, "c.yaml")
        assert ran.code == 2
        assert why in ran.err
    assert prepared.read("c.yaml") == CONFIGURATION
    (prepared.path / "link").symlink_to("empty")
    os.mkfifo(prepared.path / "fifo")
    for name in ("no/such/p.json", "", "link", "fifo"):
        ran = prepared.run("plan", "-o", name, "c.yaml")
        assert ran.code == 2, name
        assert "internal error" not in ran.err
    assert (prepared.path / "link").is_symlink()
    assert (prepared.path / "fifo").is_fifo()


def test_a_plan_without_files_that_have_errors_is_not_saved(prepared: Place) -> None:
    prepared.write("d.yaml", "keep_dayly: 1\n")
    ran = prepared.run("plan", "-o", "p.json", "c.yaml", "d.yaml")
    assert ran.code == 2
    assert "not saved" in ran.err
    assert not (prepared.path / "p.json").exists()


@pytest.mark.parametrize("other", ["--differences", "--fail=1", "--against-semantics=2.0"])
def test_what_shows_no_plan_saves_none(prepared: Place, other: str) -> None:
    assert prepared.run("plan", "-o", "p.json", other, "c.yaml").code == 2
    assert not (prepared.path / "p.json").exists()


# --- running ---


def test_a_saved_plan_runs(prepared: Place) -> None:
    save(prepared)
    ran = prepared.run("apply", "p.json")
    assert ran.code == 0, ran.err
    assert "stale" not in ran.err
    assert prepared.trace == RUN
    assert prepared.read("phrases") == "a secret phrase"


def test_a_dry_run_of_it_runs_no_hook(prepared: Place) -> None:
    save(prepared)
    assert prepared.run("apply", "-n", "p.json").code == 0
    assert prepared.trace == ["borg create"]


def test_what_was_asked_for_is_part_of_it(prepared: Place) -> None:
    prepared.write("other.yaml", "steps: [{select: hook before_backup, timeout: 5}]\n")
    save(prepared, "-r", "near", "--set", "keep_daily=9", "--project", "other.yaml",
         "--semantics", "2.0", "--log-file", "log", "--comment", "x")  # fmt: skip
    ran = prepared.run("apply", "p.json")
    assert ran.code == 0, ran.err
    assert "stale" not in ran.err


def test_what_was_known_later_when_it_was_made_makes_it_stale(prepared: Place) -> None:
    save(prepared, "--offline")
    ran = prepared.run("apply", "p.json")
    assert ran.code == 2
    assert "repo: known when applied then, does not exist now" in ran.err
    assert not prepared.trace


def test_it_runs_in_another_checkout(prepared: Place) -> None:
    """Plans name files as the user did."""
    for checkout in ("one", "two"):
        for name, place in (("c.yaml", "etc/"), ("phrase.yaml", "etc/"), ("patterns", "")):
            prepared.write(f"{checkout}/{place}{name}", prepared.read(name))
    words = ("plan", "-a", "create", "-o", "../p.json", "etc/c.yaml")
    assert prepared.run(*words, directory="one").code == 0
    expected = prepared.run("apply", "-a", "create", "etc/c.yaml", directory="one")
    first = prepared.trace
    ran = prepared.run("apply", "../p.json", directory="two")
    assert (ran.code, expected.code) == (0, 0), ran.err
    assert "stale" not in ran.err
    assert first == RUN
    assert prepared.trace == RUN * 2


def test_it_does_not_run_in_a_place_without_its_files(prepared: Place) -> None:
    save(prepared)
    prepared.write("elsewhere/x", "")
    ran = prepared.run("apply", "../p.json", directory="elsewhere")
    nothing_ran(prepared, ran)
    assert "the configuration c.yaml can no longer be read" in lines(ran.err)


# --- stale plans ---


def rewritten(name: str, text: str) -> Callable[[Place], None]:
    def change(place: Place) -> None:
        place.write(name, text)

    return change


def removed(name: str) -> Callable[[Place], None]:
    return lambda place: (place.path / name).unlink()


def another_borg(place: Place) -> None:
    file = place.path / "bin/borg"
    file.write_text(file.read_text().replace("borg 1.2.4", "borg 1.4.1"))


CHANGES: dict[str, tuple[Callable[[Place], None], str]] = {
    "the configuration": (
        rewritten("c.yaml", CONFIGURATION.replace('"two"', '"2"')),
        "the configuration c.yaml has changed",
    ),
    "a comment in it": (
        rewritten("c.yaml", f"# for now\n{CONFIGURATION}"),
        "the configuration c.yaml has changed",
    ),
    "an error in it": (
        rewritten("c.yaml", f"{CONFIGURATION}nope: 1\n"),
        "the configuration c.yaml has changed",
    ),
    "what it includes": (rewritten("phrase.yaml", "another\n"), "the file phrase.yaml has changed"),
    "its patterns": (rewritten("patterns", "- *.bak\n"), "the file patterns has changed"),
    "no patterns": (removed("patterns"), "the file patterns can no longer be read"),
    "a project file": (
        rewritten("borgplan.yaml", "steps: [{select: hook before_backup, timeout: 5}]\n"),
        "the project file borgplan.yaml is now read, and was not before",
    ),
    "Borg": (another_borg, "borg: version 1.2.4 then, version 1.4.1 now"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_makes_it_stale_and_is_named(prepared: Place, change: str) -> None:
    save(prepared)
    make, reason = CHANGES[change]
    make(prepared)
    ran = prepared.run("apply", "p.json")
    nothing_ran(prepared, ran)
    assert reason in lines(ran.err)
    assert "The saved plan p.json is stale:" in lines(ran.err)


def test_the_project_file_counts(prepared: Place) -> None:
    for text in ("steps: []\n", "# none\nsteps: []\n"):
        prepared.write("borgplan.yaml", text)
        if text.startswith("steps"):
            save(prepared)
    ran = prepared.run("apply", "p.json")
    nothing_ran(prepared, ran)
    assert "the project file borgplan.yaml has changed" in lines(ran.err)
    (prepared.path / "borgplan.yaml").unlink()
    ran = prepared.run("apply", "p.json")
    assert "the project file borgplan.yaml can no longer be read" in lines(ran.err)


def test_the_environment_counts(prepared: Place) -> None:
    save(prepared, LEVEL="zstd")
    assert prepared.run("apply", "-n", "p.json", LEVEL="zstd").code == 0
    (prepared.path / "trace").unlink()
    ran = prepared.run("apply", "p.json", LEVEL="zlib")
    nothing_ran(prepared, ran)
    assert "the environment: LEVEL has a different value" in lines(ran.err)
    assert "zlib" in ran.err


def test_another_home_counts(prepared: Place) -> None:
    prepared.write(
        "d.yaml", "source_directories: [~/x]\nrepositories: [{path: r}]\nkeep_daily: 1\n"
    )
    assert prepared.run("plan", "-o", "p.json", "-a", "create", "d.yaml").code == 0
    ran = prepared.run("apply", "p.json", HOME="/nowhere")
    nothing_ran(prepared, ran)
    home = f"the home directory changed from {prepared.path} to /nowhere"
    assert home in lines(ran.err)


def test_a_check_that_was_run_in_between_counts(prepared: Place) -> None:
    prepared.write("d.yaml", f"{CONFIGURATION}checks: [{{name: repository, frequency: 1 week}}]\n")
    words = ("plan", "-a", "check", "-o", "p.json", "d.yaml")
    assert prepared.run(*words).code == 0
    assert prepared.run("apply", "p.json").code == 0
    assert "borg check" in prepared.trace
    (prepared.path / "trace").unlink()
    ran = prepared.run("apply", "p.json")
    nothing_ran(prepared, ran)
    assert re.search(r"check repository of repo: skipped: last ran .* now", ran.err)
    assert prepared.run(*words).code == 0
    for file in (prepared.path / ".local/state/borgplan/checks").rglob("repository"):
        os.utime(file, (0, 0))
    ran = prepared.run("apply", "p.json")
    assert re.search(r"check repository of repo: no longer skipped: last ran", ran.err)


def test_a_repository_that_has_come_to_be_counts(prepared: Place) -> None:
    answer = 'case "$1" in info) [ -e repo ] && echo "{}" || '
    missing = (
        '{ echo \'{"type":"log_message","msgid":"Repository.DoesNotExist"}\' >&2; exit 2; };; '
    )
    prepared.program("borg", f'{answer}{missing}*) echo "borg $1" >> "$HOME/trace";; esac\n')
    words = ("plan", "-a", "repo-create", "-e", "none", "-o", "p.json", "c.yaml")
    assert prepared.run(*words).code == 0
    (prepared.path / "repo").mkdir()
    ran = prepared.run("apply", "p.json")
    nothing_ran(prepared, ran)
    assert "repo: does not exist then, exists now" in lines(ran.err)


def test_what_differs_is_shown(prepared: Place) -> None:
    save(prepared)
    prepared.write("c.yaml", CONFIGURATION.replace('"two"', '"2"'))
    err = prepared.run("apply", "p.json").err
    assert '- echo "two" >> ~/trace' in lines(err)
    assert '+ echo "2" >> ~/trace' in lines(err)
    prepared.write("c.yaml", f"# for now\n{CONFIGURATION}")
    assert "The plan would be the same." in prepared.run("apply", "p.json").err


def test_a_stale_plan_runs_if_that_is_wanted(prepared: Place) -> None:
    save(prepared)
    prepared.write("c.yaml", CONFIGURATION.replace('"two"', '"2"'))
    ran = prepared.run("apply", "--allow-stale", "p.json")
    assert ran.code == 0
    assert "the configuration c.yaml has changed" in ran.err
    assert prepared.trace == RUN


def test_but_not_without_its_secrets(prepared: Place) -> None:
    save(prepared)
    (prepared.path / "c.yaml").unlink()
    ran = prepared.run("apply", "--allow-stale", "p.json")
    nothing_ran(prepared, ran)
    assert "`encryption_passphrase` of c.yaml can no longer be read" in ran.err


# --- wrong use, and files that are not what they should be ---


@pytest.mark.parametrize(
    "words",
    [
        ("-a", "create"), ("-r", "near"), ("--semantics", "2.1"), ("--set", "keep_daily=2"),
        ("--project", "x"), ("--offline",), ("--no-environment-interpolation",), ("c.yaml",),
        ("--log-file", "x"), ("-a", "list", "--archive", "latest"),
    ],
)  # fmt: skip
def test_nothing_more_can_be_asked_for(prepared: Place, words: tuple[str, ...]) -> None:
    save(prepared)
    ran = prepared.run("apply", "p.json", *words)
    nothing_ran(prepared, ran)
    assert "a saved one" in ran.err or "a saved plan is" in ran.err


def test_allow_stale_is_for_saved_plans(prepared: Place) -> None:
    nothing_ran(prepared, prepared.run("apply", "--allow-stale", "c.yaml"))


def tampered(place: Place, old: str, new: str) -> str:
    text = place.read("p.json")
    assert old in text
    place.write("p.json", text.replace(old, new))
    ran = place.run("apply", "--allow-stale", "p.json")
    nothing_ran(place, ran)
    return ran.err


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("echo \\\"two", "rm -rf \\\"two", "sha256: the file was changed after it was saved"),
        ('"on_hard": {', '"on_hard": {{', "p.json:"),
        ('"request": {', '"requets": {', "unknown key `requets`"),
        ('"version": 2', '"version": 1', "version: version 1 of borgplan-saved-plan is of a different"),
    ],
)  # fmt: skip
def test_a_damaged_plan_is_refused(prepared: Place, old: str, new: str, message: str) -> None:
    save(prepared)
    assert message in tampered(prepared, old, new)


RESEALED: list[tuple[tuple[str | int, ...], object]] = [
    (("plan", "steps", 2, "work", "argv", 1), {"kind": "patterns-word", "name": "run"}),
    (("plan", "steps", 2, "work", "argv", 2), {"kind": "patterns-word", "name": "nothing"}),
    (("plan", "steps", 0, "scope"), "nowhere"),
    (("plan", "steps", 0, "on_hard", "status"), "ok"),
    (("plan", "logs"), [{"path": "\0", "errors_only": False}]),
    (("plan", "steps", 2, "work", "passphrase", "option"), "another"),
    (("request", "configs"), ["\0"]),
    (("request", "configs"), ["\ud800"]),
    (("request", "project"), "\ud800"),
    (("request", "overrides"), ["encryption_passphrase=x"]),
    (("request", "options"), {"first": True}),
    (("request", "options"), {"nope": 1}),
    (("request", "actions"), ["nope"]),
]


@pytest.mark.parametrize("number", range(len(RESEALED)))
def test_a_plan_that_makes_no_sense_is_refused_whatever_its_digest(
    prepared: Place, number: int
) -> None:
    save(prepared)
    route, value = RESEALED[number]
    data = json.loads(prepared.read("p.json"))
    del data["sha256"]
    place = data
    for key in route[:-1]:
        place = place[key]
    place[route[-1]] = value
    data["sha256"] = hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()
    prepared.write("p.json", json.dumps(data, sort_keys=True))
    nothing_ran(prepared, prepared.run("apply", "--allow-stale", "p.json"))


def test_a_plan_cut_short_is_refused(prepared: Place) -> None:
    save(prepared)
    text = prepared.read("p.json")
    for length in range(1, len(text), 997):
        prepared.write("p.json", text[:length])
        nothing_ran(prepared, prepared.run("apply", "p.json"))


def test_a_plan_as_json_is_not_a_saved_one(prepared: Place) -> None:
    prepared.write("p.json", prepared.run("plan", "--format", "json", "c.yaml").out)
    nothing_ran(prepared, prepared.run("apply", "p.json"))


def test_a_plan_that_is_refused_is_refused_saved_too(prepared: Place) -> None:
    prepared.write("d.yaml", f"{CONFIGURATION}debug_passphrase: true\n")
    ran = prepared.run("plan", "-o", "p.json", "d.yaml")
    assert ran.code == 1, ran.err
    assert prepared.run("plan", "p.json").code == 1
    ran = prepared.run("apply", "p.json")
    nothing_ran(prepared, ran)
    assert "is not implemented yet" in ran.err


def test_the_schema_describes_saved_plans(prepared: Place) -> None:
    import jsonschema

    docs = Path(__file__).parents[2] / "docs"
    plan = json.loads((docs / "plan.schema.json").read_text())
    schema = json.loads((docs / "saved-plan.schema.json").read_text())
    save(prepared, "-r", "near", "--comment", "x")
    data = json.loads(prepared.read("p.json"))
    jsonschema.Draft202012Validator(schema).validate(data)
    jsonschema.Draft202012Validator(plan).validate(data["plan"])


# --- looking at one ---


def test_a_saved_plan_is_shown_and_asked_as_its_configuration(prepared: Place) -> None:
    save(prepared)
    shown = prepared.run("plan", "-a", "create", "--failures", "c.yaml").out
    assert prepared.run("plan", "--failures", "p.json").out == shown
    as_data = prepared.run("plan", "--format", "json", "p.json")
    assert as_data.data == json.loads(prepared.read("p.json"))["plan"]
    prepared.write("q.json", as_data.out)
    assert prepared.run("plan", "--failures", "q.json").out == shown


def test_a_damaged_plan_is_not_shown(prepared: Place) -> None:
    save(prepared)
    prepared.write("p.json", prepared.read("p.json").replace("near", "far"))
    ran = prepared.run("plan", "p.json")
    assert (ran.code, ran.out) == (2, "")
    assert "p.json:1:1: error BP511" in ran.err


def test_a_plan_in_a_file_is_shown_alone(prepared: Place) -> None:
    save(prepared)
    assert prepared.run("plan", "p.json", "c.yaml").code == 2
    assert prepared.run("plan", "-o", "q.json", "p.json").code == 2
