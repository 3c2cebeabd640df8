"""Plans of 10,000 steps: `large_plans.py BORGPLAN [ROUNDS]`, installed from a wheel.

What is compared is the CPU time (user and system) with that of `borgplan plan` on the same files in the
same round, so that a ratio holds on a busy machine; and the most memory that was in use, which does not
depend on the machine. Printed are medians. Exits 1 if a ratio or the memory is above its bound.
"""

from __future__ import annotations

import os
import statistics
import sys
from dataclasses import dataclass, field

from timing import environment_in, in_a_folder, usage, write_file

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
    used = usage(case.argv, environment, case.ends)
    case.memory = max(case.memory, used.memory)
    return used.seconds


def write(directory: str, changed: int) -> None:
    """The configuration, with every `changed`th hook written otherwise; 0 for none."""
    os.mkdir(directory)
    for number in range(FILES):
        words = (
            "restart" if changed and hook % changed == 0 else "reload" for hook in range(HOOKS)
        )
        hooks = (f"  - systemctl {word} application-{hook}\n" for hook, word in enumerate(words))
        text = CONFIGURATION.format(number=number) + "".join(hooks)
        write_file(os.path.join(directory, f"{number:02}.yaml"), text)


def main() -> int:
    borgplan = os.path.abspath(sys.argv[1])
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    return in_a_folder(lambda home: compare(borgplan, rounds, home))


def compare(borgplan: str, rounds: int, home: str) -> int:
    environment = environment_in(home)
    same, few, every = (os.path.join(home, name) for name in ("same", "few", "all"))
    for directory, changed in ((same, 0), (few, 100), (every, 1)):
        write(directory, changed)
    saved = os.path.join(home, "plan.json")
    base = Case("borgplan plan", [borgplan, "plan", "--offline", same], None)
    cases = [
        Case("plan -o FILE", [borgplan, "plan", "--offline", "-o", saved, same], 7.5),
        Case("apply -n FILE, stale", [borgplan, "apply", "-n", saved], 5.0, ends=2),
        Case("diff, the same", [borgplan, "diff", "--offline", saved, same], 5.0),
        Case("diff, 100 changes", [borgplan, "diff", "--offline", few, same], 5.0),
        Case("diff, every step", [borgplan, "diff", "--offline", every, same], 7.5),
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
    return report(base, cases, rounds)


def report(base: Case, cases: list[Case], rounds: int) -> int:
    """Prints a line for each; 1 if one is above a bound."""
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
