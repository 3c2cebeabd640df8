"""Dump programs and Borgs that stand still, or can't be asked to stop: a limit ends it, and it is told."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path

import pytest

from borgplan.compiler.plan.feeds import Feed
from borgplan.runtime.process.pump import Pump, Ready, State
from borgplan.runtime.system.launch import Launch
from borgplan.runtime.system.streams import Channel, Tail
from tests.databases.faulty import ALL, LARGE, SOUND, Scene

STILL = "exec sleep 300"
DEAF = "trap '' TERM; n=0; while [ $n -lt 3000 ]; do sleep 0.1; n=$((n+1)); done"
LIMIT = "was stopped after 4 s, its time limit"
DUMPERS = {
    "never writes": (STILL, LIMIT),
    "stops writing midway": (f"{LARGE}; {STILL}", LIMIT),
    "closes its output and goes on": (f"{SOUND}; exec >&-; {STILL}", LIMIT),
    "can't be asked to stop": (DEAF, LIMIT),
    "leaves something that holds its output": (f"sleep 300 & {SOUND}", "holds its output open"),
}
PIPE = 'pipe="$(find "$HOME/run" -name db0)"'
BORGS = {
    "opens nothing": STILL,
    "reads nothing": f'{PIPE}; exec 3<"$pipe"; {STILL}',
    "reads a little": f'{PIPE}; exec 3<"$pipe"; head -c 10 <&3; {STILL}',
    "can't be asked to stop": DEAF,
}


def few(found: dict[str, object], wanted: str) -> list[str]:
    return [*found] if ALL else [wanted]


@pytest.mark.borg
@pytest.mark.parametrize("how", few({**DUMPERS}, "can't be asked to stop"))
def test_a_program_that_stands_still(scene: Scene, how: str) -> None:
    text, words = DUMPERS[how]
    seconds = 4 if words == LIMIT else 60
    scene.home.write(
        "borgplan.yaml", f"stop_grace: 2s\nsteps: [{{select: borg create, timeout: {seconds}s}}]\n"
    )
    scene.dumping(SOUND, text, SOUND)
    scene.told(scene.ended(scene.start()), words)
    (scene.path / "borgplan.yaml").unlink()
    scene.next_is_fine()


@pytest.mark.borg
@pytest.mark.parametrize("how", few({**BORGS}, "reads a little"))
def test_a_borg_that_stands_still(scene: Scene, how: str) -> None:
    real = 'case "$1" in create) ;; *) exec borg "$@";; esac'
    borg = scene.script("borg-stand-in", f"{real}\n{BORGS[how]}")
    scene.home.write(
        "borgplan.yaml", "stop_grace: 2s\nsteps: [{select: borg create, timeout: 4s}]\n"
    )
    scene.dumping(f"{LARGE}; {SOUND}", local_path=borg)
    scene.told(scene.ended(scene.start()), LIMIT)
    (scene.path / "borgplan.yaml").unlink()
    scene.dumping(SOUND)
    scene.next_is_fine()


def pump(path: Path, text: str) -> Pump:
    """A program that has a second to write, or to be read."""
    os.mkfifo(path)
    launch = Launch(("sh", "-c", text), None, (), None, None, separate=True)
    feed = Feed("x", str(path), ("sh",), patience=1)
    return Pump(Ready(feed, launch, str(path), []), Channel([]), Tail())


@pytest.mark.parametrize(
    ("text", "reads", "why"),
    [
        (STILL, True, "its program wrote nothing for 1 s"),
        (f"echo x; {STILL}", True, "its program wrote nothing for 1 s"),
        (f"exec >&-; {STILL}", True, "its program closed its output, and did not end within 1 s"),
        (LARGE, False, "Borg read nothing of it for 1 s"),
    ],
)
def test_patience_has_an_end_without_any_limit(
    tmp_path: Path, text: str, why: str, *, reads: bool
) -> None:
    one = pump(tmp_path / "pipe", text)
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    until = time.monotonic() + 30
    while (one.state is not State.FAILED or one.runs) and time.monotonic() < until:
        one.look(lambda process: None)
        if reads and one.state is State.RUNNING:
            with suppress(BlockingIOError):
                os.read(reader, 1 << 20)
        time.sleep(0.02)
    one.close()
    os.close(reader)
    assert one.failure is not None
    assert why in one.failure.text
    assert not one.runs


def test_a_slow_reader_is_no_reader_that_stands_still(tmp_path: Path) -> None:
    one = pump(tmp_path / "pipe", "head -c 2500000 /dev/zero")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    until = time.monotonic() + 30
    read = 0
    while one.state is not State.DONE and time.monotonic() < until:
        one.look(lambda process: None)
        if one.state is State.RUNNING:
            time.sleep(0.4)  # three times this is more than its patience
            with suppress(BlockingIOError):
                read += len(os.read(reader, 1 << 19))
    while data := os.read(reader, 1 << 20):
        read += len(data)
    os.close(reader)
    assert (one.state, one.failure, read) == (State.DONE, None, 2_500_000)
