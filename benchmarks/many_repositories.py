"""How `lint` and `plan --failures` grow with the repositories of one file: `many_repositories.py BORGPLAN`.

The CPU time of each, and how much more a repository costs among 4,000 than among 500. Exits 1 if that is more
than BOUND times as much: the time has to be in proportion.
"""

from __future__ import annotations

import os
import sys

from timing import environment_in, in_a_folder, usage, write_file

NUMBERS = (500, 1000, 2000, 4000)
BOUND = 2.0
WORDS = {"lint": ("lint", "--jobs", "1"), "plan --failures": ("plan", "--failures")}
HOOKS = """\
commands:
    - before: action
      when: [create]
      run: [docker stop app]
    - after: action
      when: [create]
      run: [docker start app]
    - after: error
      run: ['echo "{error}" | mail root']
"""


def file(home: str, number: int) -> str:
    repositories = "".join(f"    - path: {home}/{n}.borg\n" for n in range(number))
    text = f"source_directories: [/etc]\nrepositories:\n{repositories}keep_daily: 7\n{HOOKS}"
    return write_file(f"{home}/{number}.yaml", text)


def compare(borgplan: str, home: str) -> int:
    environment = {**environment_in(home), "BORGPLAN_STATE_DIRECTORY": home}
    start = usage([borgplan, "--version"], environment).seconds
    late = 0
    for name, words in WORDS.items():
        costs = []
        for number in NUMBERS:
            argv = [borgplan, *words, "--offline", file(home, number)]
            least = min(usage(argv, environment).seconds for _ in range(3))
            costs.append(least)
        each = [(cost - start) / number for cost, number in zip(costs, NUMBERS, strict=True)]
        growth = each[-1] / each[0]
        curve = ", ".join(f"{n}: {c:.2f} s" for n, c in zip(NUMBERS, costs, strict=True))
        print(f"{name}, repositories and CPU time: {curve}")
        print(f"    a repository among 4,000 costs {growth:.2f} times one among 500; bound {BOUND}")
        late = late or growth > BOUND
    return int(late)


if __name__ == "__main__":
    sys.exit(in_a_folder(lambda home: compare(os.path.abspath(sys.argv[1]), home)))
