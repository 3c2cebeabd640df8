"""Every process of a dump stopped or killed at every point: told, no archive in the series, nothing left, the next run is fine."""

from __future__ import annotations

import os
import signal

import pytest

from tests.databases.faulty import ALL, HERE, LARGE, SIGNALS, SOUND, Scene, thorough

pytestmark = pytest.mark.borg

POINTS = {
    "before output": f"{HERE}; {LARGE}; {SOUND}",
    "midway": f"{LARGE}; {HERE}; {LARGE}; {SOUND}",
    "at the end": f"{LARGE}; {SOUND}; {HERE}",
}
FEW = {("midway", "dumper", "KILL"), ("at the end", "borg", "KILL"), ("midway", "borgplan", "KILL")}
FEW |= {("midway", "borgplan", "TERM")}
CASES = [
    (point, whom, how)
    for point in POINTS
    for whom in ("dumper", "borg", "borgplan")
    for how in SIGNALS
    if ALL or (point, whom, how) in FEW
]


@pytest.mark.parametrize(
    ("point", "whom", "how"), CASES, ids=["-".join(c).replace(" ", "_") for c in CASES]
)
def test_a_process_that_is_stopped(scene: Scene, point: str, whom: str, how: str) -> None:
    scene.dumping(SOUND, POINTS[point], SOUND)
    run = scene.start()
    dumper = scene.here()
    victim = {"dumper": dumper, "borg": scene.borg(), "borgplan": run.pid}[whom]
    os.kill(victim, SIGNALS[how])
    if (whom, how) == ("borgplan", "KILL"):
        assert scene.ended(run).exit_code == -signal.SIGKILL
        scene.cut()
        return
    if whom == "dumper":
        scene.go()  # a shell looks at a signal only between two commands
    ran = scene.ended(run)
    if whom == "borgplan":
        scene.told(ran, "SIGTERM", code=143)
    else:
        scene.told(ran, f"SIG{how}", "db1", f"exit code {128 + SIGNALS[how]}")
    scene.next_is_fine()


@thorough
@pytest.mark.parametrize("how", SIGNALS)
@pytest.mark.parametrize("whom", ["borg", "borgplan"])
def test_while_the_archive_gets_its_name(scene: Scene, whom: str, how: str) -> None:
    """All that was dumped is there, under a name that Borg hides, and the summary has it."""
    borg = scene.script("borg-stand-in", f'if [ "$1" = rename ]; then {HERE}; fi; exec borg "$@"')
    scene.dumping(SOUND, local_path=borg)
    run = scene.start()
    renaming = scene.here()
    os.kill(renaming if whom == "borg" else run.pid, SIGNALS[how])
    if (whom, how) == ("borgplan", "KILL"):
        scene.go()
        assert scene.ended(run).exit_code == -signal.SIGKILL
        scene.until(lambda: not scene.processes())
        assert len(scene.home.archives("r")) == 1  # of a sound dump; nobody was told that it is one
    else:
        scene.go()
        scene.told(scene.ended(run), ".checkpoint", code=143 if whom == "borgplan" else 1)
    scene.next_is_fine("--recover")
