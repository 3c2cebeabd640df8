"""What Borg tells of how far it is, what follows from that, and who gets it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from borgplan.compiler.plan.exits import ExitCodes
from borgplan.compiler.plan.listing import Listing
from borgplan.compiler.plan.progress import COUNTING, PROGRESS, with_counts, with_progress
from borgplan.compiler.plan.work import Process
from borgplan.runtime.engine.progress import (
    ArchiveProgress,
    Expected,
    Pace,
    PartProgress,
    Progress,
)
from borgplan.runtime.engine.sizes import ArchiveSize
from borgplan.runtime.process.borg_log import BorgLog
from tests.support.made import MADE


def told(**entry: object) -> tuple[list[Progress], bytes]:
    """What a watcher is told of a record, and what is shown of it."""
    found: list[Progress] = []
    shown = BorgLog(found.append).feed(json.dumps(entry).encode() + b"\n")
    return found, shown


def test_records_of_archives_go_to_who_watches_and_nowhere_else() -> None:
    # As Borg 1.2.4 and 1.4.5 write them.
    found, shown = told(
        original_size=5, compressed_size=4, deduplicated_size=3, nfiles=2, path="src/f1",
        time=1796187767.36, type="archive_progress", finished=False,
    )  # fmt: skip
    assert found == [ArchiveProgress(2, 5, 4, 3, "src/f1")]
    assert shown == b""


@pytest.mark.parametrize(
    ("message", "current", "total", "text", "done"),
    [
        ("Checking segments 30.0%", 3, 10, "Checking segments", 0.3),
        ("Verifying data  99.02%", 304, 307, "Verifying data", 304 / 307),
        ("  0.1% Extracting: src/f1", 1, 1000, "Extracting: src/f1", 0.001),
        ("Calculating size", 0, 0, "Calculating size", None),
        ("Compacting segments   7%", 20, 10, "Compacting segments", 1.0),
        ("odd", "3", True, "odd", None),
    ],
)
def test_percentages_are_read_from_numbers(
    message: str, current: object, total: object, text: str, done: float | None
) -> None:
    found, shown = told(
        message=message, current=current, total=total, info=None, operation=1,
        msgid="x", type="progress_percent", finished=False, time=1.0,
    )  # fmt: skip
    assert found == [PartProgress(text, done)]
    assert shown == b""


def test_what_is_over_is_no_progress() -> None:
    assert told(type="archive_progress", finished=True, time=1.0) == ([], b"")
    assert told(type="progress_message", finished=True, operation=1, msgid="x") == ([], b"")


def test_prune_tells_its_progress_as_messages_of_the_log() -> None:
    found, shown = told(
        type="log_message", message="Initializing cache transaction: Reading chunks",
        levelname="INFO", name="borg.output.progress", time=1.0,
    )  # fmt: skip
    assert found == [PartProgress("Initializing cache transaction: Reading chunks", None)]
    assert shown == b""


def test_an_estimate_is_of_the_last_archive() -> None:
    pace = Pace(0.0, Expected(ArchiveSize(10, 1000), 20.0))
    assert pace.estimate(1.0).done is None
    pace.take(ArchiveProgress(2, 250, None, None, ""), 5.0)
    found = pace.estimate(5.0)
    assert found.done == 0.25
    assert not found.is_told
    assert found.left == pytest.approx(15.0)
    assert found.rate == pytest.approx(50.0)


def test_a_rate_is_of_the_last_seconds() -> None:
    pace = Pace(0.0, Expected())
    for second in range(101):
        pace.take(ArchiveProgress(1, min(second, 50) * 1000, None, None, ""), float(second))
    assert pace.estimate(100.0).rate == 0


def test_past_the_last_archive_nothing_is_foretold() -> None:
    pace = Pace(0.0, Expected(ArchiveSize(10, 1000)))
    pace.take(ArchiveProgress(2, 1000, None, None, ""), 5.0)
    assert pace.estimate(5.0).done == 0.99
    pace.take(ArchiveProgress(2, 1001, None, None, ""), 6.0)
    assert pace.estimate(6.0)[:3] == (None, False, None)


def test_the_plan_says_where_the_word_goes() -> None:
    process = Process(
        ("sudo", "borg", "check", "--log-json", "repo"), None, ExitCodes(), progress_at=4
    )
    assert with_progress(process, counts=True).argv == (
        "sudo",
        "borg",
        "check",
        "--log-json",
        "--progress",
        "repo",
    )
    assert with_progress(process._replace(progress_at=0), counts=True).argv == process.argv


@pytest.mark.parametrize(("progress_at", "counts_at"), [(3, 3), (3, 4), (4, 3), (0, 3)])
def test_words_for_progress_and_for_counts_have_their_places(
    progress_at: int, counts_at: int
) -> None:
    words = ("borg", "create", "--log-json", "--json", "repo::a")
    process = Process(words, None, ExitCodes(), progress_at=progress_at, counts_at=counts_at)
    shown = with_progress(process, counts=True)
    left = [word for word in shown.argv if word not in (PROGRESS, *COUNTING)]
    assert (tuple(left), shown.listing) == (words, Listing.COUNTED)
    at = shown.argv.index("--list")
    assert shown.argv[at : at + 3] == COUNTING
    assert shown.argv[:3] == words[:3]
    assert (PROGRESS in shown.argv) == bool(progress_at)
    assert with_progress(shown, counts=True) == shown
    assert with_counts(with_counts(process)) == with_counts(process)


def test_files_are_counted_only_where_a_former_run_is_known() -> None:
    words = ("borg", "create", "repo::a")
    process = Process(words, None, ExitCodes(), progress_at=2, counts_at=2)
    assert with_progress(process, counts=False).argv == (*words[:2], PROGRESS, words[2])
    assert COUNTING[0] in with_progress(process, counts=True).argv


BORG = (
    '#!/bin/sh\n[ "$1" = --version ] && echo "borg 1.4.0" && exit\n'
    + MADE
    + """\
echo "$*" >> "$LAB/trace"
case "$*" in *--progress*)
    for number in 1 2 3; do
        echo "{\\"type\\": \\"archive_progress\\", \\"nfiles\\": $number, \\"original_size\\": 5000000, \\"deduplicated_size\\": 3, \\"path\\": \\"a/$number\\"}" >&2
        sleep 1
    done
esac
"""
)
CONFIGURATION = """\
repositories: [{{path: {lab}/repo}}]
source_directories: [/etc/hostname]
"""


def applied(lab: Path, *words: str) -> str:
    """What a run without a terminal says."""
    (lab / "bin").mkdir(exist_ok=True)
    (lab / "bin/borg").write_text(BORG)
    (lab / "bin/borg").chmod(0o755)
    (lab / "c.yaml").write_text(CONFIGURATION.format(lab=lab))
    (lab / "c.yaml").chmod(0o600)
    done = subprocess.run(
        [sys.executable, "-m", "borgplan.runtime", "apply", "-a", "create", "c.yaml", *words],
        cwd=lab, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
        env={
            "PATH": f"{lab}/bin:/usr/bin:/bin", "LAB": str(lab), "HOME": str(lab),
            "BORGPLAN_STATE_DIRECTORY": f"{lab}/journal", "BORGPLAN_BORGMATIC": "",
        },
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stderr


def test_without_a_terminal_nothing_is_shown_unless_asked_for(tmp_path: Path) -> None:
    said = applied(tmp_path)
    assert "files" not in said
    assert "--progress" not in (tmp_path / "trace").read_text()


def test_a_line_every_so_often(tmp_path: Path) -> None:
    said = applied(tmp_path, "--progress-every", "1s")
    assert "--log-json --progress" in (tmp_path / "trace").read_text()
    lines = [line for line in said.splitlines() if "5.00 MB" in line]
    assert 1 <= len(lines) <= 3
    assert lines[0].startswith(f"[1/1] borg create {tmp_path}/repo: 0:01, ")
    assert ": a/" in lines[0]


def test_a_dry_run_asks_for_no_progress(tmp_path: Path) -> None:
    applied(tmp_path, "--progress-every", "1s", "--dry-run")
    assert "--progress" not in (tmp_path / "trace").read_text()


@pytest.mark.parametrize("text", ["0", "", "often", "-5s"])
def test_an_interval_has_to_be_one(tmp_path: Path, text: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "borgplan.runtime", "apply", f"--progress-every={text}"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "takes a duration such as 30s, 5m or 1h" in done.stderr
