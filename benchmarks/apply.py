"""Running, side by side: `apply.py BORGPLAN BORGMATIC [ROUNDS]`, both installed from wheels.

A file, two repositories, create and prune on each, a Borg that does nothing. Then what more there is costs:
hooks that do nothing, files (also with compact and check), time that passes. As in `startup.py`, CPU time (with that of all commands)
of the same round is compared. borgplan keeps its journal as it does by default. Exits 1 if something is
above its bound.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys

from timing import cpu_seconds, environment_in, median_ratio, side_by_side, write_file

HOOKS, FILES, MANY_FILES, SECONDS = 200, 10, 100, 3
# The highest acceptable ratios to borgmatic; the goals are 0.10 and 0.04. For a hook the goal is 0.75, but
# borgmatic polls, at one time a lot and at another hardly, and then `sh -c true` alone takes 0.75 of what it
# takes. So a hook's bound is a ratio to that.
PER_RUN, PER_HOOK, PER_FILE, PER_LONGER_FILE = 0.12, 1.75, 0.05, 0.06
SPAWN = """\
import os, sys
for _ in range(int(sys.argv[1])):
    os.waitpid(os.posix_spawn("/bin/sh", ["sh", "-c", "true"], os.environ), 0)
"""
GROWTH = 11.0  # of 100 files to 10; borgmatic's is 25
WAITING = 10.0  # milliseconds a second
# Where there is no C compiler, half a millisecond slower a call.
BORG = '#!/bin/sh\n[ "$1" = --version ] && echo borg 1.4.0\ncase "$*" in *--json*) echo "$ANSWER" ;; esac\nexit 0\n'
CONFIGURATION = """\
source_directories: [{home}/documents]
repositories: [{{path: {home}/{name}-one.borg}}, {{path: {home}/{name}-two.borg}}]
local_path: {home}/borg
keep_daily: 7
checks: [{{name: repository, frequency: always}}]
commands:
    - before: configuration
      run: [{hooks}]
"""
ACTIONS = ("create", "prune")
MORE_ACTIONS = (*ACTIONS, "compact", "check")
LONGER = ("longer run", "longer files")  # with more actions
# borgmatic would take minutes, and waiting is compared with nothing
ALONE = ("many files", "waiting")


def written(home: str, name: str, hooks: list[str], files: int = 1) -> list[str]:
    """The paths of so many configurations, each with these hooks and repositories of its own."""
    quoted = ", ".join(f'"{hook}"' for hook in hooks)
    names = [f"{name}-{number}" for number in range(files)]
    return [
        write_file(
            os.path.join(home, f"{name}.yaml"),
            CONFIGURATION.format(home=home, name=name, hooks=quoted),
        )
        for name in names
    ]


def idle_borg(path: str) -> None:
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "idle_borg.c")
    compiler = shutil.which("cc")
    if not compiler or subprocess.call([compiler, "-O1", "-static", "-o", path, source]):
        write_file(path, BORG, 0o755)


def compare(borgplan: str, borgmatic: str, rounds: int, home: str) -> int:
    os.mkdir(os.path.join(home, "documents"))
    idle_borg(os.path.join(home, "borg"))
    cases = {
        "run": written(home, "run", ["true"]),
        "hooks": written(home, "hooks", ["true"] * HOOKS),
        "files": written(home, "files", ["true"], FILES),
        "longer run": written(home, "longer-run", ["true"]),
        "longer files": written(home, "longer-files", ["true"], FILES),
        "many files": written(home, "many", ["true"], MANY_FILES),
        "waiting": written(home, "waiting", [f"sleep {SECONDS}"]),
    }
    environment = environment_in(home) | {
        "BORGPLAN_STATE_DIRECTORY": f"{home}/state",
        # What borgmatic asks of a repository before it checks it.
        "ANSWER": '{"repository": {"id": "1"}, "encryption": {"mode": "none"}, "archives": [], "archive": {"name": "a"}}',
    }  # fmt: skip
    times: dict[str, dict[str, list[float]]] = {"borgmatic": {}, "borgplan": {}, "nothing else": {}}
    hooks = {"run": 1, "hooks": HOOKS}
    for number in range(rounds + 1):
        for name, files in cases.items():
            actions = MORE_ACTIONS if name in LONGER else ACTIONS
            commands = {
                "borgmatic": [borgmatic, *(w for f in files for w in ("-c", f)), *actions],
                "borgplan": [borgplan, "apply", "-q", "-a", ",".join(actions), *files],
            }
            if name in ALONE:
                del commands["borgmatic"]
            if name in hooks:
                bare = [sys.executable, "-I", "-S", "-c", SPAWN, str(hooks[name])]
                commands["nothing else"] = bare
            for program, argv in commands.items():
                seconds = cpu_seconds(argv, environment)
                if number:  # the first round warms up, and makes the journal
                    times[program].setdefault(name, []).append(seconds)
    print(f"CPU time of apply, medians of {rounds} rounds; ratio to borgmatic of the same round")
    print(f"{'':32}{'ms':>8}{'ratio':>9}   bound")
    per_run = {program: found["run"] for program, found in times.items()}
    late = _row("a run", per_run, PER_RUN)
    bare = {"nothing else": times.pop("nothing else")}
    per_hook = _more(times | bare, "hooks", HOOKS - 1)
    _row("one hook more", per_hook)
    late += _row("  to `sh -c true` alone", per_hook, PER_HOOK, "nothing else")
    late += _row("one file more, of 10", _more(times, "files", FILES - 1), PER_FILE)
    longer = _more(times, "longer files", FILES - 1, "longer run")
    late += _row("  with compact and check", longer, PER_LONGER_FILE)
    ours = {"borgplan": times["borgplan"]}
    growth = median_ratio(ours["borgplan"]["many files"], ours["borgplan"]["files"])
    print(f"{'100 files, to 10':32}{'':8}{growth:9.3f}   {GROWTH:.2f}")
    waiting = statistics.median(_more(ours, "waiting", SECONDS)["borgplan"]) * 1000
    print(f"{'a second of waiting':32}{waiting:8.2f}{'':9}   {WAITING:.2f} ms")
    return 1 if late or growth > GROWTH or waiting > WAITING else 0


def _more(
    times: dict[str, dict[str, list[float]]], case: str, number: int, least: str = "run"
) -> dict[str, list[float]]:
    """What each of `number` more in a case than in the `least` costs, by program and round."""
    return {
        program: [(a - b) / number for a, b in zip(found[case], found[least], strict=True)]
        for program, found in times.items()
    }


def _row(
    what: str, seconds: dict[str, list[float]], bound: float | None = None, to: str = "borgmatic"
) -> int:
    """Prints a line; 1 if the ratio is above its bound."""
    ratio = median_ratio(seconds["borgplan"], seconds[to])
    milliseconds = statistics.median(seconds["borgplan"]) * 1000
    print(f"{what:32}{milliseconds:8.2f}{ratio:9.3f}   {'' if bound is None else f'{bound:.2f}'}")
    return int(bound is not None and ratio > bound)


if __name__ == "__main__":
    sys.exit(side_by_side(sys.argv[1:], compare))
