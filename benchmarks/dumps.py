"""A dump of 200 MB into an archive, side by side: `dumps.py BORGPLAN BORGMATIC [ROUNDS]`, with real Borg.

Against `dump | borg create` by hand, and against borgmatic. The program that dumps prints a file, so that no server's
caches count. CPU time of the same round is compared, Borg's included: in all, and of the dump itself, without what a run
with an empty one takes. Exits 1 if the latter is above its bound: what a start costs, `apply.py` measures.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys

from timing import environment_in, median_ratio, side_by_side, usage, write_file

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
    write_file(os.path.join(home, "dump"), f"#!/bin/sh\nexec cat {home}/$DUMP\n")
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
    commands = {
        "by hand": ["/bin/sh", "-c", by_hand],
        "borgmatic": [borgmatic, "-c", path, "create"],
        "borgplan": [borgplan, "apply", "-q", "-a", "create", path],
    }
    times: dict[str, list[float]] = {name: [] for name in commands}
    more: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, argv in commands.items():
            small, large = (
                _seconds(home, argv, environment | {"DUMP": dump}) for dump in ("small", "large")
            )
            times[name].append(large)
            more[name].append(large - small)
    ratio = median_ratio(more["borgplan"], more["by hand"])
    total = median_ratio(times["borgplan"], times["by hand"])
    seconds = ", ".join(f"{name} {statistics.median(found):.1f} s" for name, found in times.items())
    print(f"CPU time of a dump of 200 MB, medians of {rounds} rounds: {seconds}")
    print(f"borgplan to by hand: {total:.2f}; of the dump itself {ratio:.2f}, bound {BOUND}")
    return int(ratio > BOUND)


def _seconds(home: str, argv: list[str], environment: dict[str, str]) -> float:
    """CPU time of a run with a new repository."""
    shutil.rmtree(f"{home}/one.borg", ignore_errors=True)
    init = ["borg", "init", "--encryption", "none", f"{home}/one.borg"]
    subprocess.run(init, env=environment, check=True, capture_output=True)
    return usage(argv, environment).seconds


if __name__ == "__main__":
    sys.exit(side_by_side(sys.argv[1:], compare, 3))
