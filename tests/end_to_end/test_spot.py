"""The check `spot` with real Borg: recorded runs of borgmatic repeated, and what is never a success."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.configured import applied, apply, configure, init
from tests.end_to_end.home import Home

pytestmark = pytest.mark.borg

ROOT = Path(__file__).parents[2]
RECORDINGS = ROOT.parent / "shared" / "snapshots" / "recordings"
# What is another result than borgmatic's, and why.
DIFFERENT = {
    "spot-passes@1.2.4": "the manifest's own path isn't counted as a file of the archive",
    "spot-kinds": "a link that leads nowhere isn't counted on either side",
    "spot-no-manifest": "the sources are known from the plan, so no manifest is needed",
    "spot-dry-run": "a dry run checks nothing and notes nothing",
}
# Nine times of eleven the sample is without the configuration file, the only one that doesn't differ.
BY_CHANCE = frozenset({"spot-changed-small-sample-fails"})
TURNS = 20
_STAND_IN = """#!/usr/bin/python3
import sys
from borg.checksums import xxh64
for path in sys.argv[1:]:
    with open(path, "rb") as file:
        print(xxh64(file.read()).hex(), "", path)
"""
SPOT = {
    "name": "spot",
    "count_tolerance_percentage": 0,
    "data_sample_percentage": 100,
    "data_tolerance_percentage": 0,
}


@cache
def recorded() -> dict[str, dict[str, Any]]:
    files = sorted(RECORDINGS.glob("spot-*.json"))
    return {file.stem: json.loads(file.read_text()) for file in files}


@pytest.fixture(autouse=True)
def sums(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """xxh64sum, if need be by Borg's own function."""
    if shutil.which("xxh64sum"):
        return
    home.write("bin/xxh64sum", _STAND_IN)
    (home.path / "bin/xxh64sum").chmod(0o755)
    tried = subprocess.run([home.path / "bin/xxh64sum"], capture_output=True, check=False)
    if tried.returncode:
        pytest.skip("there is no xxh64sum, and nothing to stand in for it")
    monkeypatch.setenv("PATH", f"{home.path}/bin:{os.environ['PATH']}")


def test_there_are_recordings() -> None:
    if not RECORDINGS.is_dir():
        pytest.skip("no recordings beside the repository")
    print(f"spot: {len(recorded()) - len(DIFFERENT)} of {len(recorded())} recorded runs equivalent")
    assert recorded().keys() > DIFFERENT.keys()


@pytest.mark.parametrize("name", [*recorded()])
def test_a_recorded_run_has_the_same_result(home: Home, name: str) -> None:
    vector = recorded()[name]
    prepare(home, vector)
    theirs = (vector["exit_code"] != 0, "spot" in vector["checks_noted"])
    for _ in range(TURNS if name in BY_CHANCE else 1):
        ours = result_of_check(home, vector)
        if ours == theirs:
            break
    assert (ours == theirs) != (name in DIFFERENT), (ours, theirs)


def prepare(home: Home, vector: dict[str, Any]) -> None:
    """The sources, the archive, and what became of them before the check."""
    top = str(home.path)
    (home.path / "src").mkdir()
    for number in range(vector["source_files"]):
        home.write(f"src/f{number}", f"{number}\n")
    for name, text in vector["files"].items():
        home.write(name, own_command(home, text.replace("$TMP", top)))
    home.borg("init", "--encryption", "none", "repo")
    shell(home, vector["before_backup"])
    if not (home.path / "no-create").exists() and name_is_valid(vector):
        made = home.borgplan("apply", "-q", "-a", "create", "config.yaml")
        assert made.exit_code == 0, made.stderr
    shell(home, vector["after_backup"])


def result_of_check(home: Home, vector: dict[str, Any]) -> tuple[bool, bool]:
    """Whether the same run failed, and whether it noted the check."""
    state = home.path / "state"
    shutil.rmtree(state, ignore_errors=True)
    words = [word.replace("$TMP", str(home.path)) for word in vector["args"]]
    ran = home.borgplan("borgmatic", *words, XDG_STATE_HOME=str(state))
    assert "Traceback" not in ran.stderr
    return ran.exit_code != 0, bool(list(state.rglob("checks/*/spot")))


def own_command(home: Home, text: str) -> str:
    """The configuration; of a program that the recording alone has, one that does the same."""
    if "xxh64sum_command" in text and "/nonexistent" not in text:
        home.write("bin/partly", '#!/bin/sh\ncase "$*" in *f3*) exit 1; esac\nexec xxh64sum "$@"\n')
        (home.path / "bin/partly").chmod(0o755)
        lines = [
            f"{line.partition(':')[0]}: {home.path}/bin/partly"
            if "xxh64sum_command" in line
            else line
            for line in text.splitlines()
        ]
        text = "\n".join(lines) + "\n"
    return text


def name_is_valid(vector: dict[str, Any]) -> bool:
    return str(vector["id"]) != "spot-missing-option"


def shell(home: Home, text: str) -> None:
    if text:
        environment = {**os.environ, "TMP": str(home.path)}
        subprocess.run(["sh", "-c", text], env=environment, check=True)


def checked(home: Home, **changed: object) -> Home:
    """A repository with an archive of the sources."""
    init(home)
    configure(home, checks=[{**SPOT, **changed}])
    applied(home, "create", "-q")
    return home


def test_damage_in_one_file_is_found_and_not_noted(home: Home) -> None:
    checked(home)
    state = {"XDG_STATE_HOME": f"{home.path}/state"}
    applied(home, "check", "-q", **state)
    (note,) = Path(home.path, "state").rglob("checks/*/spot")
    note.unlink()
    data = home.path / "documents/data"
    before = data.stat()
    data.write_bytes(b"x" + data.read_bytes()[1:])
    os.utime(data, ns=(before.st_atime_ns, before.st_mtime_ns))
    ran = apply(home, "check", "-q", **state)
    assert (ran.exit_code, "documents/data" in ran.stderr) == (1, True)
    assert not note.exists()


def test_nothing_to_compare_is_a_failure(home: Home) -> None:
    init(home)
    configure(home, checks=[SPOT], bootstrap={"store_config_files": False})
    ran = apply(home, "check", "-q")
    assert (ran.exit_code, "no archive matches" in ran.stderr) == (1, True)
    applied(home, "create", "-q")
    shutil.rmtree(home.path / "documents")
    (home.path / "documents").mkdir()
    ran = apply(home, "check", "-q")
    assert (ran.exit_code, "no file among the sources" in ran.stderr) == (1, True)


def test_sums_that_are_none_make_files_differ(home: Home) -> None:
    checked(home, xxh64sum_command="echo")
    ran = apply(home, "check", "-q")
    assert (ran.exit_code, "differ from the newest archive" in ran.stderr) == (1, True)
    configure(home, checks=[{**SPOT, "xxh64sum_command": "true"}])
    assert apply(home, "check", "-q").exit_code == 1
    configure(home, checks=[{**SPOT, "xxh64sum_command": "not-a-program"}])
    ran = apply(home, "check", "-q")
    assert (ran.exit_code, "not-a-program" in ran.stderr) == (1, True)


def test_many_odd_names_go_through_several_command_lines(home: Home) -> None:
    for number in range(40):
        home.write(f"documents/{'long' * 50}/{'name' * 50}-{number}", str(number))
    for name in ("-v", " lead", "tail ", "new\nline", "back\\slash", "sh:*", "\u00fc"):
        home.write(f"documents/odd/{name}", name)
    checked(home)
    ran = applied(home, "check", "--format", "json")
    assert len(ran.ran) == 5


def test_links_and_pipes_need_no_tolerance(home: Home) -> None:
    init(home)
    documents = home.path / "documents"
    (documents / "link").symlink_to("letter.txt")
    (documents / "broken").symlink_to("nowhere")
    os.link(documents / "letter.txt", documents / "hard")
    os.mkfifo(documents / "pipe")
    configure(home, checks=[SPOT])
    applied(home, "create", "-q")
    applied(home, "check", "-q")
    (documents / "broken").unlink()
    assert apply(home, "check", "-q").exit_code == 1


def test_the_plan_shows_the_commands_and_how_the_sample_is_chosen(home: Home) -> None:
    checked(home, data_sample_percentage=2)
    ran = home.borgplan("plan", "-a", "check", "c.yaml")
    for text in ("borg create", "--dry-run", "xxh64sum EACH-OF-SAMPLE", "draws 2 % of the sources",
                 "{xxh64}{path}", "the date of a successful check is recorded"):  # fmt: skip
        assert text in ran.stdout
    ran = home.borgplan("check", "--only", "spot", "c.yaml", "--dry-run")
    assert ran.exit_code == 0
    configure(home)
    ran = home.borgplan("check", "--only", "spot", "c.yaml")
    assert (ran.exit_code, "BP423" in ran.stderr) == (2, True)
