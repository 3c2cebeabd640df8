"""What it costs that Borg lists new and changed files, so that a run can count them: CPU time of `borg create`, and of
reading its log, with the list and without. Many small files are the worst case, and the first backup lists them all.

Usage: listing.py [RUNS [FILES]]
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from statistics import median

from timing import in_a_folder

from borgplan.compiler.borg.listing import files
from borgplan.compiler.plan.listing import Listing
from borgplan.runtime.process.borg_log import BorgLog

FIRST, LATER = 0.05, 0.02  # shares of Borg's time that the list may cost


def borg_seconds(words: list[str], environment: dict[str, str], log: str) -> float:
    """User and system time of one run, whose standard error goes to a file."""
    before = os.times()
    with open(log, "wb") as target:
        subprocess.run(words, env=environment, stdout=subprocess.DEVNULL, stderr=target, check=True)
    after = os.times()
    return (after[2] + after[3]) - (before[2] + before[3])


def read_seconds(log: str) -> float:
    """Of counting what a log lists."""
    with open(log, "rb") as file:
        data = file.read()
    taken = BorgLog(listing=Listing.COUNTED, makes_archive=True)
    begun = time.process_time()
    for start in range(0, len(data), 65536):
        taken.feed(data[start : start + 65536])
    return time.process_time() - begun


def make_files(folder: str, count: int) -> None:
    for number in range(count):
        if number % 1000 == 0:
            os.makedirs(f"{folder}/{number // 1000}")
        with open(f"{folder}/{number // 1000}/a-file-with-a-usual-name-{number}.txt", "wb") as file:
            file.write(os.urandom(64) * (1 + number % 60))


def compare(home: str, runs: int, count: int) -> int:
    source, log = f"{home}/source", f"{home}/log"
    make_files(source, count)
    words = list(files((), ()).words)
    found: dict[str, list[float]] = {name: [] for name in ("plain", "first", "later", "nothing")}
    reading: list[float] = []
    for _ in range(runs):
        for name, more in (("plain", []), ("first", words)):
            base = f"{home}/{name}"
            environment = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "BORG_BASE_DIR": base}
            subprocess.run(["borg", "init", "-e", "none", f"{base}/r"], env=environment, check=True)
            create = ["borg", "create", "--log-json", "--json", *more]
            found[name].append(borg_seconds([*create, f"{base}/r::1", source], environment, log))
            reading.append(read_seconds(log) if more else 0.0)
            again = "later" if more else "nothing"
            found[again].append(borg_seconds([*create, f"{base}/r::2", source], environment, log))
            shutil.rmtree(base)
    plain, first, later, nothing = (
        median(found[name]) for name in ("plain", "first", "later", "nothing")
    )
    cost, again = first / plain - 1, later / nothing - 1
    print(
        f"{count} new files: borg create {plain:.2f} s, with the list {first:.2f} s ({cost:+.1%})"
    )
    print(f"  counted in {max(reading):.2f} s by borgplan, beside it")
    print(f"no new files: borg create {nothing:.2f} s, with the list {later:.2f} s ({again:+.1%})")
    return int(cost > FIRST or again > LATER)


def main() -> int:
    runs, count = (*map(int, sys.argv[1:]), *(3, 20_000)[len(sys.argv) - 1 :])
    return in_a_folder(lambda home: compare(home, runs, count))


if __name__ == "__main__":
    sys.exit(main())
