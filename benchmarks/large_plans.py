"""Plans of 10,000 steps: `large_plans.py BORGPLAN [ROUNDS]`, installed from a wheel.

What is compared is the CPU time (user and system) with that of `borgplan plan` on the same files in the
same round, so that a ratio holds on a busy machine; and the most memory that was in use, which does not
depend on the machine. Printed are medians. Exits 1 if a ratio or the memory is above its bound.
"""

from __future__ import annotations

import os
import shutil
import statistics
import sys
import tempfile
from dataclasses import dataclass, field

FILES, HOOKS = 25, 396  # and four commands of Borg for each file
CONFIGURATION = """\
source_directories: [/etc]
repositories: [{{path: /backups/{number}.borg}}]
keep_daily: 7
commands:
- before: configuration
  run:
"""
MOST_MEMORY = 250  # MB


@dataclass
class Case:
    """`bound`: the highest ratio to `borgplan plan` that is acceptable; `ends`: its exit code."""

    name: str
    argv: list[str]
    bound: float | None
    ends: int = 0
    ratios: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    memory: float = 0.0


def measured(case: Case, environment: dict[str, str]) -> float:
    """CPU seconds of one run."""
    null = os.open(os.devnull, os.O_RDWR)
    actions = [(os.POSIX_SPAWN_DUP2, null, target) for target in (0, 1, 2)]
    pid = os.posix_spawn(case.argv[0], case.argv, environment, file_actions=actions)
    _, status, usage = os.wait4(pid, 0)
    os.close(null)
    if os.waitstatus_to_exitcode(status) != case.ends:
        raise SystemExit(f"failed: {' '.join(case.argv)}")
    case.memory = max(case.memory, usage.ru_maxrss / 1024)
    return usage.ru_utime + usage.ru_stime


def write(directory: str, changed: int) -> None:
    """The configuration, with every `changed`th hook written otherwise; 0 for none."""
    os.mkdir(directory)
    for number in range(FILES):
        path = os.path.join(directory, f"{number:02}.yaml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(CONFIGURATION.format(number=number))
            for hook in range(HOOKS):
                word = "restart" if changed and hook % changed == 0 else "reload"
                file.write(f"  - systemctl {word} application-{hook}\n")
        os.chmod(path, 0o600)


def main() -> int:
    borgplan = os.path.abspath(sys.argv[1])
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    home = tempfile.mkdtemp(prefix="bench-")
    try:
        for name, changed in (("same", 0), ("few", 100), ("all", 1)):
            write(os.path.join(home, name), changed)
        return compare(borgplan, rounds, home)
    finally:
        shutil.rmtree(home)


def compare(borgplan: str, rounds: int, home: str) -> int:
    environment = {"PATH": "/usr/bin:/bin", "HOME": home, "LANG": "C.UTF-8"}
    same, few, every = (os.path.join(home, name) for name in ("same", "few", "all"))
    saved = os.path.join(home, "plan.json")
    base = Case("borgplan plan", [borgplan, "plan", "--offline", same], None)
    cases = [
        Case("plan -o FILE", [borgplan, "plan", "--offline", "-o", saved, same], 6.0),
        Case("apply -n FILE, stale", [borgplan, "apply", "-n", saved], 4.0, ends=2),
        Case("diff, the same", [borgplan, "diff", "--offline", saved, same], 4.0),
        Case("diff, 100 changes", [borgplan, "diff", "--offline", few, same], 4.0),
        Case("diff, every step", [borgplan, "diff", "--offline", every, same], 6.0),
    ]
    for number in range(rounds + 1):
        seconds = measured(base, environment)
        for case in cases:
            if case.ends == 2:  # refused: something has changed
                with open(os.path.join(same, "00.yaml"), "a", encoding="utf-8") as file:
                    file.write("#\n")
            taken = measured(case, environment)
            if number:  # the first round warms up
                case.seconds.append(taken)
                case.ratios.append(taken / seconds)
        if number:
            base.seconds.append(seconds)
            base.ratios.append(1.0)
    print(
        f"Plans of {FILES * (HOOKS + 4)} steps, medians of {rounds} rounds; ratio to `{base.name}`"
    )
    print(f"{'':32}{'s':>8}{'ratio':>9}   bound{'MB':>8}   bound")
    late = 0
    for case in (base, *cases):
        ratio = statistics.median(case.ratios)
        bound = "     " if case.bound is None else f"{case.bound:5.2f}"
        print(
            f"{case.name:32}{statistics.median(case.seconds):8.2f}{ratio:9.2f}   {bound}"
            f"{case.memory:8.0f}   {MOST_MEMORY:5}"
        )
        late += case.memory > MOST_MEMORY or (case.bound is not None and ratio > case.bound)
    return 1 if late else 0


if __name__ == "__main__":
    sys.exit(main())
