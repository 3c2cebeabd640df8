"""The project file through the command line: shown, checked, applied."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import jsonschema
import pytest

from tests.command_line.place import FLAT, Place, nothing_ran

SCHEMA = json.loads((Path(__file__).parents[2] / "docs/plan.schema.json").read_text())

HOOKS = f"{FLAT}before_backup: ['echo stop >> ~/trace']\n"
PROJECT = """\
semantics: 2.1
steps:
    - {select: hook before_backup, name: stop-app, timeout: 5m, retries: 2, retry_wait: 10s}
    - {select: borg create, timeout: 90, retries: 1}
"""


@pytest.fixture
def prepared(place: Place) -> Place:
    place.write("c.yaml", HOOKS)
    place.write("borgplan.yaml", PROJECT)
    return place


def test_plan_shows_the_settings(prepared: Place) -> None:
    ran = prepared.run("plan", "-a", "create", "c.yaml")
    assert ran.code == 0
    assert (
        "(named stop-app; stopped after 5 min; on failure retried at most 2 times, 10 s apart)"
        in ran.out
    )
    assert "(stopped after 90 s; on failure retried at most 1 time)" in ran.out


def test_the_plans_data_hold_the_settings(prepared: Place) -> None:
    data = prepared.run("plan", "--format", "json", "-a", "create", "c.yaml").data
    jsonschema.validate(data, SCHEMA)
    hook, borg = data["steps"]
    assert hook["id"].endswith("#enter.stop-app")
    assert (hook["name"], hook["timeout"]) == ("stop-app", 300)
    assert hook["repeat"] == {"times": 2, "wait": 10}
    assert (borg["name"], borg["timeout"], borg["repeat"]) == ("", 90, {"times": 1, "wait": 0})
    assert [given["path"] for given in data["inputs"]] == ["borgplan.yaml", "c.yaml"]


def test_the_reports_ids_are_those_of_the_plan(prepared: Place) -> None:
    data = prepared.run("plan", "--format", "json", "-a", "create", "c.yaml").data
    report = prepared.run("apply", "--format", "json", "-a", "create", "c.yaml").data
    assert [step["id"] for step in report["steps"]] == [step["id"] for step in data["steps"]]
    assert prepared.trace == ["stop", "borg create"]


def test_a_step_may_be_asked_about_by_its_id_with_the_name(prepared: Place) -> None:
    name = "c.yaml#repo#create#enter.stop-app"
    ran = prepared.run("plan", "-a", "create", "--fail", name, "c.yaml")
    assert ran.code == 0, ran.err


@pytest.mark.parametrize("command", ["plan", "apply"])
@pytest.mark.parametrize(
    "text",
    ["", "steps: [{select: hook *, timeout: 0}]", "steps: [{select: hook (, timeout: 1}]", "step: []",
     "semantics: 9", "\x01", "steps: [}", "!x", "a: *b"],
)  # fmt: skip
def test_one_that_can_not_be_used_stops_everything(
    prepared: Place, command: str, text: str
) -> None:
    prepared.write("borgplan.yaml", text)
    ran = prepared.run(command, "c.yaml")
    nothing_ran(prepared, ran)
    assert "borgplan.yaml:1:" in ran.err


def test_one_that_is_a_directory_or_a_broken_link_is_not_overlooked(prepared: Place) -> None:
    file = prepared.path / "borgplan.yaml"
    file.unlink()
    file.symlink_to("nowhere")
    nothing_ran(prepared, prepared.run("apply", "c.yaml"))
    file.unlink()
    file.mkdir()
    nothing_ran(prepared, prepared.run("apply", "c.yaml"))


def test_a_missing_one_that_is_named_stops_everything(prepared: Place) -> None:
    ran = prepared.run("apply", "--project", "nope.yaml", "c.yaml")
    nothing_ran(prepared, ran)
    assert "nope.yaml:1:1: error BP101 no such file or directory" in ran.err


def test_lint_finds_one_that_others_can_write(prepared: Place) -> None:
    file = prepared.path / "borgplan.yaml"
    assert prepared.run("lint", "c.yaml").code == 0
    for mode, who in ((0o620, "its group"), (0o602, "everybody")):
        file.chmod(mode)
        ran = prepared.run("lint", "c.yaml")
        assert ran.code == 1
        assert f"borgplan.yaml:1:1: warning BP602 {who} can write this file" in ran.out


def test_beside_the_parent_directory_is_not_the_working_directory(prepared: Place) -> None:
    prepared.write("conf/c.yaml", HOOKS)
    prepared.write("conf/sub/borgplan.yaml", "semantics: 1.5")
    (prepared.path / "borgplan.yaml").unlink()
    for path in ("..", "../."):
        data = prepared.run("plan", "--format", "json", path, directory="conf/sub").data
        assert data["semantics"] == "1.8", path


@pytest.mark.parametrize(
    "path",
    [
        "{home}/conf",
        "../conf",
        *(pytest.param(path) for path in (".", "./")),
    ],
)
def test_beside_the_working_directory(prepared: Place, path: str) -> None:
    prepared.write("conf/c.yaml", HOOKS)
    prepared.write("borgplan.yaml", "semantics: 1.5")
    path = path.format(home=prepared.path)
    data = prepared.run("plan", "--format", "json", path, directory="conf").data
    assert data["semantics"] == "1.5"


def test_auto_on_the_command_line_wins_over_the_pin(prepared: Place) -> None:
    prepared.write("borgplan.yaml", "semantics: 1.5")
    ran = prepared.run("plan", "--semantics", "auto", "--format", "json", "c.yaml")
    assert ran.data["semantics"] == "1.8"


def test_against_semantics_keeps_the_settings_apart(prepared: Place) -> None:
    ran = prepared.run("plan", "--semantics", "1.5", "--against-semantics", "2.1", "c.yaml")
    assert ran.code == 0, ran.err
    assert "internal error" not in ran.err


def test_retries_and_limits_in_a_run(prepared: Place) -> None:
    prepared.write(
        "c.yaml", f"{FLAT}before_backup: ['echo x >> ~/trace; test $(wc -l < ~/trace) = 2']\n"
    )
    prepared.write("borgplan.yaml", "steps: [{select: hook *, retries: 2, name: again}]")
    ran = prepared.run("apply", "-a", "create", "c.yaml")
    assert ran.code == 0
    assert prepared.trace == ["x", "x", "borg create"]
    assert "again (1 of 2)" in ran.err
    assert "nothing failed" in ran.out


def test_a_time_limit_in_a_run_fails_it(prepared: Place) -> None:
    prepared.write(
        "c.yaml",
        f"{FLAT}before_backup: ['sleep 1000']\non_error: ['echo \"told {{error}}\" >> ~/trace']\n",
    )
    prepared.write("borgplan.yaml", "steps: [{select: hook before_backup, timeout: 1s}]")
    ran = prepared.run("apply", "-a", "create", "--format", "json", "c.yaml")
    assert ran.code == 1
    assert prepared.trace == ["told `sleep 1000` was stopped after 1 s, its time limit"]
    assert "was stopped after 1 s, its time limit" in json.dumps(ran.data)


def test_a_signal_between_attempts_ends_the_run(prepared: Place) -> None:
    prepared.write(
        "c.yaml",
        f"{FLAT}before_backup: ['touch ~/ready; exit 1']\non_error: ['echo told >> ~/trace']\n",
    )
    prepared.write("borgplan.yaml", "steps: [{select: hook *, retries: 9, retry_wait: 1h}]")
    ran = prepared.signalled(signal.SIGINT, "ready", "apply", "-a", "create", "c.yaml")
    assert ran.code == 128 + signal.SIGINT
    assert prepared.trace == ["told"]


@pytest.mark.parametrize(
    ("options", "counts"),
    [
        ("", True), ("progress: true\n", True),
        ("list_details: true\n", False), ("extra_borg_options: {create: --list}\n", False),
    ],
)  # fmt: skip
def test_files_are_counted_whatever_else_borg_is_asked_for(
    place: Place, options: str, *, counts: bool
) -> None:
    place.write("c.yaml", FLAT + options)
    place.write("borgplan.yaml", "count_files: true\n")
    steps = place.run("plan", "-a", "create", "--format", "json", "c.yaml").data["steps"]
    (work,) = (step["work"] for step in steps)
    assert work["argv"][:2] == ["borg", "create"]
    assert work["argv"].count("--list") == 1
    assert (work["listing"] == "counted") == counts
    assert work["counts_at"] == 0


def test_only_true_and_false_say_whether_files_are_counted(place: Place) -> None:
    place.write("c.yaml", FLAT)
    place.write("borgplan.yaml", "count_files: often\n")
    ran = place.run("plan", "c.yaml")
    assert ran.code == 2
    assert "`count_files` takes true or false" in ran.err
