"""Running, side by side: `apply.py BORGPLAN BORGMATIC [ROUNDS]`, both installed from wheels.

One file, two repositories, four actions on each, a Borg that does nothing; then the same with hooks that
do nothing, for what one hook costs. As in `startup.py`, CPU time (with that of all commands) of the same
round is compared. borgplan keeps its journal as it does by default. Exits 1 if a ratio is above its bound.
"""

from __future__ import annotations

import os
import statistics
import sys

from timing import cpu_seconds, environment_in, median_ratio, side_by_side, write_file

HOOKS = 200
PER_RUN, PER_HOOK = 0.20, 0.75  # the highest acceptable ratios; `plan` alone takes 0.10 of a run
BORG = '#!/bin/sh\n[ "$1" = --version ] && echo borg 1.4.0\ncase "$*" in *--json*) echo "$ANSWER" ;; esac\nexit 0\n'
CONFIGURATION = """\
source_directories: [{home}/documents]
repositories: [{{path: {home}/one.borg}}, {{path: {home}/two.borg}}]
local_path: {home}/borg
keep_daily: 7
checks: [{{name: repository, frequency: always}}]
commands:
    - before: configuration
      run: [{hooks}]
"""
ACTIONS = ("create", "prune", "compact", "check")


def configuration(home: str, hooks: int) -> str:
    text = CONFIGURATION.format(home=home, hooks=", ".join(['"true"'] * (hooks or 1)))
    return write_file(os.path.join(home, f"hooks-{hooks}.yaml"), text)


def compare(borgplan: str, borgmatic: str, rounds: int, home: str) -> int:
    os.mkdir(os.path.join(home, "documents"))
    write_file(os.path.join(home, "borg"), BORG, 0o755)
    few, many = configuration(home, 0), configuration(home, HOOKS)
    environment = environment_in(home) | {
        "BORGPLAN_STATE_DIRECTORY": f"{home}/state",
        # What borgmatic asks of a repository before it checks it.
        "ANSWER": '{"repository": {"id": "1"}, "encryption": {"mode": "none"}, "archives": []}',
    }  # fmt: skip
    times: dict[tuple[str, str], list[float]] = {}
    for number in range(rounds + 1):
        for path in (few, many):
            commands = {
                "borgmatic": [borgmatic, "-c", path, *ACTIONS],
                "borgplan": [borgplan, "apply", "-q", "-a", ",".join(ACTIONS), path],
            }
            for name, argv in commands.items():
                seconds = cpu_seconds(argv, environment)
                if number:  # the first round warms up, and makes the journal
                    times.setdefault((name, path), []).append(seconds)
    per_run = {name: times[name, few] for name in ("borgmatic", "borgplan")}
    per_hook = {
        name: [
            (a - b) / (HOOKS - 1) for a, b in zip(times[name, many], times[name, few], strict=True)
        ]
        for name in per_run
    }
    print(f"CPU time of apply, medians of {rounds} rounds; ratio to borgmatic of the same round")
    print(f"{'':32}{'ms':>8}{'ratio':>9}   bound")
    late = _row("a run, 8 commands of Borg", per_run, PER_RUN)
    late += _row("one hook more", per_hook, PER_HOOK)
    return 1 if late else 0


def _row(what: str, seconds: dict[str, list[float]], bound: float) -> int:
    """Prints a line; 1 if the ratio is above its bound."""
    ratio = median_ratio(seconds["borgplan"], seconds["borgmatic"])
    milliseconds = statistics.median(seconds["borgplan"]) * 1000
    print(f"{what:32}{milliseconds:8.2f}{ratio:9.3f}   {bound:.2f}")
    return int(ratio > bound)


if __name__ == "__main__":
    sys.exit(side_by_side(sys.argv[1:], compare))
