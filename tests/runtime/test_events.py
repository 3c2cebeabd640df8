"""`apply --events`: every step in order, whatever its reader does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from borgplan.runtime.report.line_queue import SlowReader, target
from tests.support.laboratory import Laboratory, Ran

CONFIGURATION = """\
repositories:
  - path: $TMP/repos/a
  - path: $TMP/repos/b
source_directories: [$TMP/src]
encryption_passphrase: very-secret
local_path: $TMP/bin/borg
commands:
  - before: action
    when: [create]
    run: ["echo very-secret; hook before"]
  - after: error
    run: [hook error]
"""


def run(laboratory: Laboratory, events: str, *faults: dict[str, Any]) -> Ran:
    laboratory.write({"c.yaml": CONFIGURATION})
    (laboratory.tmp / "c.yaml").chmod(0o600)
    config = str(laboratory.tmp / "c.yaml")
    return laboratory.run(["apply", "-a", "create", config, "--events", events], faults)


def read(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_every_step_begins_and_ends_in_order(laboratory: Laboratory) -> None:
    file = laboratory.tmp / "events"
    ran = run(laboratory, str(file))
    assert ran.exit_code == 0, ran.stderr
    found = read(file.read_text())
    assert [event["event"] for event in found] == [
        "run-started", *["step-started", "step-ended"] * 4, "run-ended",
    ]  # fmt: skip
    assert [e["number"] for e in found if e["event"] == "step-ended"] == [1, 2, 3, 4]
    assert {e["outcome"] for e in found if e["event"] == "step-ended"} == {"done"}
    assert len({event["run"] for event in found}) == 1
    times = [event["elapsed"] for event in found]
    assert times == sorted(times)
    assert found[-1]["exit_code"] == 0
    assert "very-secret" not in file.read_text()


def test_a_failure_is_told_with_its_exit_code(laboratory: Laboratory) -> None:
    file = laboratory.tmp / "events"
    fault = {"event": "borg", "subcommand": "create", "repository": "a", "exit": 2}
    ran = run(laboratory, str(file), fault)
    assert ran.exit_code == 1, ran.stderr
    ends = [event for event in read(file.read_text()) if event["event"] == "step-ended"]
    assert [(e["outcome"], e["code"]) for e in ends if e["outcome"] != "done"] == [("hard", 2)]
    assert read(file.read_text())[-1]["status"] == "failed"


def test_runs_are_added_to_one_file(laboratory: Laboratory) -> None:
    file = laboratory.tmp / "events"
    run(laboratory, str(file))
    run(laboratory, str(file))
    assert len({event["run"] for event in read(file.read_text())}) == 2


@pytest.mark.parametrize("name", ["fd:99", "fd:x", "fd:-1", "/", "/no/such/directory/events"])
def test_what_cannot_be_written_is_refused_before_anything_runs(
    laboratory: Laboratory, name: str
) -> None:
    ran = run(laboratory, name)
    assert ran.exit_code == 2
    assert f"borgplan refuses to run: --events {name}: " in ran.stderr
    assert ran.trace == []


@pytest.mark.parametrize("number", range(3, 12))
def test_no_file_of_borgplans_own_is_taken_for_the_reader(tmp_path: Path, number: int) -> None:
    """Whoever forgets `3>FILE` must not have the journal overwritten, which is opened under that number."""
    config = tmp_path / "c.yaml"
    config.write_text(
        "source_directories: [/etc/hostname]\nrepositories: [{path: r}]\nkeep_daily: 1\n"
    )
    state = tmp_path / "state"
    ran = subprocess.run(
        [sys.executable, "-m", "borgplan.runtime", "apply", "--offline", "--events", f"fd:{number}", config],
        env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "BORGPLAN_STATE_DIRECTORY": str(state),
             "BORGPLAN_BORGMATIC": ""},
        cwd=tmp_path, stdin=subprocess.DEVNULL, capture_output=True, text=True,
    )  # fmt: skip
    assert ran.returncode == 2
    assert (
        f"borgplan refuses to run: --events fd:{number}: no file is open as {number}\n"
        in ran.stderr
    )
    assert not state.exists()


def test_a_full_disk_ends_no_backup(laboratory: Laboratory) -> None:
    ran = run(laboratory, "/dev/full")
    assert ran.exit_code == 0
    assert "10 events of /dev/full were lost: no space left on device." in ran.stderr


def lines_of(reader: SlowReader, numbers: range) -> None:
    for number in numbers:
        reader.add(b"%d\n" % number)


def test_nothing_is_lost_on_a_reader_that_comes_late(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    lines = SlowReader(target(str(pipe)), lambda n: b"dropped %d\n" % n)
    lines_of(lines, range(5000))
    with pipe.open() as file:
        lines_of(lines, range(5000, 6000))
        assert [int(file.readline()) for _ in range(6000)] == list(range(6000))
    lines.close(5)
    assert lines.lost == 0


def test_what_finds_no_room_is_counted_and_told_in_its_place(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    lines = SlowReader(target(str(pipe)), lambda n: b"dropped %d\n" % n, waiting=3)
    lines_of(lines, range(10))
    with pipe.open() as file:
        assert [file.readline() for _ in range(3)] == ["0\n", "1\n", "2\n"]
        lines.close(5)
        assert file.read() == "dropped 7\n"
    assert lines.lost == 7


def test_a_reader_that_is_gone_hinders_nobody(tmp_path: Path) -> None:
    read_end, write_end = os.pipe()
    lines = SlowReader(target(f"fd:{write_end}"), lambda n: b"dropped %d\n" % n)
    os.close(read_end)
    lines_of(lines, range(4))
    lines.close(5)
    assert (lines.lost, lines.why) == (4, "broken pipe")
    os.close(write_end)


def test_nobody_who_reads_costs_no_more_than_some_patience(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    lines = SlowReader(target(str(pipe)), lambda n: b"dropped %d\n" % n)
    lines_of(lines, range(4))
    lines.close(0.05)
    assert (lines.lost, lines.why) == (4, "it has no reader")
    pipe.open().close()
