"""Policies through the command line: shown by plan and lint, refused by apply."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.command_line.place import FLAT, Place, nothing_ran

ROOT = Path(__file__).parents[2]
HOOKS = f"{FLAT}before_backup: ['echo stop >> ~/trace']\n"
VIOLATED = "# ours\nborg prune only after success of borg create because 'space is cheap'\n"


@pytest.fixture
def prepared(place: Place) -> Place:
    place.write("c.yaml", HOOKS)
    place.write("borgplan.yaml", "semantics: 1.5\npolicies: [rules.policy]\n")
    place.write("rules.policy", VIOLATED)
    return place


def test_lint_finds_what_violates_a_policy(prepared: Place) -> None:
    ran = prepared.run("lint", "c.yaml")
    assert ran.code == 1
    assert "rules.policy:2:1: warning BP901 policy violated: step 2 (borg prune of repo)" in ran.out
    assert "    hint: because space is cheap\n" in ran.out


def test_plan_shows_the_plan_and_what_it_violates(prepared: Place) -> None:
    ran = prepared.run("plan", "c.yaml")
    assert ran.code == 1
    assert ran.out.startswith("Plan: ")
    assert "rules.policy:2:1: warning BP901" in ran.err


@pytest.mark.parametrize("more", [(), ("--dry-run",), ("--quiet",)])
def test_apply_refuses_a_plan_that_violates_a_policy(
    prepared: Place, more: tuple[str, ...]
) -> None:
    ran = prepared.run("apply", *more, "c.yaml")
    nothing_ran(prepared, ran)
    assert "refuses to run: the plan violates the policy at rules.policy:2:1" in ran.err


def test_apply_refuses_a_saved_plan_that_violates_a_policy(prepared: Place) -> None:
    assert prepared.run("plan", "-o", "saved.plan", "c.yaml").code == 1
    ran = prepared.run("apply", "saved.plan")
    nothing_ran(prepared, ran)
    assert "refuses to run: the plan violates the policy at rules.policy:2:1" in ran.err


def test_a_stale_plan_is_judged_by_itself(prepared: Place) -> None:
    prepared.write("rules.policy", "never borg delete\n")
    assert prepared.run("plan", "-o", "saved.plan", "c.yaml").code == 0
    prepared.write("rules.policy", VIOLATED)
    prepared.write("c.yaml", "source_directories: [/etc/hostname]\nrepositories: [{path: repo}]\n")
    ran = prepared.run("apply", "--allow-stale", "saved.plan")
    nothing_ran(prepared, ran)
    assert "refuses to run: the plan violates the policy at rules.policy:2:1" in ran.err


def test_policies_of_the_command_line_go_into_a_saved_plan(prepared: Place) -> None:
    prepared.write("more.policy", "never borg compact\n")
    asked = ("-a", "create", "--policy", "more.policy", "c.yaml")
    assert prepared.run("plan", "-o", "saved.plan", *asked).code == 0
    assert prepared.run("apply", "saved.plan").code == 0
    prepared.write("more.policy", "never borg create\n")
    (prepared.path / "trace").unlink()
    ran = prepared.run("apply", "--allow-stale", "saved.plan")
    nothing_ran(prepared, ran)
    assert "the policy at more.policy:1:1" in ran.err


def test_a_plan_that_keeps_its_policies_runs(prepared: Place) -> None:
    ran = prepared.run("apply", "-a", "create", "c.yaml")
    assert ran.code == 0
    assert prepared.trace == ["stop", "borg create"]
    assert "note BP903 no step of this plan matches `borg prune`" in ran.err


@pytest.mark.parametrize("command", ["plan", "apply", "lint"])
def test_a_policy_that_can_not_be_read_stops_everything(prepared: Place, command: str) -> None:
    prepared.write("rules.policy", "borg prune onlly after borg create\n")
    ran = prepared.run(command, "c.yaml")
    nothing_ran(prepared, ran)
    shown = ran.out if command == "lint" else ran.err
    assert "rules.policy:1:12: error BP902 this policy can't be parsed at `onlly`" in shown
    assert "hint: did you mean `only`?" in shown


def test_policies_of_the_command_line_count_too(prepared: Place) -> None:
    prepared.write("sub/more.policy", "never hook before_backup\n")
    ran = prepared.run("apply", "-a", "create", "--policy", "sub/more.policy", "c.yaml")
    nothing_ran(prepared, ran)
    assert "the policy at sub/more.policy:1:1" in ran.err


def test_a_policy_file_that_is_not_there_stops_everything(prepared: Place) -> None:
    ran = prepared.run("apply", "--policy", "nowhere.policy", "c.yaml")
    nothing_ran(prepared, ran)
    assert "BP101 policy file nowhere.policy: no such file" in ran.err


def test_lint_looks_at_the_modes_of_policy_files(prepared: Place) -> None:
    (prepared.path / "rules.policy").chmod(0o666)
    assert "rules.policy:1:1: warning BP602" in prepared.run("lint", "c.yaml").out


def test_the_example_keeps_its_policies_and_would_not_without_its_error_hook(
    place: Place,
) -> None:
    for file in (ROOT / "examples" / "policies").iterdir():
        place.write(f"shop/{file.name}", file.read_text())
    assert "BP9" not in place.run("lint", "shop").out
    lines = place.read("shop/shop.yaml").splitlines(keepends=True)
    place.write("shop/shop.yaml", "".join(line for line in lines if "after a failure" not in line))
    assert "rules.policy:4:1: warning BP901" in place.run("lint", "shop").out


@pytest.mark.parametrize(("policy", "loads"), [(True, True), (False, False)])
def test_the_grammar_is_loaded_only_for_policies(
    place: Place, *, policy: bool, loads: bool
) -> None:
    place.write("c.yaml", FLAT)
    place.write("p.policy", "never hook *\n")
    words = ["plan", *(["--policy", "p.policy"] if policy else []), "c.yaml"]
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "borgplan.runtime", *words],
        cwd=place.path, env=place.environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert ("| lark" in done.stderr) == loads
    assert ("borgplan.compiler.policy" in done.stderr) == loads
