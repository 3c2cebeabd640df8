"""Signals to a real `borgplan apply` while no step of it runs: before the first, and in pauses."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from borgplan.runtime.journal.records import Run, runs
from borgplan.runtime.journal.store import open_for_reading
from tests.runtime.test_signals import BACKUP, END, ERROR, Scene
from tests.support.interrupts import STOPPING, default_signals


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    found = Scene(tmp_path)
    found.prepare()
    yield found
    found.close()


def start(scene: Scene, *words: str, fails: str = "", **options: object) -> subprocess.Popen[str]:
    with default_signals():
        scene.process = subprocess.Popen(  # type: ignore[call-overload]
            [sys.executable, "-m", "borgplan.runtime", "apply", "test.yaml", *words],
            cwd=scene.directory, text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            env={
                "PATH": f"{scene.directory}/bin:/usr/bin:/bin", "HOME": str(scene.directory),
                "LAB": str(scene.directory), "FAILS": fails,
                "BORGPLAN_STATE_DIRECTORY": f"{scene.directory}/journal",
                "BORGPLAN_BORGMATIC": "",
            }, **options,
        )  # fmt: skip
    assert scene.process
    return scene.process


def configure(scene: Scene, before: str, after: str) -> None:
    file = scene.directory / "test.yaml"
    text = file.read_text()
    assert before in text
    file.write_text(text.replace(before, after))


def noted(scene: Scene) -> list[Run]:
    with contextlib.suppress(Exception):  # it is being made
        journal = open_for_reading(f"{scene.directory}/journal/journal")
        if journal is not None:
            with contextlib.closing(journal):
                return list(runs(journal))
    return []


@pytest.mark.parametrize("number", STOPPING)
def test_before_the_first_step(scene: Scene, number: signal.Signals) -> None:
    """The run is noted, and can't begin yet as nobody reads what it says: none is left open."""
    for part in ("config", "data"):
        (scene.directory / "repo" / part).mkdir(parents=True)
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    with contextlib.suppress(BlockingIOError):
        while True:
            os.write(writing, b"." * 512)
    os.set_blocking(writing, True)
    process = start(scene, stderr=writing)
    os.close(writing)
    end = time.monotonic() + 60
    while not noted(scene):
        assert time.monotonic() < end
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(number)
    with open(reading, encoding="utf-8") as said:
        said.read()
    assert process.wait(60) == 128 + number
    assert [(run.exit_code, run.closed) for run in noted(scene)] == [(128 + number, "ended")]
    assert scene.trace == END


@pytest.mark.parametrize("number", STOPPING)
def test_while_a_repository_waits_for_its_next_attempt(
    scene: Scene, number: signal.Signals
) -> None:
    configure(scene, "retention:", "storage: {retries: 1, retry_wait: 1000}\nretention:")
    reading, writing = os.pipe()
    process = start(
        scene, "--semantics", "1.5", "--events", f"fd:{writing}", fails="borg-create", pass_fds=(writing,),
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(writing)
    with open(reading, encoding="utf-8") as events:
        for line in events:
            if json.loads(line)["event"] == "scope-repeated":
                process.send_signal(number)
    assert process.wait(60) == 128 + number
    assert scene.trace == [*BACKUP[:4], "borg-compact", "borg-create", *ERROR, *END]
    assert [(run.exit_code, run.closed) for run in noted(scene)] == [(128 + number, "ended")]


@pytest.mark.parametrize("number", STOPPING)
def test_what_a_hook_left_in_the_background_holds_up_nothing(
    scene: Scene, number: signal.Signals
) -> None:
    """A daemon has a session of its own: it isn't stopped, and nobody waits for what it keeps open."""
    os.mkfifo(scene.directory / "daemon")
    hook = 'setsid sh -c "echo \\$\\$ > $LAB/daemon; exec sleep 1000" & read -r pid < $LAB/daemon; echo $pid > $LAB/pid'
    configure(scene, "[point before_backup,", f"[{json.dumps(hook)}, point before_backup,")
    scene.run_to("borg-create")
    daemon = int((scene.directory / "pid").read_text())
    scene.send(number)
    assert scene.process
    assert scene.process.wait(60) == 128 + number
    os.kill(daemon, signal.SIGKILL)
    assert scene.trace == [*BACKUP[:6], *ERROR, *END]
    assert scene.all_stopped()
