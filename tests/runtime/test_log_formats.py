"""`--log-format` and verbosities: JSON lines, and systemd's journal with the run and the step of a line."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from borgplan.runtime.cli.parser import parse
from borgplan.runtime.report.journald import JournalLog, stderr_is_the_journal
from tests.support.laboratory import Laboratory, Ran

CONFIGURATION = """\
repositories:
  - path: $TMP/repos/a
source_directories: [$TMP/src]
local_path: $TMP/bin/borg
log_file: $TMP/run.log
commands:
  - before: everything
    run: ['printf "one\\ntwo\\n"; exit ${CODE:-0}']
"""


def run(laboratory: Laboratory, *words: str, **env: str) -> Ran:
    laboratory.write({"c.yaml": CONFIGURATION})
    (laboratory.tmp / "c.yaml").chmod(0o600)
    return laboratory.run(
        ["apply", "-a", "create", str(laboratory.tmp / "c.yaml"), *words], env=env
    )


def test_json_lines_on_standard_error_and_in_log_files(laboratory: Laboratory) -> None:
    ran = run(laboratory, "--log-format", "json")
    assert ran.exit_code == 0, ran.stderr
    said = [json.loads(line) for line in ran.stderr.splitlines()]
    shown = [line for line in said if "BP424" not in line["message"]]  # there is no repository
    assert len(said) > len(shown)
    filed = [json.loads(line) for line in (laboratory.tmp / "run.log").read_text().splitlines()]
    assert [line["message"] for line in shown] == [line["message"] for line in filed]
    assert [line["message"] for line in shown[1:3]] == ["one", "two"]
    assert {line["level"] for line in shown} == {"info"}
    assert len({line["step"] for line in shown}) == 2


def test_quiet_json_is_what_failed(laboratory: Laboratory) -> None:
    ran = run(laboratory, "--log-format", "json", "--quiet", CODE="3")
    (line,) = [json.loads(line) for line in ran.stderr.splitlines()]
    assert line["level"] == "error"
    assert "FAILED" in line["message"]


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "journal"))
        listening.settimeout(5)
        yield listening


@pytest.fixture
def log(journal: socket.socket) -> Iterator[JournalLog]:
    with closing(JournalLog("a-run", journal.getsockname())) as found:
        yield found


def test_the_journal_gets_fields(journal: socket.socket, log: JournalLog) -> None:
    log.line("it failed \x1b[31m", error=True, step="a/step")
    assert journal.recv(65536).decode().splitlines() == [
        "MESSAGE=it failed \\x1b[31m", "PRIORITY=3", "SYSLOG_IDENTIFIER=borgplan",
        "BORGPLAN_RUN=a-run", "BORGPLAN_STEP=a/step",
    ]  # fmt: skip


def test_a_long_line_comes_as_a_sealed_file(journal: socket.socket, log: JournalLog) -> None:
    log.line("x" * 1_000_000, error=False)
    data, descriptors, _, _ = socket.recv_fds(journal, 10, 1)
    assert data == b""
    with os.fdopen(descriptors[0], "rb") as file:
        file.seek(0)
        assert file.readline() == b"MESSAGE=" + b"x" * 1_000_000 + b"\n"
    assert len(descriptors) == 1


def test_errors_only_is_for_the_journal_too(journal: socket.socket) -> None:
    with closing(JournalLog("a-run", journal.getsockname(), errors_only=True)) as log:
        log.line("begins", error=False)
        log.line("failed", error=True)
    assert journal.recv(65536).startswith(b"MESSAGE=failed\n")


def test_a_journal_that_goes_away_does_not_end_a_run(
    journal: socket.socket, log: JournalLog
) -> None:
    journal.close()
    log.line("nobody hears this", error=False)


def test_standard_error_is_the_journal_if_systemd_says_so_of_this_very_file() -> None:
    found = os.fstat(2)
    assert stderr_is_the_journal({"JOURNAL_STREAM": f"{found.st_dev}:{found.st_ino}"})
    assert not stderr_is_the_journal({"JOURNAL_STREAM": "1:1"})
    assert not stderr_is_the_journal({})


def test_verbosities_are_options_of_the_configuration() -> None:
    found = parse(["apply", "--verbosity", "-1", "--syslog-verbosity", "2", "c.yaml"])
    assert found.overrides == ("verbosity=-1", "syslog_verbosity=2")
    assert found.apply.quiet
    assert not parse(["apply", "--verbosity", "1", "c.yaml"]).apply.quiet
