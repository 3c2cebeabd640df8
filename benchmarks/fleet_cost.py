"""What a host of a roll-out costs the controller: five real sshd on loopback addresses, real Ansible, real Borg.

CPU time of all processes that `fleet apply` starts and waits for, compared with `ansible -m ping` of the same hosts: as
Ansible is configured without us, and with pipelining, which `fleet apply` turns on. Every connection is a new one
(ControlMaster=no), so that nothing is left to a process that stays. Exits 1 if a host costs more than the bound
above the cheaper of both pings.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
# It starts the hosts that the tests have.
from tests.support.hosts import Host, missing
from tests.support.rollouts import Fleet, five_hosts

BOUND = 0.3  # seconds of CPU for a host
ROUNDS = 3


def main() -> int:
    """0 if a host costs no more than the bound."""
    if why := missing():
        print(f"fleet apply: not measured, {why}")
        return 0
    with five_hosts() as fleet:
        for host in fleet.hosts.values():
            _prepare(host)
            host.start()
        return _compare(fleet)


def _compare(fleet: Fleet) -> int:
    pings: dict[str, list[float]] = {"as configured": [], "with pipelining": []}
    applied: list[float] = []
    for number in range(ROUNDS + 1):
        plain = _ping(fleet, {})
        piped = _ping(fleet, {"ANSIBLE_PIPELINING": "True"})
        plans = f"out{number}"
        _done(fleet, "plan", "-i", "hosts.ini", "-o", plans)
        cost = _apply(fleet, plans)
        if number:  # the first round fills caches
            pings["as configured"].append(plain)
            pings["with pipelining"].append(piped)
            applied.append(cost)
    hosts = len(fleet.hosts)
    medians = {name: statistics.median(costs) for name, costs in pings.items()}
    for name, cost in medians.items():
        print(f"ansible -m ping of {hosts} hosts, {name}: {cost:.2f} s of CPU")
    whole = statistics.median(applied)
    print(f"fleet apply of {hosts} hosts, with pipelining: {whole:.2f} s of CPU")
    shares = {name: (whole - cost) / hosts for name, cost in medians.items()}
    for name, share in shares.items():
        print(f"a host above ansible -m ping {name}: {share:.2f} s of CPU (bound {BOUND})")
    return int(max(shares.values()) > BOUND)


def _ping(fleet: Fleet, settings: dict[str, str]) -> float:
    ansible = Path(sys.executable).with_name("ansible")
    before = _used()
    subprocess.run(
        [ansible, "-i", "hosts.ini", "all", "-m", "ping"], cwd=fleet.place,
        env={**fleet.environment, **settings}, stdout=subprocess.DEVNULL, check=True,
    )  # fmt: skip
    return _used() - before


def _apply(fleet: Fleet, plans: str) -> float:
    before = _used()
    said = _done(fleet, "apply", plans)
    assert said.count(": succeeded") == len(fleet.hosts), said
    return _used() - before


def _done(fleet: Fleet, *words: str) -> str:
    done = fleet.run(*words)
    if done.returncode:
        raise SystemExit(f"fleet {' '.join(words)}: {done.stdout}{done.stderr}")
    return done.stdout + done.stderr


def _used() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _prepare(host: Host) -> None:
    home = host.home
    (home / "documents").mkdir()
    (home / "documents" / "text").write_text(host.name)
    host.own()
    host.run("borg", "init", "-e", "none", home / "r.borg")
    (home / "config.yaml").write_text(
        f"source_directories: [{home}/documents]\nrepositories: [{{path: {home}/r.borg}}]\n"
        "unknown_unencrypted_repo_access_is_ok: true\n"
    )


if __name__ == "__main__":
    os.chdir(Path(__file__).resolve().parent.parent)
    sys.exit(main())
