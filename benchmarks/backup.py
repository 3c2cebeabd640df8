"""Backups by a real Borg: `backup.py BORGPLAN [ROUNDS]`, installed from a wheel, with Borg in PATH.

A first backup of files, then one in which nothing has changed: by a bare `borg create`, by `apply`, and by `apply` on a
terminal, where it shows Borg's progress. CPU time of all processes, and of borgplan's own alone; as in `apply.py`
that of the same round is compared. Exits 1 if something is above its bound.
"""

from __future__ import annotations

import os
import pty
import shutil
import statistics
import sys
from typing import NamedTuple

from timing import environment_in, in_a_folder, median_ratio, write_file

# Number, and bytes of each: so many that loading what shows progress counts little.
FILES, SIZE = 60_000, 2_000
# The highest acceptable ratio of a nightly backup to that of Borg alone; what showing a progress may cost of Borg.
NIGHTLY, PROGRESS = 1.15, 0.01
CONFIGURATION = """\
source_directories: [{home}/documents]
repositories: [{{path: {repository}}}]
unknown_unencrypted_repo_access_is_ok: true
"""


class Cost(NamedTuple):
    """CPU time in seconds: of a process without its children, and of all."""

    own: float
    all: float


class Bench:
    """Runs the three, each on a repository of its own. `home`: where its files are."""

    def __init__(self, borgplan: str, home: str) -> None:
        self._home = home
        self._borg = shutil.which("borg") or sys.exit("no Borg in PATH")
        self._borgplan = borgplan
        self._environment = environment_in(home) | {
            "BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK": "yes",
            "BORGPLAN_STATE_DIRECTORY": f"{home}/state",
            "PATH": f"{os.path.dirname(self._borg)}:/usr/bin:/bin",
        }

    def begin(self) -> None:
        """New repositories and an empty cache."""
        for name in ("cache", "bare", "off", "on", "state"):
            shutil.rmtree(os.path.join(self._home, name), ignore_errors=True)
        self._environment["BORG_CACHE_DIR"] = f"{self._home}/cache"
        for name in ("bare", "off", "on"):
            self._cost([self._borg, "init", "--encryption", "none", self._place(name)])
            text = CONFIGURATION.format(home=self._home, repository=self._place(name))
            write_file(os.path.join(self._home, f"{name}.yaml"), text)

    def bare(self) -> Cost:
        archive = f"{self._place('bare')}::{{hostname}}-{{now}}"
        return self._cost([self._borg, "create", archive, f"{self._home}/documents"])

    def off_a_terminal(self) -> Cost:
        return self._cost(self._apply("off"))

    def on_a_terminal(self) -> Cost:
        return self._cost(self._apply("on"), terminal=True)

    def _apply(self, name: str) -> list[str]:
        return [self._borgplan, "apply", "-a", "create", f"{self._home}/{name}.yaml"]

    def _place(self, name: str) -> str:
        return os.path.join(self._home, name)

    def _cost(self, argv: list[str], *, terminal: bool = False) -> Cost:
        """Of one run, whose output nobody keeps. Ends all if it fails."""
        environment = self._environment | {"TERM": "xterm-256color" if terminal else "dumb"}
        pid, master = pty.fork()
        if pid == 0:
            if not terminal:
                null = os.open(os.devnull, os.O_RDWR)
                for target in (0, 1, 2):
                    os.dup2(null, target)
            os.execve(argv[0], argv, environment)
        while _read(master):
            pass
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
        own = _own_seconds(pid)
        _, status, used = os.wait4(pid, 0)
        os.close(master)
        if os.waitstatus_to_exitcode(status):
            raise SystemExit(f"failed: {' '.join(argv)}")
        return Cost(own, used.ru_utime + used.ru_stime)


def _read(descriptor: int) -> bytes:
    """What was printed; empty at the end."""
    try:
        return os.read(descriptor, 1 << 16)
    except OSError:  # Linux says so once nobody has the terminal open
        return b""


def _own_seconds(pid: int) -> float:
    """CPU time of a process without its children, which may have ended but was not waited for."""
    with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def compare(borgplan: str, rounds: int, home: str) -> int:
    documents = os.path.join(home, "documents")
    os.mkdir(documents)
    for number in range(FILES):
        with open(os.path.join(documents, str(number)), "wb") as file:
            file.write(os.urandom(SIZE))
    bench = Bench(borgplan, home)
    runs = {"bare": bench.bare, "off": bench.off_a_terminal, "on": bench.on_a_terminal}
    costs: dict[str, dict[str, list[Cost]]] = {"first": {}, "nightly": {}}
    for _ in range(rounds):
        bench.begin()
        for found in costs.values():
            for name, run in runs.items():
                found.setdefault(name, []).append(run())
    print(
        f"CPU time of a backup of {FILES:,} files, medians of {rounds} rounds; ratio to Borg alone"
    )
    late = 0
    for kind, found in costs.items():
        totals = {name: [cost.all for cost in each] for name, each in found.items()}
        ratio = median_ratio(totals["off"], totals["bare"])
        late |= kind == "nightly" and ratio > NIGHTLY
        bound = f"bound {NIGHTLY}" if kind == "nightly" else ""
        print(
            f"{kind:8} Borg {_ms(totals['bare'])} ms, apply {_ms(totals['off'])} ms: {ratio:.3f} {bound}"
        )
        more = [on.own - off.own for on, off in zip(found["on"], found["off"], strict=True)]
        shown = median_ratio(more, totals["bare"])
        late |= kind == "first" and shown > PROGRESS
        bound = f"bound {PROGRESS}" if kind == "first" else ""
        print(f"{'':8} its progress on a terminal {_ms(more)} ms of its own: {shown:.4f} {bound}")
        print(f"{'':8} all of it on a terminal: {median_ratio(totals['on'], totals['bare']):.3f}")
    return int(late)


def _ms(seconds: list[float]) -> str:
    return f"{statistics.median(seconds) * 1000:,.0f}"


if __name__ == "__main__":
    words = sys.argv[1:]
    rounds = int(words[1]) if len(words) > 1 else 3
    sys.exit(in_a_folder(lambda home: compare(os.path.abspath(words[0]), rounds, home)))
