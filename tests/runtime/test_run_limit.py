"""`timeout` and `stop_grace` of the project file: a run that takes too long ends as by a signal."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.runtime.build import compiled
from tests.runtime.test_signals import BACKUP, END, ERROR, START, Scene


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    found = Scene(tmp_path)
    found.prepare()
    yield found
    found.close()


def limit(scene: Scene, text: str) -> None:
    file = scene.directory / "borgplan.yaml"
    file.write_text(text)
    file.chmod(0o600)


def test_when_time_is_over_the_cleanups_run_and_the_exit_code_is_1(scene: Scene) -> None:
    limit(scene, "timeout: 1\n")
    scene.run_to("before_everything")
    assert scene.finish() == 1
    assert scene.trace == [*START, *END]
    assert scene.all_stopped()
    assert (
        "the run's time limit: stopping the running command, killing it after 30 s" in scene.output
    )
    assert "INTERRUPTED by the run's time limit: " in scene.output


def test_a_run_within_its_limit_is_not_stopped(scene: Scene) -> None:
    limit(scene, "timeout: 999999h\n")
    scene.run_to("borg-check", manner="goes-on")
    scene.go_on()
    assert scene.finish() == 0


def test_a_signal_after_the_limit_lets_the_cleanups_run(scene: Scene) -> None:
    limit(scene, "timeout: 1\nstop_grace: 1\n")
    scene.run_to("before_everything", manner="ignoring")
    assert scene.asked() == "asked"
    scene.send(signal.SIGTERM)
    assert scene.finish() == 1
    assert scene.trace == [*START, *END]


def test_what_does_not_stop_is_ended_after_the_grace_of_the_project(scene: Scene) -> None:
    limit(scene, "stop_grace: 1s\n")
    scene.run_to("borg-create", manner="ignoring")
    scene.send(signal.SIGTERM)
    assert scene.finish() == 128 + signal.SIGTERM
    assert scene.trace == [*BACKUP[:6], *ERROR, *END]
    assert "was interrupted, and was killed after 1 s" in scene.output


def test_the_plan_shows_the_limits(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    limit(scene, "timeout: 2h\nstop_grace: 5m\n")
    monkeypatch.chdir(scene.directory)
    assert compiled("--offline", "test.yaml").limits == (7200, 300)
