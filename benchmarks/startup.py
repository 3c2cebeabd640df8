"""Start-up, side by side: `startup.py BORGPLAN BORGMATIC [ROUNDS]`, both installed from wheels.

Every command is run once for each round, in turn, and what is compared is the CPU time (user and
system) of the same round: a ratio holds on a busy machine, where a time doesn't. Printed are medians;
milliseconds are for orientation. Exits 1 if a ratio is above its bound.
"""

from __future__ import annotations

import os
import statistics
import sys
from dataclasses import dataclass

from timing import cpu_seconds, environment_in, median_ratio, side_by_side, write_file

CONFIGURATION = """\
location:
    source_directories:
        - {home}/documents
    repositories:
        - {home}/one.borg
        - {home}/two.borg
    exclude_patterns:
        - '*.pyc'
        - /home/*/.cache
storage:
    compression: zstd,3
    lock_wait: 5
retention:
    keep_daily: 7
    keep_weekly: 4
    keep_monthly: 6
consistency:
    checks:
        - repository
        - archives
hooks:
    before_everything:
        - echo begin
    before_backup:
        - systemctl stop app
    after_backup:
        - systemctl start app
    on_error:
        - systemctl start app
    after_everything:
        - echo end
"""


@dataclass(frozen=True)
class Case:
    """`bound`: the highest ratio to the base that is acceptable; None is for orientation."""

    name: str
    argv: list[str]
    bound: float | None


def compare(borgplan: str, borgmatic: str, rounds: int, home: str) -> int:
    path = write_file(os.path.join(home, "config.yaml"), CONFIGURATION.format(home=home))
    environment = environment_in(home)
    python = os.path.join(os.path.dirname(borgplan), "python")
    base = Case("borgmatic config validate", [borgmatic, "config", "validate", "-c", path], None)
    cases = [
        Case("python -I -S -c pass", [python, "-I", "-S", "-c", "pass"], None),
        Case("borgplan --version", [borgplan, "--version"], None),
        Case("borgplan plan", [borgplan, "plan", path], 0.10),
        Case("borgplan plan --format json", [borgplan, "plan", "--format", "json", path], None),
        Case("borgplan lint", [borgplan, "lint", path], None),
    ]
    times: dict[str, list[float]] = {case.name: [] for case in (base, *cases)}
    for number in range(rounds + 1):
        for case in (base, *cases):
            seconds = cpu_seconds(case.argv, environment)
            if number:  # the first round warms up
                times[case.name].append(seconds)
    print(
        f"CPU time of one run, medians of {rounds} rounds; ratio to `{base.name}` of the same round"
    )
    print(f"{'':32}{'ms':>8}{'ratio':>9}   bound")
    late = 0
    for case in (base, *cases):
        ratio = median_ratio(times[case.name], times[base.name])
        bound = "" if case.bound is None else f"   {case.bound:.2f}"
        milliseconds = statistics.median(times[case.name]) * 1000
        print(f"{case.name:32}{milliseconds:8.1f}{ratio:9.3f}{bound}")
        late += case.bound is not None and ratio > case.bound
    return 1 if late else 0


if __name__ == "__main__":
    sys.exit(side_by_side(sys.argv[1:], compare))
