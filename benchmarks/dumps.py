"""A dump of 200 MB into an archive, side by side: `dumps.py BORGPLAN BORGMATIC [ROUNDS]`, with real Borg.

Against `dump | borg create` by hand with the same options, the same with an archive that gets its name only once the
dump has ended well, as borgplan does it, and against borgmatic. The program that dumps prints a file as `pg_dump` does,
a little at a time, so that no server's caches count, and costs less than any real one. CPU time of the same round is
compared, Borg's included: in all, and of the dump itself, without what a run with an empty one takes. Exits 1 if the
latter is above its bound: what a start costs, `apply.py` measures.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import time
from typing import NamedTuple

from timing import cpu_seconds, environment_in, median_ratio, side_by_side, write_file

BOUND = 1.1
_SIZE = 200_000_000
CONFIGURATION = """\
source_directories: [{home}/documents]
repositories: [{{path: {home}/one.borg}}]
user_runtime_directory: {home}/run
postgresql_databases: [{{name: shop, format: plain, pg_dump_command: {home}/dump}}]
"""


def compare(borgplan: str, borgmatic: str, rounds: int, home: str) -> int:
    for folder in ("documents", "run"):
        os.mkdir(os.path.join(home, folder))
    for name, size in (("large", _SIZE), ("small", 0)):
        with open(os.path.join(home, name), "wb") as file:
            for _ in range(size // 1_000_000):
                file.write(os.urandom(500_000).hex().encode())
            file.write(b"\n-- PostgreSQL database dump complete\n")
    write_file(
        os.path.join(home, "dump"), f"#!/bin/sh\nexec dd if={home}/$DUMP bs=8k status=none\n"
    )
    os.chmod(os.path.join(home, "dump"), 0o700)
    path = write_file(os.path.join(home, "c.yaml"), CONFIGURATION.format(home=home))
    environment = environment_in(home) | {
        "BORGPLAN_STATE_DIRECTORY": f"{home}/state",
        "BORG_BASE_DIR": home,
        "BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK": "yes",
    }
    by_hand = (
        f"{home}/dump | borg create --read-special {home}/one.borg::hand-{{now}} {home}/documents -"
    )
    then = f" && borg rename {home}/one.borg::hand.checkpoint hand"
    commands = {
        "by hand": ["/bin/sh", "-c", by_hand],
        "and renamed": ["/bin/sh", "-c", by_hand.replace("hand-{now}", "hand.checkpoint") + then],
        "borgmatic": [borgmatic, "-c", path, "create"],
        "borgplan": [borgplan, "apply", "-q", "-a", "create", path],
    }
    large: dict[str, list[Spent]] = {name: [] for name in commands}
    more: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, argv in commands.items():
            empty, full = (
                _spent(home, argv, environment | {"DUMP": d}) for d in ("small", "large")
            )
            large[name].append(full)
            more[name].append(full.cpu - empty.cpu)
    print(f"a dump of 200 MB, medians of {rounds} rounds, CPU time and by the clock:")
    for name, found in large.items():
        cpu, wall = (statistics.median(values) for values in zip(*found, strict=True))
        print(f"  {name:12} {cpu:5.2f} s {wall:6.2f} s")
    cpu = {name: [spent.cpu for spent in found] for name, found in large.items()}
    ratio = median_ratio(more["borgplan"], more["by hand"])
    total, renamed, theirs = (
        median_ratio(cpu["borgplan"], cpu[name]) for name in ("by hand", "and renamed", "borgmatic")
    )
    print(
        f"borgplan to by hand: {total:.2f}, and renamed: {renamed:.2f}, to borgmatic: {theirs:.2f}"
    )
    print(f"of the dump itself to by hand: {ratio:.2f}, bound {BOUND}")
    return int(ratio > BOUND)


class Spent(NamedTuple):
    """Seconds."""

    cpu: float
    wall: float


def _spent(home: str, argv: list[str], environment: dict[str, str]) -> Spent:
    """Of a run with a new repository."""
    shutil.rmtree(f"{home}/one.borg", ignore_errors=True)
    init = ["borg", "init", "--encryption", "none", f"{home}/one.borg"]
    subprocess.run(init, env=environment, check=True, capture_output=True)
    begun = time.monotonic()
    cpu = cpu_seconds(argv, environment)
    return Spent(cpu, time.monotonic() - begun)


if __name__ == "__main__":
    sys.exit(side_by_side(sys.argv[1:], compare, 5))
