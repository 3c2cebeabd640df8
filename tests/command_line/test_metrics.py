"""`apply --metrics`: what became of runs, as Prometheus reads it."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from borgplan.runtime.engine.fates import Fate
from borgplan.runtime.engine.measures import Attempt, Measures, Subject
from borgplan.runtime.report.metrics import ATTEMPT, DURATION, SUCCEEDED, SUCCESS, write
from tests.command_line.place import FLAT, Place

TWO = FLAT.replace("{path: repo}", "{path: one, label: first}, {path: two}")
BORG = """\
for last; do :; done
case "$*" in *two*) [ -e "$HOME/fails-two" ] && exit 2;; esac
[ -e "$HOME/fails-$1" ] && { echo "no"; exit 2; }
[ -e "$HOME/warns-$1" ] && { echo "a warning" >&2; exit 1; }
exit 0
"""
Metrics = dict[tuple[str, ...], float]


@pytest.fixture
def measured(place: Place) -> Place:
    place.program("borg", BORG)
    place.write("c.yaml", TWO)
    return place


def metrics(place: Place, name: str = "b.prom") -> Metrics:
    """What a strict reader finds in the file: values by name and labels."""
    text = (place.path / name).read_text()
    found: Metrics = {}
    for family in text_string_to_metric_families(text):
        assert family.documentation
        assert family.type == "gauge"
        for sample in family.samples:
            key = (sample.name, *(value for _, value in sorted(sample.labels.items())))
            assert key not in found
            found[key] = sample.value
    return found


def of(found: Metrics, name: str, action: str, repository: str = "first") -> float:
    return found[name, action, "c.yaml", repository]


def test_a_good_run(measured: Place) -> None:
    before = time.time()
    ran = measured.run("apply", "--metrics", "b.prom", "c.yaml")
    assert ran.code == 0, ran.err
    found = metrics(measured)
    for repository in ("first", "two"):
        for action in ("create", "prune", "check"):
            assert before <= of(found, SUCCESS, action, repository) <= time.time()
            assert before - 1 <= of(found, ATTEMPT, action, repository) <= time.time()
            assert of(found, SUCCEEDED, action, repository) == 1
            assert of(found, DURATION, action, repository) >= 0
    assert found["borgplan_run_exit_code",] == 0
    assert found["borgplan_run_refused",] == 0
    assert found["borgplan_run_steps_failed",] == 0
    assert found["borgplan_outstanding_cleanups",] == 0
    assert found["borgplan_run_steps", "done"] > 5
    assert 0 < found["borgplan_run_duration_seconds",] < 60
    mode = (measured.path / "b.prom").stat().st_mode
    assert mode & 0o044  # the collector is another user
    assert [name for name in os.listdir(measured.path) if name.startswith(".borgplan-")] == []


def test_the_size_of_the_last_archive_stays(measured: Place) -> None:
    statistics = '{"nfiles": 3, "original_size": 40, "compressed_size": 20, "deduplicated_size": 7}'
    says = f'[ "$1" = create ] && echo \'{{"archive": {{"name": "made", "stats": {statistics}}}}}\''
    version = '[ "$1" = --version ] && { echo borg 1.2.4; exit; }'
    lines = ["#!/bin/sh", version, *BORG.splitlines()[:-1], says, "exit 0", ""]
    measured.write("bin/borg", "\n".join(lines)).chmod(0o755)
    sizes = {"files": 3, "original_bytes": 40, "compressed_bytes": 20, "added_bytes": 7}
    for fails in (False, True):
        if fails:
            measured.write("fails-create", "")
        measured.run("apply", "--metrics", "b.prom", "c.yaml")
        found = metrics(measured)
        assert of(found, SUCCEEDED, "create") == (not fails)
        for name, value in sizes.items():
            assert of(found, f"borgplan_archive_{name}", "create") == value


def test_a_failure_keeps_the_time_of_the_last_success(measured: Place) -> None:
    measured.run("apply", "--metrics", "b.prom", "c.yaml")
    good = metrics(measured)
    measured.write("fails-create", "")
    assert measured.run("apply", "--metrics", "b.prom", "c.yaml").code == 1
    found = metrics(measured)
    assert of(found, SUCCESS, "create") == of(good, SUCCESS, "create")
    assert of(found, ATTEMPT, "create") > of(good, ATTEMPT, "create")
    assert of(found, SUCCEEDED, "create") == 0
    assert found["borgplan_run_exit_code",] == 1
    assert found["borgplan_run_steps_failed",] == 2


def test_what_never_went_well_has_no_time(measured: Place) -> None:
    measured.write("fails-check", "")
    measured.run("apply", "--metrics", "b.prom", "c.yaml")
    found = metrics(measured)
    assert of(found, SUCCESS, "check") == 0
    assert of(found, SUCCESS, "create") > 0


def test_a_refused_run_is_an_attempt(measured: Place) -> None:
    measured.run("apply", "--metrics", "b.prom", "c.yaml")
    good = metrics(measured)
    measured.write("d.yaml", "nonsense: [")
    ran = measured.run("apply", "--strict", "--metrics", "b.prom", "c.yaml", "d.yaml")
    assert ran.code == 2
    found = metrics(measured)
    assert found["borgplan_run_refused",] == 1
    assert found["borgplan_run_exit_code",] == 2
    assert of(found, ATTEMPT, "create") > of(good, ATTEMPT, "create")
    assert of(found, SUCCESS, "create") == of(good, SUCCESS, "create")
    assert measured.run("apply", "--metrics", "b.prom", "d.yaml").code == 2
    assert of(metrics(measured), SUCCESS, "create") == of(good, SUCCESS, "create")


def test_other_configurations_stay_and_lost_repositories_go(measured: Place) -> None:
    measured.write("d.yaml", FLAT)
    measured.run("apply", "--metrics", "b.prom", "c.yaml")
    measured.run("apply", "--metrics", "b.prom", "d.yaml")
    assert of(metrics(measured), SUCCESS, "create", "two") > 0
    measured.run("apply", "-r", "first", "--metrics", "b.prom", "c.yaml")
    assert of(metrics(measured), SUCCESS, "create", "two") > 0
    measured.write("c.yaml", FLAT.replace("{path: repo}", "{path: one, label: first}"))
    measured.run("apply", "-a", "create", "--metrics", "b.prom", "c.yaml")
    found = metrics(measured)
    assert (SUCCESS, "create", "c.yaml", "two") not in found
    assert of(found, SUCCESS, "check") > 0
    assert found[SUCCESS, "create", "d.yaml", "repo"] > 0


def test_no_password_is_in_it(tmp_path: Path) -> None:
    subject = Subject("c.yaml", "rest:https://me:s3cretword@host/repo \udcff", "create")
    measured = Measures(
        1.0, 2.0, 0, {subject: Attempt(True, True, 1.0)}, dict.fromkeys(Fate, 0), False
    )
    file = tmp_path / "b.prom"
    for _ in range(2):
        write(str(file), measured, None, is_whole=True)
        assert "s3cretword" not in file.read_text()
        assert len(list(text_string_to_metric_families(file.read_text()))) == 11
        assert file.read_text().count("borgplan_last_success_timestamp_seconds{") == 1


@pytest.mark.parametrize("old", ["", "nonsense {", "\0\xff", "borgplan_last_success 7\n"])
def test_another_file_is_replaced(measured: Place, old: str) -> None:
    measured.write("b.prom", old.encode("latin-1"))
    assert measured.run("apply", "--metrics", "b.prom", "c.yaml").code == 0
    assert of(metrics(measured), SUCCESS, "create") > 0


def test_a_file_that_cannot_be_written_ends_no_backup(measured: Place) -> None:
    ran = measured.run("apply", "--metrics", "no/such/b.prom", "c.yaml")
    assert ran.code == 0
    assert "The metrics could not be written: no/such/b.prom: no such file or directory." in ran.err


def test_a_rehearsal_is_none(measured: Place) -> None:
    assert measured.run("apply", "-n", "--metrics", "b.prom", "c.yaml").code == 0
    assert not (measured.path / "b.prom").exists()
    assert Path(measured.path).is_dir()


def test_the_project_file_says_where(measured: Place) -> None:
    measured.write("borgplan.yaml", f"metrics: {measured.path}/p.prom\n")
    assert f"is written to {measured.path}/p.prom." in measured.run("plan", "c.yaml").out
    assert measured.run("apply", "-n", "c.yaml").code == 0
    assert not (measured.path / "p.prom").exists()
    measured.write("fails-two", "")
    assert measured.run("apply", "c.yaml").code == 1
    found = metrics(measured, "p.prom")
    assert [of(found, SUCCEEDED, "create", name) for name in ("first", "two")] == [1, 0]
    (measured.path / "fails-two").unlink()
    assert measured.run("resume", "last").code == 0
    found = metrics(measured, "p.prom")
    assert [of(found, SUCCEEDED, "create", name) for name in ("first", "two")] == [1, 1]
    assert measured.run("apply", "--metrics", "b.prom", "c.yaml").code == 0
    assert of(metrics(measured), SUCCEEDED, "create") == 1


@pytest.mark.parametrize("path", ["b.prom", "/tmp/", "[a]", "~/b.prom"])
def test_it_takes_a_whole_path(measured: Place, path: str) -> None:
    measured.write("borgplan.yaml", f"metrics: {path}\n")
    ran = measured.run("apply", "c.yaml")
    assert ran.code == 2
    assert "BP702" in ran.err
